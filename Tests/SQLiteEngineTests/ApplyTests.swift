import Execution
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

/// Hand-written plans, run by the same code as PostgreSQL's.
@Suite("Plans on SQLite")
struct ApplyTests {
    static let script = """
        CREATE TABLE t(a INTEGER PRIMARY KEY); CREATE VIEW v AS SELECT a FROM t
        """

    /// A plan of one step that makes from nothing what statements say.
    private func target(
        _ statements: [String], _ capabilities: Capabilities
    ) async throws -> PlannedTarget<SQLiteObject> {
        let desired = try await read(Self.script).catalog
        let step = Step(
            id: "make", title: "Make it", phase: .expand,
            action: .statements(statements.map { Statement($0) }), transaction: .own,
            undo: Undo(.none(reason: "a test"), []), data: .untouched,
            touches: desired.sorted.map { .init(object: $0.id, before: nil, after: $0.digest) })
        let plan = Plan(
            project: "p", environment: "e", engine: "sqlite",
            majorVersion: capabilities.majorVersion, scope: Scope(schemas: []),
            liveFingerprint: Fingerprint.of([:]), desiredDigest: desired.fingerprint,
            options: PlanningOptions(), steps: [step])
        return PlannedTarget(
            plan: plan,
            assessment: Assessment(
                plan: plan, target: "t", effects: [], observations: Observations(), findings: []),
            desired: desired.objects.mapValues(\.digest), managed: Set(desired.ids),
            authorization: .granted)
    }

    private func apply(_ statements: [String], to path: String) async throws -> ApplyResult {
        let applier = Applier(
            engine: SQLite(), clock: ContinuousClock(), random: SystemRandomNumberGenerator()
        ) {
            let session = try await SQLiteSession.connect(path)
            session.connection.setBusyTimeout(.milliseconds(50))
            return session
        }
        let limits = ExecutionLimits(lockTimeout: 50, attempts: 3, firstPause: 10)
        return try await applier.apply(
            ApplyRequest(limits: limits, actor: "me", toolVersion: "0")
        ) { locked in try await target(statements, locked.capabilities) }
    }

    private var statements: [String] {
        Self.script.split(separator: "; ").map(String.init)
    }

    @Test("a plan is applied once, and the lock given back")
    func once() async throws {
        try await withSessions(1) { sessions in
            let path = sessions[0].summary
            #expect(try await apply(statements, to: path) == .applied(attempt: 1, steps: 1))
            #expect(try await SQLiteJournal(sessions[0]).firstBreak() == nil)
            #expect(try await SQLiteJournal(sessions[0]).lastAttempt()?.result == .applied)
            #expect(try await SQLiteLock(sessions[0]).acquire() == nil)
            let inspection = try await SQLiteInspector.inspect(
                sessions[0].connection, detail: .full)
            #expect(inspection.catalog == (try await read(Self.script).catalog))
            #expect(inspection.unmodelled.isEmpty, "Lockstep's own tables are not told")
        }
    }

    @Test("a check that complains undoes the step")
    func checks() async throws {
        let script = "CREATE TABLE o(a REFERENCES t(a)); INSERT INTO o VALUES (1)"
        try await withSessions(1, script) { sessions in
            let check =
                """
                SELECT 'row ' || rowid || ' of ' || "table" AS lockstep_problem \
                FROM pragma_foreign_key_check
                """
            let result = try await apply(statements + [check], to: sessions[0].summary)
            guard case .failed(let failure) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(failure.error.kind == .refused)
            #expect(failure.error.message.contains("row 1 of o"))
            #expect(
                try await sessions[0].query("SELECT 1 FROM sqlite_schema WHERE name = 't'").isEmpty)
        }
    }

    @Test("a lock that another process has is waited for with tries")
    func busy() async throws {
        try await withSessions(1, "CREATE TABLE x(a)") { sessions in
            let writer = try Writer(sessions[0].summary)
            guard case .busy(let holder) = try await apply(statements, to: sessions[0].summary)
            else {
                Issue.record("it did not wait")
                return
            }
            #expect(holder.summary.contains("process \(writer.pid)"))
            writer.end()
            #expect(
                try await apply(statements, to: sessions[0].summary)
                    == .applied(attempt: 1, steps: 1))
        }
    }
}
