// Owns hand-written plans on a real server, and the places at which a test may break a run.

import Execution
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// A table with its columns, or an index that is valid or not: all that these tests look at.
struct Relation: CatalogObject {
    let id: ObjectID
    let text: String
    var parent: ObjectID? { nil }
    var dependencies: Set<ObjectID> { [] }
    var digest: Digest { Digest(of: text) }

    static func table(_ name: String) -> ObjectID {
        ObjectID(ObjectKind(rawValue: "table"), "app", name)
    }
    static func index(_ name: String) -> ObjectID {
        ObjectID(ObjectKind(rawValue: "index"), "app", name)
    }
}

/// A place in a run that a test can wait for.
enum Place: Hashable, Sendable {
    case beginning, running, ran, committing, committed, inspecting
}

typealias Hook = @Sendable (Place, PostgreSQLSession) async throws -> Void

/// The engine's own session, lock, journal and actions, with an inspection of these tests.
struct RelationEngine: ExecutionEngine {
    struct Session: EngineSession {
        let base: PostgreSQLSession
        let hook: Hook
        var summary: String { base.summary }
        func begin() async throws {
            try await hook(.beginning, base)
            try await base.begin()
        }
        func commit() async throws {
            try await hook(.committing, base)
            try await base.commit()
            try await hook(.committed, base)
        }
        func rollback() async { await base.rollback() }
        func close() async { await base.close() }
    }

    let name = "postgresql"

    func capabilities(_ session: Session) async throws -> Capabilities {
        try await session.base.capabilities()
    }
    func inspect(
        _ session: Session, scope: Scope, detail: InspectionDetail
    ) async throws -> Inspection<Relation> {
        try await session.hook(.inspecting, session.base)
        return Inspection(
            catalog: Catalog(try await Self.relations(session.base.connection)), unmodelled: [])
    }
    func safeguard(
        _ plan: Plan, attempt: Int64, in session: Session
    ) async throws -> Safeguard? { nil }
    func run(_ action: Action, limits: ExecutionLimits, in session: Session) async throws {
        try await session.hook(.running, session.base)
        try await session.base.run(action, limits: limits)
        try await session.hook(.ran, session.base)
    }
    func outcome(of action: Action, in session: Session) async throws -> Outcome {
        try await session.base.outcome(of: action)
    }
    func repair(
        _ statements: [Statement], limits: ExecutionLimits, in session: Session
    ) async throws { try await session.base.repair(statements, limits: limits) }
    func obstacles(
        to locks: [Effects.Lock], olderThan milliseconds: Int, in session: Session
    ) async throws -> [LockHolder] {
        try await session.base.obstacles(to: locks, olderThan: milliseconds)
    }

    var tellsProgress: Bool { true }
    func progress(of session: Session, seenBy observer: Session) async throws -> StepProgress? {
        try await observer.base.progress(of: session.base)
    }

    func blockers(of step: Step, in session: Session) async throws -> [LockHolder] {
        try await session.base.blockers(of: step.touches)
    }
    func lock(_ session: Session) -> any TargetLock { PostgreSQLLock(session.base) }
    func journal(_ session: Session) -> any Journal { PostgreSQLJournal(session.base) }

    static func relations(_ connection: PostgreSQLConnection) async throws -> [Relation] {
        do {
            return try await connection.query(
                """
                select c.relkind, c.relname, coalesce(
                  (select case when indisvalid then 'valid' else 'invalid' end
                   from pg_index where indexrelid = c.oid),
                  (select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', '
                     order by attnum)
                   from pg_attribute where attrelid = c.oid and attnum > 0), '')
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'app' and c.relkind in ('r', 'i')
                """
            ).map { row in
                let name = try row.text(1)
                return Relation(
                    id: row[0] == "i" ? Relation.index(name) : Relation.table(name),
                    text: try row.text(2))
            }
        } catch let error as PostgreSQLError where error.isConnectionLost {
            throw EngineError(.connectionLost, error.message)
        }
    }
}

/// Steps in schema `app` with what they leave.
struct HandWritten: Sendable {
    var steps: [Step] = []
    private(set) var states: [[ObjectID: Digest]] = [[:]]

    private mutating func add(
        _ id: String, _ action: Action, _ transaction: Step.Transaction, _ object: ObjectID,
        to text: String?
    ) {
        let before = states[states.count - 1]
        var after = before
        after[object] = text.map { Digest(of: $0) }
        states.append(after)
        steps.append(
            Step(
                id: id, title: id, phase: .expand, action: action, transaction: transaction,
                undo: Undo(.none(reason: "a test"), []), data: .untouched,
                touches: [
                    .init(object: object, before: before[object], after: after[object])
                ]))
    }

    mutating func table(
        _ name: String, _ columns: String = "id integer", in transaction: Step.Transaction = .own,
        also statements: [String] = []
    ) {
        let all = ["create table app.\(name) (\(columns))"] + statements
        add(
            "create:\(name)", .statements(all.map { Statement($0) }), transaction,
            Relation.table(name), to: columns)
    }

