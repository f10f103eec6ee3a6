import Planning
import SchemaCore

/// Plans for tests, made short.
enum Sample {
    static let before = Digest(of: "before")
    static let after = Digest(of: "after")

    static func id(_ kind: String, _ path: String...) -> ObjectID {
        ObjectID(ObjectKind(rawValue: kind), path)
    }

    static func created(_ object: ObjectID) -> Step.Touch {
        .init(object: object, before: nil, after: after)
    }
    static func altered(_ object: ObjectID) -> Step.Touch {
        .init(object: object, before: before, after: after)
    }
    static func dropped(_ object: ObjectID) -> Step.Touch {
        .init(object: object, before: before, after: nil)
    }

    static func step(
        _ id: String, _ title: String = "Do it", phase: Phase = .expand,
        sql: [String] = ["select 1"], transaction: Step.Transaction = .own, probes: [Probe] = [],
        undo: Undo = Undo(.exact, []), data: DataClass = .untouched, touches: [Step.Touch] = []
    ) -> Step {
        Step(
            id: id, title: title, phase: phase, action: .statements(sql.map { Statement($0) }),
            transaction: transaction, probes: probes, undo: undo, data: data, touches: touches)
    }

    static func plan(_ steps: [Step]) -> Plan {
        Plan(
            project: "shop", environment: "prod", engine: "postgresql", majorVersion: 15,
            scope: Scope(schemas: ["app"]), liveFingerprint: Digest(of: "live"),
            desiredDigest: Digest(of: "desired"), options: PlanningOptions(), steps: steps)
    }

    static func assessment(
        _ plan: Plan, _ effects: [String: Effects] = [:], _ observations: Observations = .init(),
        unmodelled: [Unmodelled] = []
    ) -> Assessment {
        .make(
            plan: plan, effects: plan.steps.map { effects[$0.id] ?? Effects() },
            observations: observations, unmodelled: unmodelled,
            target: "127.0.0.1:5432/shop as app")
    }

    static func size(_ table: ObjectID, rows: Int64, bytes: Int64) -> Observations.RelationSize {
        .init(relation: table, size: .init(rows: rows, heapBytes: bytes, indexBytes: 0))
    }
}
