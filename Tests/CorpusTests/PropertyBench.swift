// Owns the way from manifests to a real database as the command line takes it: lower, plan,
// assess, authorize, apply. What a test changes of it, it says.

import Execution
import Foundation
import Manifest
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Synchronization
import TestSupport

/// One database with the engine that plans and applies to it.
struct Bench: Sendable {
    let database: TestDatabase
    let engine: PostgreSQL
    let scratch: ScratchSettings
    /// How the target is reached: as the superuser or as another role.
    private let url: String
    /// What is managed.
    private let management: Management

    /// Scratch databases are made on the test's own server, which is there already.
    ///
    /// - Parameters:
    ///   - cache: where canonical catalogs are kept; nil keeps none.
    ///   - role: who plans and applies; nil for the superuser.
    ///   - roles: what `--roles` says.
    init(
        _ database: TestDatabase, engine: PostgreSQL = PostgreSQL(), cache: String? = nil,
        role: String? = nil, roles: Management.Roles = .ignore
    ) {
        self.database = database
        management = Management(unmanaged: .drop, roles: roles)
        url = database.server.url(database: database.name, user: role ?? LocalServer.superuser)
        self.engine = engine
        scratch = ScratchSettings(
            provider: .url(database.server.url(database: "postgres")), cacheDirectory: cache)
    }

    /// A plan with its assessment.
    struct Assessed: Sendable {
        var target: TargetPlan<PostgreSQLObject>
        var assessment: Assessment

        var plan: Plan { target.plan }
        /// What a person reads.
        var text: String { PlanText.render(plan, assessment, options: .init(isVerbose: true)) }
    }

    private var planner: TargetPlanner<PostgreSQL> {
        TargetPlanner(
            engine: engine,
            settings: .init(
                project: "bench", environment: "test", management: management,
                scratch: scratch))
    }

    /// Lowers one file of manifests; its errors are thrown.
    func lowered(_ yaml: String) throws -> Lowering<PostgreSQLObject> {
        try lowered([ManifestFile(path: "manifests.yaml", bytes: Array(yaml.utf8))])
    }

    /// Lowers files; their errors are thrown.
    func lowered(_ files: [ManifestFile]) throws -> Lowering<PostgreSQLObject> {
        let lowering = engine.lower(
            ManifestInput(base: ManifestTree(files: files)), cache: nil)
        if lowering.diagnostics.hasErrors { throw DiagnosticsError(lowering.diagnostics) }
        return lowering
    }

    private func withSession<Value: Sendable>(
        _ body: (PostgreSQLSession) async throws -> Value
    ) async throws -> Value {
        let session = try await engine.connect(url)
        do {
            let value = try await body(session)
            await session.close()
            return value
        } catch {
            await session.close()
            throw error
        }
    }

    private func assess(
        _ lowering: Lowering<PostgreSQLObject>, on session: PostgreSQLSession,
        applied: AppliedState?
    ) async throws -> Assessed {
        try await assess(
            try await planner.plan(lowering, on: session, applied: applied), on: session)
    }

    private func assess(
        _ target: TargetPlan<PostgreSQLObject>, on session: PostgreSQLSession
    ) async throws -> Assessed {
        let observations =
            target.plan.isEmpty
            ? Observations()
            : try await engine.observe(target.planned, renames: target.renames, in: session)
        return Assessed(
            target: target,
            assessment: .make(
                plan: target.plan, effects: target.effects, observations: observations,
                unmodelled: target.unmodelled, target: "test"))
    }

    /// What `lockstep plan` does.
    func plan(_ lowering: Lowering<PostgreSQLObject>) async throws -> Assessed {
        try await withSession { session in
            let applied = try await engine.journal(session).applied()
            return try await assess(lowering, on: session, applied: applied)
        }
    }

    /// What `lockstep apply --auto-approve LEVEL --acknowledge …` does.
    ///
    /// - Parameters:
    ///   - cut: where the connection is lost, for good.
    ///   - progress: told what happens.
    @discardableResult
    func apply(
        _ lowering: Lowering<PostgreSQLObject>, autoApprove: Risk? = .destructive,
        acknowledged: Set<String> = [], cut: Cut? = nil,
        progress: @escaping @Sendable (ApplyEvent) -> Void = { _ in }
    ) async throws -> ApplyResult {
        try await run(cut, progress) { locked in
            let assessed = try await assess(
                lowering, on: locked.session, applied: locked.applied)
            return planned(
                assessed, on: locked,
                authorization: AutoApproval.authorize(
                    plan: assessed.plan, assessment: assessed.assessment,
                    autoApprove: autoApprove, acknowledged: acknowledged),
                acknowledged: acknowledged)
        }
    }