    mutating func column(
        _ column: String, of name: String, becoming columns: String,
        in transaction: Step.Transaction = .own
    ) {
        add(
            "add:\(name).\(column)",
            .statements([Statement("alter table app.\(name) add \(column)")]), transaction,
            Relation.table(name), to: columns)
    }

    mutating func index(_ name: String, on target: String, unique: Bool = false) {
        let build = "create \(unique ? "unique " : "")index concurrently \(name) on app.\(target)"
        add(
            "index:\(name)",
            .concurrentBuild(
                .init(
                    index: Relation.index(name), build: Statement(build),
                    cleanup: Statement("drop index concurrently app.\(name)"))),
            .none, Relation.index(name), to: "valid")
    }

    /// The digests at the end.
    var desired: [ObjectID: Digest] { states[states.count - 1] }

    /// The plan from what is there, if it is a state between two steps; else the whole plan.
    func plan(from live: [ObjectID: Digest], majorVersion: Int) -> Plan {
        let position = states.lastIndex(of: live) ?? 0
        return Plan(
            project: "p", environment: "e", engine: "postgresql", majorVersion: majorVersion,
            scope: Scope(schemas: ["app"]), liveFingerprint: Fingerprint.of(states[position]),
            desiredDigest: Fingerprint.of(desired), options: PlanningOptions(),
            steps: Array(steps[position...]))
    }

    /// Applies it, with a plan from what is there or this one, of whose steps each has these
    /// effects.
    func apply(
        to database: TestDatabase, fixed: Plan? = nil, limits: ExecutionLimits = Self.limits,
        effects: Effects = Effects(), hook: @escaping Hook = { _, _ in }, reconnects: Bool = true,
        progress: @escaping @Sendable (ApplyEvent) -> Void = { _ in }
    ) async throws -> ApplyResult {
        let connected = Counter()
        let applier = Applier(
            engine: RelationEngine(), clock: ContinuousClock(),
            random: SystemRandomNumberGenerator()
        ) {
            if connected.next() > 1 && !reconnects {
                throw EngineError(.unreachable, "this process is to have ended")
            }
            return RelationEngine.Session(
                base: try await PostgreSQLSession.connect(database.url), hook: hook)
        }
        return try await applier.apply(
            ApplyRequest(limits: limits, actor: "a test", toolVersion: "0"), progress: progress
        ) { target in
            let live = Catalog(try await RelationEngine.relations(target.session.base.connection))
            let plan =
                fixed
                ?? plan(
                    from: live.objects.mapValues(\.digest),
                    majorVersion: target.capabilities.majorVersion)
            return PlannedTarget(
                plan: plan,
                assessment: Assessment.make(
                    plan: plan, effects: plan.steps.map { _ in effects },
                    observations: Observations(), unmodelled: [], target: "test"),
                desired: desired, managed: { $0 }, authorization: .granted, revision: "r1")
        }
    }

    static let limits = ExecutionLimits(
        lockTimeout: 100, buildTimeout: 20_000, attempts: 20, firstPause: 20, longestPause: 100)
}

extension HandWritten {
    /// A database that has a table `a`, a project by which that gets a column, and somebody whose
    /// transaction has read the table and stays open.
    static func withReader(
        _ body:
            @escaping @Sendable (TestDatabase, PostgreSQLConnection, HandWritten) async throws
            -> Void
    ) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let reader = try await database.prepared()
            var project = HandWritten()
            project.table("a")
            #expect(try await project.apply(to: database) == .applied(attempt: 1, steps: 1))
            project.column("n integer", of: "a", becoming: "id integer, n integer")
            try await reader.execute("begin; lock table app.a in access share mode")
            try await body(database, reader, project)
            await reader.close()
        }
    }
}

extension TestDatabase {
    /// A second connection, with schema `app` made.
    func prepared() async throws -> PostgreSQLConnection {
        let connection = try await connect()
        try await connection.execute("create schema app")
        return connection
    }

    /// The digests of what is in schema `app`.
    func relations() async throws -> [ObjectID: Digest] {
        let connection = try await connect()
        let found = Catalog(try await RelationEngine.relations(connection))
        await connection.close()
        return found.objects.mapValues(\.digest)
    }

    /// Whether the chain of the journal is whole, and what its last attempt came to.
    func journal() async throws -> (isWhole: Bool, last: JournalAttempt?) {
        let session = try await PostgreSQLSession.connect(url)
        let journal = PostgreSQLJournal(session)
        let entries = try await journal.entries()
        let isWhole =
            try await journal.firstBreak() == nil && JournalChain.firstBreak(in: entries) == nil
        let last = try await journal.lastAttempt()
        await session.close()
        return (isWhole, last)
    }
}

extension PostgreSQLConnection {
    /// Ends the server process of another session and waits until it is gone.
    func kill(_ session: PostgreSQLSession) async throws {
        try await query(
            "select pg_terminate_backend($1::integer, 10000)",
            [String(session.connection.backendPID)], ignoresCancellation: true)
    }
}
