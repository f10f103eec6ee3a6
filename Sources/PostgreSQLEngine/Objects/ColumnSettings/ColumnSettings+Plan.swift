// Owns what the planner asks of how a column is kept.

import Planning
import SchemaCore

extension ColumnSettingsDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { relation == nil ? .columnDefault : .trigger }

    func more(than asked: ColumnSettingsDefinition) -> String? {
        if isDerived { return nil }
        if storage != nil && asked.storage == nil { return "STORAGE" }
        return compression != nil && asked.compression == nil ? "COMPRESSION" : nil
    }

    func parent(of id: ObjectID) -> ObjectID? {
        isDerived ? holder(id) : ObjectID(.column, id.path)
    }

    func creation(_ id: ObjectID) -> [SQL] { statements(id, from: Self()) }
    func removal(_ id: ObjectID) -> [SQL] {
        Self(typeStorage: typeStorage).statements(id, from: self)
    }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        let forward = statements(id, from: old)
        if forward.isEmpty { return .inPlace([]) }
        var operation = Operation(
            "set-column", id, title: "Change how \(ObjectID(.column, id.path)) is kept",
            .statements(forward), phase: .expand,
            undo: context.exactly(old.statements(id, from: self)))
        operation.effects = context.momentary([lock(id, from: old)])
        return .inPlace([operation])
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] { [lock(id, from: Self())] }
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] { [] }

    private func holder(_ id: ObjectID) -> ObjectID {
        ObjectID(relation ?? .table, Array(id.path.prefix(2)))
    }

    private func lock(_ id: ObjectID, from old: Self) -> Effects.Lock {
        let table = holder(id)
        return storage != old.storage || compression != old.compression
            ? .accessExclusive(table) : .shareUpdateExclusive(table)
    }

    /// Of the table alone: each of its children says its own.
    private func statements(_ id: ObjectID, from old: Self) -> [SQL] {
        let column: SQL =
            "ALTER TABLE ONLY \(name: Array(id.path.prefix(2))) ALTER COLUMN \(name: id.name)"
        var out: [SQL] = []
        let storage = storage ?? old.typeStorage
        if let storage, storage != old.storage {
            out.append("\(column) SET STORAGE \(storage.word)")
        }
        if compression != old.compression {
            out.append("\(column) SET COMPRESSION \(compression?.word ?? "default")")
        }
        if statistics != old.statistics {
            out.append("\(column) SET STATISTICS \(statistics ?? -1)")
        }
        let reset = old.options.filter { options[$0.key] == nil }
        let set = options.filter { old.options[$0.key] != $0.value }
        if !reset.isEmpty { out.append("\(column) RESET (\(reset.parameterNames))") }
        if !set.isEmpty { out.append("\(column) SET (\(set.parameterList))") }
        return out
    }
}

extension ColumnSettingsDefinition.Storage {
    fileprivate var word: SQL {
        switch self {
        case .plain: "PLAIN"
        case .external: "EXTERNAL"
        case .main: "MAIN"
        case .extended: "EXTENDED"
        }
    }
}

extension ColumnSettingsDefinition.Compression {
    fileprivate var word: SQL {
        switch self {
        case .pglz: "pglz"
        case .lz4: "lz4"
        case .usual: "default"
        }
    }
}
