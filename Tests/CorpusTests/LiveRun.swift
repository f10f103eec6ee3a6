// Owns the way of one case on one server.

import Execution
import Foundation
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

/// From nothing to `from`, to `to`, back to `from`, and to nothing again; each time a second plan has
/// to be empty. One case in four, and with `LOCKSTEP_FULL=1` each, goes phase by phase, and takes the
/// way to `to` back by `planBack` and goes it again.
struct LiveRun {
    static let isUpdate = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    static let slots = Slots(ProcessInfo.processInfo.activeProcessorCount * 2)
    /// One for all, so that there is one scratch server of each version.
    private static let base = PostgreSQL()
    /// Kept for this process: the second plan finds its catalog there, as it does in use.
    private static let cache: String = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lockstep-corpus-\(ProcessInfo.processInfo.processIdentifier)")
        atexit { LiveRun.removeCache() }
        return folder.path
    }()

    /// As in an ad hoc run that asks for roles.
    private static let management = Management(unmanaged: .drop, roles: .drop)

    let one: CorpusCase
    let major: Int
    let database: TestDatabase
    private let engine: RecordingEngine
    private var expectation: Expectation { one.expectation }

    init(_ one: CorpusCase, major: Int, database: TestDatabase) {
        self.one = one
        self.major = major
        self.database = database
        engine = RecordingEngine(Self.base)
    }

    private static func removeCache() { try? FileManager.default.removeItem(atPath: cache) }

    func run() async throws {
        try await makeRoles()
        let to = try #require(one.lowering("to.yaml", engine.base))
        var first: Digest?
        if let from = one.lowering("from.yaml", engine.base) {
            first = try await reach(from, "from")
            try await seed()
        } else if let code = expectation.refusedFrom {
            try await expectRefusal(to, code)
            return
        }
        if let code = expectation.refused {
            try await expectRefusal(to, code)
            return
        }
        let before = try await SeededRows.read(database)
        if try await !expectSame(to) {
            let isGolden = expectation.isGolden(major) && !Self.isQuarantined
            _ = try await reach(to, "to", isGolden: isGolden)
            try await expectKept(before)
            if first != nil, takesBack {
                try await expectTakenBack()
                if expectation.isQuarantined { try await expectSame(before) }
                _ = try await reach(to, "to, again")
            }
        }
        if let from = one.lowering("from.yaml", engine.base), expectation.noBack == nil {
            let back = try await reach(from, "back")
            #expect(back == first, "the way back leads to another state")
        }
        let nothing = Lowering<PostgreSQLObject>(
            summary: LoweringSummary(
                source: Digest(of: ""), scope: Scope(schemas: []), hasManifests: true),
            objects: [], renames: [], diagnostics: [])
        _ = try await reach(nothing, "nothing")
    }

    private static let isFull = ProcessInfo.processInfo.environment["LOCKSTEP_FULL"] == "1"

    private var isStaged: Bool {
        Self.isFull || one.name.utf8.reduce(0) { $0 + Int($1) } % 4 == 0
    }
    private var takesBack: Bool {
        (isStaged || expectation.isQuarantined) && expectation.noBack == nil
    }

    /// With `LOCKSTEP_QUARANTINE=1` each case goes its way through quarantine; goldens are without.
    static let isQuarantined = ProcessInfo.processInfo.environment["LOCKSTEP_QUARANTINE"] == "1"

    private var options: PlanningOptions {
        let isOn = Self.isQuarantined || expectation.isQuarantined
        return PlanningOptions(retention: isOn ? 604_800 : nil)
    }

    // MARK: - Parts

    /// Plans and applies; a second plan has to be empty.
    private func reach(
        _ lowering: Lowering<PostgreSQLObject>, _ what: Comment, isGolden: Bool = false
    ) async throws -> Digest {
        let result = try await apply(lowering, isGolden: isGolden)
        switch result {
        case .applied, .nothingToDo: break
        case .failed(let failure):
            Issue.record(
                """
                \(what): step \(failure.step?.id ?? "none") of \(failure.total) failed: \
                \(failure.error.message) \(failure.error.code ?? "") \
                \(failure.error.statement ?? "") \(failure.differences)
                """)
            throw Stopped()
        case .stale, .busy, .refused, .willFail, .journalBroken, .interrupted, .phaseDone,
            .inFlight, .outOfOrder, .held:
            Issue.record("\(what): \(result)")
            throw Stopped()
        }
        let again = try await plan(lowering)
        #expect(again.plan.isEmpty, "\(what), planned again:\n\(PlanGolden.text(again.planned))")
        #expect(again.unmodelled == [], what)
        return again.plan.liveFingerprint
    }

    private func expectSame(_ to: Lowering<PostgreSQLObject>) async throws -> Bool {
        let plan = try await plan(to)
        if expectation.isSame {
            #expect(plan.plan.isEmpty, "a spelling:\n\(PlanGolden.text(plan.planned))")
            return true
        }
        #expect(!plan.plan.isEmpty, "the change is not seen")
        return false
    }

    private func expectRefusal(_ to: Lowering<PostgreSQLObject>, _ code: String) async throws {
        do {
            let plan = try await plan(to)
            Issue.record("not refused:\n\(PlanGolden.text(plan.planned))")
        } catch let error as DiagnosticsError {
            #expect(
                error.diagnostics.contains { $0.code == code },
                "\(error.diagnostics.map { $0.rendered() })")
        }
    }

    private func keepGolden(_ plan: TargetPlan<PostgreSQLObject>) throws {
        let text = PlanGolden.text(plan.planned)
        guard let request = engine.request else {
            preconditionFailure("a golden is taken of a plan that the engine made")
        }
        if Self.isUpdate {
            let recording = try Recording(request).text()
            try Data(recording.utf8).write(to: one.folder.appendingPathComponent("recorded.json"))
        }
        expectGolden(text, at: one.path("plan.golden"))
    }

    /// Roles and tablespaces belong to the server, so that cases share them.
    private func makeRoles() async throws {
        if expectation.roles.isEmpty && expectation.tablespaces.isEmpty { return }
        let connection = try await database.connect()
        for place in expectation.tablespaces {
            let rows = try await connection.query(
                "SELECT FROM pg_tablespace WHERE spcname = '\(place)'")
            if !rows.isEmpty { continue }
            try await connection.execute("SET allow_in_place_tablespaces = on")
            // Another case may be quicker; what is missing then is told by the plan.
            _ = try? await connection.execute("CREATE TABLESPACE \(place) LOCATION ''")
        }
        for role in expectation.roles {
            try await connection.execute(
                """
                DO $$ BEGIN CREATE ROLE \(role);
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
                """)
        }
        await connection.close()
    }

    private func seed() async throws {
        guard let text = one.text("seed.sql") else { return }
        let connection = try await database.connect()
        try await connection.execute(text)
        await connection.close()
    }

    private func expectKept(_ before: SeededRows) async throws {
        guard !before.tables.isEmpty, let request = engine.request else { return }
        let after = try await SeededRows.read(database)
        for difference in before.differences(to: after, request) {
            Issue.record("rows: \(difference)")
        }
    }

    /// All rows are there again.
    private func expectSame(_ before: SeededRows) async throws {
        let after = try await SeededRows.read(database)
        for (table, rows) in before.tables.sorted(by: { $0.key < $1.key }) {
            #expect(rows.count == after.tables[table]?.count, "rows of \(table)")
            #expect(rows.columns == after.tables[table]?.columns, "values of \(table)")
        }
    }

    // MARK: - The way of `lockstep plan` and `lockstep apply`

    private var planner: TargetPlanner<RecordingEngine> {
        TargetPlanner(
            engine: engine,
            settings: .init(
                project: "adhoc", environment: "adhoc", management: Self.management,
                scratch: ScratchSettings(provider: .local, cacheDirectory: Self.cache),
                options: options))
    }

    private func plan(
        _ lowering: Lowering<PostgreSQLObject>
    ) async throws -> TargetPlan<PostgreSQLObject> {
        let session = try await engine.connect(database.url)
        do {
            let applied = try await engine.journal(session).applied()
            let plan = try await planner.plan(lowering, on: session, applied: applied)
            await session.close()
            return plan
        } catch {
            await session.close()
            throw error
        }
    }

    /// Where it is staged, each phase is a run of its own.
    private func apply(
        _ lowering: Lowering<PostgreSQLObject>, isGolden: Bool
    ) async throws -> ApplyResult {
        var result = try await run(isStaged ? .expand : nil) { locked in
            let plan = try await planner.plan(
                lowering, on: locked.session, applied: locked.applied)
            if isGolden { try keepGolden(plan) }
            return try await planned(plan, on: locked)
        }
        while case .phaseDone(let place) = result {
            result = try await run(place.next) { locked in
                guard let attempt = locked.lastAttempt else { throw Stopped() }
                let assessment = try await Assessment.make(
                    ofRest: attempt, place, by: engine, in: locked.session, target: "corpus")
                return PlannedTarget(
                    restOf: attempt, assessment: assessment, applied: locked.applied,
                    management: Self.management, standsAlone: engine.standsAlone,
                    authorization: .granted)
            }
        }
        return result
    }

    /// The way back from the last attempt leads to the state before it.
    private func expectTakenBack() async throws {
        let result = try await run(nil) { locked in
            guard let attempt = locked.lastAttempt else { throw Stopped() }
            let plan = try await planner.planBack(
                from: attempt, on: locked.session, applied: locked.applied)
            #expect(
                plan.plan.desiredDigest == attempt.started.plan.liveFingerprint,
                "taken back to another state")
            return try await planned(plan, on: locked)
        }
        guard case .applied = result else {
            Issue.record("taken back: \(result)")
            throw Stopped()
        }
    }

    private func run(
        _ phase: Phase?,
        makePlan:
            @escaping @Sendable (LockedTarget<RecordingEngine>) async throws
            -> PlannedTarget<PostgreSQLObject>
    ) async throws -> ApplyResult {
        let url = database.url
        let applier = Applier(
            engine: engine, clock: ContinuousClock(), random: SystemRandomNumberGenerator()
        ) { try await engine.connect(url) }
        let request = ApplyRequest(actor: "corpus", toolVersion: "0", phase: phase)
        return try await applier.apply(request, makePlan: makePlan)
    }

    /// Everything is acknowledged.
    private func planned(
        _ plan: TargetPlan<PostgreSQLObject>, on locked: LockedTarget<RecordingEngine>
    ) async throws -> PlannedTarget<PostgreSQLObject> {
        let observations = try await engine.observe(
            plan.planned, renames: plan.renames, in: locked.session)
        let assessment = Assessment.make(
            plan: plan.plan, effects: plan.effects, observations: observations,
            unmodelled: plan.unmodelled, target: "corpus")
        let declared = Set(plan.desired.keys).union(plan.live.objects.keys)
        let applied = Set(locked.applied?.objects.map(\.id) ?? [])
        return PlannedTarget(
            plan: plan.plan, assessment: assessment, desired: plan.desired,
            managed: { [engine] catalog in
                Self.management.managedPart(
                    of: catalog, declared: declared, applied: applied,
                    scope: plan.plan.scope, standsAlone: engine.standsAlone)
            }, authorization: .granted, acknowledged: plan.plan.destructiveSteps.map(\.id),
            renames: plan.renames, former: plan.former, isReleased: true)
    }

    /// The way ended; what is wrong was recorded.
    struct Stopped: Error {}
}