    /// What `lockstep abort` does, and `undo` after the last attempt was applied.
    func takeBack() async throws -> ApplyResult {
        try await run(nil) { locked in
            guard let attempt = locked.lastAttempt else {
                preconditionFailure("nothing was attempted")
            }
            let target = try await planner.planBack(
                from: attempt, on: locked.session, applied: locked.applied)
            var planned = planned(
                try await assess(target, on: locked.session), on: locked,
                authorization: .granted)
            if attempt.isUnfinished { planned.replaces = attempt.number }
            return planned
        }
    }

    private func run(
        _ cut: Cut?, _ progress: @escaping @Sendable (ApplyEvent) -> Void = { _ in },
        makePlan:
            @escaping @Sendable (LockedTarget<RecordingEngine>) async throws
            -> PlannedTarget<PostgreSQLObject>
    ) async throws -> ApplyResult {
        let (url, engine) = (url, engine)
        let connected = Mutex(0)
        let applier = Applier(
            engine: RecordingEngine(engine, cut: cut), clock: ContinuousClock(),
            random: SystemRandomNumberGenerator()
        ) {
            let isFirst = connected.withLock { count in
                count += 1
                return count == 1
            }
            if cut != nil && !isFirst { throw EngineError(.unreachable, "cut off by a test") }
            return try await engine.connect(url)
        }
        // What is cut off for good need not be tried again.
        let limits = cut == nil ? ExecutionLimits() : ExecutionLimits(attempts: 1)
        let request = ApplyRequest(limits: limits, actor: "test", toolVersion: "test")
        return try await applier.apply(request, progress: progress, makePlan: makePlan)
    }

    private func planned(
        _ assessed: Assessed, on locked: LockedTarget<RecordingEngine>,
        authorization: Authorization, acknowledged: Set<String> = []
    ) -> PlannedTarget<PostgreSQLObject> {
        let (engine, management, target) = (engine, management, assessed.target)
        let declared = Set(target.desired.keys).union(target.live.objects.keys)
        let applied = Set(locked.applied?.objects.map(\.id) ?? [])
        return PlannedTarget(
            plan: target.plan, assessment: assessed.assessment, desired: target.desired,
            managed: {
                management.managedPart(
                    of: $0, declared: declared, applied: applied, scope: target.plan.scope,
                    standsAlone: engine.standsAlone)
            },
            authorization: authorization, acknowledged: acknowledged.sorted(),
            renames: target.renames, former: target.former, isReleased: true)
    }

    /// Waits until the server has ended all other sessions, which may take it a moment.
    func waitUntilAlone() async throws {
        let others = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            """
        for _ in 0..<500 {
            if try await number(others) == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        preconditionFailure("a session does not end")
    }

    /// The attempt that was begun last.
    func lastAttempt() async throws -> JournalAttempt? {
        try await withSession { try await engine.journal($0).lastAttempt() }
    }

    /// The fingerprint of all that is modelled, the journal's own schema aside.
    func fingerprint() async throws -> Digest {
        try await withSession { session in
            try await engine.inspect(session, scope: .everything, detail: .definitions)
                .catalog.fingerprint
        }
    }

    /// What `lockstep import` writes.
    func imported() async throws -> (
        files: [ManifestFile], unmodelled: [Unmodelled], warnings: [Diagnostic]
    ) {
        try await withSession { session in
            var scope = Scope.everything
            if management.roles != .ignore { scope.reads = engine.serverReads }
            let inspection = try await engine.inspect(session, scope: scope, detail: .full)
            let (manifests, warnings) = try await engine.manifests(
                for: inspection.whole, in: session)
            let files = manifests.map {
                ManifestFile(path: $0.path, bytes: Array($0.text.utf8))
            }
            return (files, inspection.unmodelled, warnings)
        }
    }

    /// Runs a script as the superuser.
    func run(_ script: String) async throws {
        let connection = try await database.connect()
        do {
            try await connection.execute(script)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The first column of the first row, as a number.
    func number(_ query: String) async throws -> Int {
        let connection = try await database.connect()
        do {
            let value = try await connection.query(query)[0].int(0)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// A folder for one test run, which is removed when it is let go.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let parent = FileManager.default.temporaryDirectory
        let name = "lockstep-corpus-\(UInt64.random(in: .min ... .max))"
        path = parent.appendingPathComponent(name).path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
