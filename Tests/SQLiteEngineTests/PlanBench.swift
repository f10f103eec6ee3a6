import Execution
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

/// A file that is led from what one script makes to what another makes, by the code of the engine
/// and by nothing else.
struct PlanBench {
    let session: SQLiteSession
    let engine = SQLite()

    /// What came of planning.
    struct Planned {
        var result: PlanningResult
        var live: Catalog<SQLiteObject>
        var desired: Catalog<SQLiteObject>
        var plan: Plan

        var ids: [String] { result.steps.map(\.step.id) }
        var statements: [String] {
            result.steps.flatMap { $0.step.action.statements.map(\.text) }
        }
    }

    /// The plan from the file as it is to what a script makes.
    func plan(to script: String, renames: [Rename] = []) async throws -> Planned {
        try await plan(to: try await read(script).catalog, renames: renames)
    }

    func plan(
        to desired: Catalog<SQLiteObject>, renames: [Rename] = []
    ) async throws -> Planned {
        let live = try await engine.inspect(session, scope: Scope(schemas: []), detail: .full)
            .catalog
        let settlement = try await engine.settle(
            live: live, desired: desired, renames: renames, for: session,
            scratch: ScratchSettings())
        let result = engine.plan(
            PlanningRequest(
                live: live, settlement: settlement, desired: desired,
                changes: difference(from: settlement.catalog, to: desired),
                capabilities: try await engine.capabilities(session), options: PlanningOptions()))
        let plan = Plan(
            project: "p", environment: "e", engine: "sqlite", majorVersion: 3,
            scope: Scope(schemas: []), liveFingerprint: live.fingerprint,
            desiredDigest: desired.fingerprint, options: PlanningOptions(),
            steps: result.steps.map(\.step))
        return Planned(result: result, live: live, desired: desired, plan: plan)
    }

    /// What the rules say of a plan.
    func assess(_ planned: Planned) async throws -> Assessment {
        Assessment.make(
            plan: planned.plan, effects: planned.result.steps.map(\.effects),
            observations: try await engine.observe(planned.result.steps, in: session),
            unmodelled: [], target: "t")
    }

    /// Runs a plan as `apply` does.
    func apply(_ planned: Planned) async throws -> ApplyResult {
        let path = session.summary
        let applier = Applier(
            engine: engine, clock: ContinuousClock(), random: SystemRandomNumberGenerator()
        ) { try await SQLiteSession.connect(path) }
        let assessment = try await assess(planned)
        return try await applier.apply(
            ApplyRequest(limits: ExecutionLimits(), actor: "me", toolVersion: "0")
        ) { _ in
            PlannedTarget(
                plan: planned.plan, assessment: assessment,
                desired: planned.desired.objects.mapValues(\.digest),
                managed: Set(planned.live.ids).union(planned.desired.ids),
                authorization: .granted)
        }
    }

    /// Plans, applies, and sees that nothing is left to do.
    @discardableResult
    func lead(
        to script: String, renames: [Rename] = [], _ place: SourceLocation = #_sourceLocation
    ) async throws -> Planned {
        let planned = try await plan(to: script, renames: renames)
        #expect(planned.result.diagnostics.isEmpty, sourceLocation: place)
        let result = try await apply(planned)
        guard case .applied = result else {
            Issue.record(
                "\(result)\n\(planned.statements.joined(separator: ";\n"))", sourceLocation: place)
            return planned
        }
        let left = try await plan(to: script).result.steps.map(\.step.title)
        #expect(left.isEmpty, sourceLocation: place)
        return planned
    }

    /// Goes back by the steps' undo, and sees that the schema is as it was.
    func undo(_ planned: Planned, _ place: SourceLocation = #_sourceLocation) async throws {
        try await session.begin()
        for step in planned.plan.steps.reversed() {
            for statement in step.undo.statements { try await session.query(statement.text) }
        }
        try await session.commit()
        let found = try await engine.inspect(session, scope: Scope(schemas: []), detail: .full)
        #expect(
            difference(from: found.catalog, to: planned.live).map(\.id) == [],
            sourceLocation: place)
    }

    /// The rows of a query as one text.
    func rows(_ query: String) async throws -> [String] {
        try await session.query(query).map { row in
            row.values.map { value in
                switch value {
                case .null: "NULL"
                case .integer(let number): String(number)
                case .real(let number): String(number)
                case .text(let text): "'\(text)'"
                case .blob(let bytes): "x\(bytes.count)"
                }
            }.joined(separator: ",")
        }
    }
}

/// Runs a body on a new file that a script made.
func withBench(_ script: String, _ body: (PlanBench) async throws -> Void) async throws {
    try await withSessions(1, script) { sessions in
        try await body(PlanBench(session: sessions[0]))
    }
}
