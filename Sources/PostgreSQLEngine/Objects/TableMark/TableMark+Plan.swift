import Manifest
import Planning
import SchemaCore

/// A mark that `ALTER TABLE` sets on a table: one of its kind for each table, with the table's
/// path for its address.
protocol TableMark: PlainKind {
    /// What `ALTER TABLE` says, to get from the mark that was there, nil for none, to this one.
    func setting(from old: Self?) -> [SQL]
    /// What takes the mark away.
    var unsetting: [SQL] { get }
    /// The lock that it takes.
    static func lock(_ table: ObjectID) -> Effects.Lock
    /// What others notice when a table gets from one mark to another, nil for none; nil for
    /// nothing.
    static func consequence(from old: Self?, to new: Self?) -> String?
    /// The kind of what it is set on.
    var relation: ObjectKind? { get }
}

extension TableMark {
    var scratchRank: ScratchUnit.Rank { .trigger }

    var relation: ObjectKind? { nil }

    func parent(of id: ObjectID) -> ObjectID? { ObjectID(relation ?? .table, id.path) }
    func creation(_ id: ObjectID) -> [SQL] { Self.statements(id, setting(from: nil)) }
    func removal(_ id: ObjectID) -> [SQL] { Self.statements(id, unsetting) }
    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        [Self.lock(ObjectID(relation ?? .table, id.path))]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        switch act {
        case .create: Self.breaks(id, from: nil, to: self)
        case .remove: Self.breaks(id, from: self, to: nil)
        }
    }

    private static func breaks(
        _ id: ObjectID, from old: Self?, to new: Self?
    ) -> [Effects.Break] {
        guard let consequence = consequence(from: old, to: new) else { return [] }
        return [
            .init(object: ObjectID(.table, id.path), consequence: consequence, isFailure: false)
        ]
    }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        var operation = Operation(
            "alter", id, title: "Change \(id)",
            .statements(Self.statements(id, setting(from: old))), phase: .contract,
            undo: context.exactly(Self.statements(id, old.setting(from: self))))
        operation.effects = context.momentary(locks(id, .create))
        operation.effects.breaks = Self.breaks(id, from: old, to: self)
        return .inPlace([operation])
    }

    private static func statements(_ id: ObjectID, _ actions: [SQL]) -> [SQL] {
        actions.map { "ALTER TABLE \(name: id.path) \($0)" }
    }
}

extension RowSecurityDefinition: TableMark {
    func setting(from old: RowSecurityDefinition?) -> [SQL] {
        let old = old ?? RowSecurityDefinition(isOn: false, isForced: false)
        var out: [SQL] = []
        if isOn != old.isOn {
            out.append(isOn ? "ENABLE ROW LEVEL SECURITY" : "DISABLE ROW LEVEL SECURITY")
        }
        if isForced != old.isForced {
            out.append(isForced ? "FORCE ROW LEVEL SECURITY" : "NO FORCE ROW LEVEL SECURITY")
        }
        return out
    }
    var unsetting: [SQL] {
        RowSecurityDefinition(isOn: false, isForced: false).setting(from: self)
    }
    static func lock(_ table: ObjectID) -> Effects.Lock { .accessExclusive(table) }
    static func consequence(from old: Self?, to new: Self?) -> String? {
        switch (old?.isOn ?? false, new?.isOn ?? false) {
        case (false, false): nil
        case (true, false): "all rows are seen by everybody who may read it"
        case (false, true):
            "who is no owner of it sees and writes only the rows that policies allow"
        case (true, true):
            new?.isForced == true
                ? "its owner, too, sees and writes only the rows that policies allow"
                : "its owner sees and writes all rows"
        }
    }
}

extension ReplicaIdentityDefinition: TableMark {
    func setting(from old: ReplicaIdentityDefinition?) -> [SQL] {
        switch identity {
        case .full: ["REPLICA IDENTITY FULL"]
        case .nothing: ["REPLICA IDENTITY NOTHING"]
        case .index(let name): ["REPLICA IDENTITY USING INDEX \(name: name)"]
        }
    }
    var unsetting: [SQL] { ["REPLICA IDENTITY DEFAULT"] }
    static func lock(_ table: ObjectID) -> Effects.Lock { .accessExclusive(table) }
    static func consequence(from old: Self?, to new: Self?) -> String? {
        "subscribers get other old values with updates and deletes"
    }
}

extension ClusteringDefinition: TableMark {
    func setting(from old: ClusteringDefinition?) -> [SQL] { ["CLUSTER ON \(name: index)"] }
    var unsetting: [SQL] { ["SET WITHOUT CLUSTER"] }
    static func lock(_ table: ObjectID) -> Effects.Lock { .shareUpdateExclusive(table) }
    static func consequence(from old: Self?, to new: Self?) -> String? { nil }
}
