import Execution
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

/// A file to which manifests are applied as the commands do it, journal included.
struct Applied {
    let bench: PlanBench

    private var planner: TargetPlanner<SQLite> {
        TargetPlanner(
            engine: bench.engine,
            settings: .init(project: "p", environment: "e", management: Management()))
    }

    func plan(_ text: String) async throws -> TargetPlan<SQLiteObject> {
        try await planner.plan(
            lowered(text), on: bench.session,
            applied: try await bench.engine.journal(bench.session).applied())
    }

    /// Applies with what was acknowledged.
    func apply(
        _ text: String, _ acknowledged: Set<String> = [], risk: Risk = .caution
    ) async throws -> ApplyResult {
        let url = bench.session.summary
        let engine = bench.engine
        let planner = planner
        let lowering = lowered(text)
        let applier = Applier(
            engine: engine, clock: ContinuousClock(), random: SystemRandomNumberGenerator()
        ) { try await SQLiteSession.connect(url) }
        return try await applier.apply(ApplyRequest(actor: "me", toolVersion: "0")) { locked in
            let target = try await planner.plan(
                lowering, on: locked.session, applied: locked.applied)
            let assessment = Assessment.make(
                plan: target.plan, effects: target.effects,
                observations: try await engine.observe(target.planned, in: locked.session),
                unmodelled: target.unmodelled, target: "t")
            let declared = Set(target.desired.keys).union(target.live.ids)
            let applied = Set(locked.applied?.objects.map(\.id) ?? [])
            return PlannedTarget(
                plan: target.plan, assessment: assessment, desired: target.desired,
                managed: { catalog in
                    Management().managedPart(
                        of: catalog, declared: declared, applied: applied,
                        scope: target.plan.scope, standsAlone: engine.standsAlone)
                },
                authorization: AutoApproval.authorize(
                    plan: target.plan, assessment: assessment, autoApprove: risk,
                    acknowledged: acknowledged),
                reads: Set(lowering.scope.reads.map(\.object)))
        }
    }

    /// Applies, and sees that nothing is left to do and nothing has drifted.
    @discardableResult
    func lead(
        to text: String, _ acknowledged: Set<String> = [],
        _ place: SourceLocation = #_sourceLocation
    ) async throws -> TargetPlan<SQLiteObject> {
        let planned = try await plan(text)
        let result = try await apply(text, acknowledged)
        guard case .applied = result else {
            Issue.record("\(result)\n\(planned.statements)", sourceLocation: place)
            return planned
        }
        #expect(try await plan(text).plan.steps.map(\.title) == [], sourceLocation: place)
        #expect(try await drift() == [], sourceLocation: place)
        return planned
    }

    /// What `drift` says, which reads no manifest.
    func drift() async throws -> [String] {
        let engine = bench.engine
        let applied = try await engine.journal(bench.session).applied()
        guard let applied else { return ["nothing was applied"] }
        let live = try await engine.inspect(
            bench.session, scope: applied.scope, detail: .definitions
        ).catalog
        let managed = Management().managedPart(
            of: live, declared: [], applied: Set(applied.objects.map(\.id)),
            scope: applied.scope, standsAlone: engine.standsAlone)
        return DriftReport(
            target: "t", applied: applied, live: managed.objects.mapValues(\.digest)
        ).drifts.map { "\($0.change) \($0.object)" }
    }

    func undo(_ planned: TargetPlan<SQLiteObject>) async throws {
        try await bench.session.begin()
        for step in planned.plan.steps.reversed() {
            for statement in step.undo.statements {
                _ = try await bench.session.runScript(statement.text)
            }
        }
        try await bench.session.commit()
    }

    func run(_ sql: String) async throws { try await bench.session.query(sql) }
    func rows(_ query: String) async throws -> [String] { try await bench.rows(query) }
}

extension TargetPlan {
    var steps: [String] { plan.steps.map(\.id) }
    var statements: [String] {
        plan.steps.flatMap { $0.action.statements.map(\.text) }
    }
    func step(_ id: String) -> Step? { plan.steps.first { $0.id == id } }
}

func withFile(
    _ script: String = "", _ body: (Applied) async throws -> Void
) async throws {
    try await withBench(script) { try await body(Applied(bench: $0)) }
}
