import Planning
import SchemaCore

extension DerivedColumnDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .columnDefault }
    var expressions: [VerbatimSQL] { [fallback].compactMap { $0 } }

    func parent(of id: ObjectID) -> ObjectID? { .table(id.path[0], id.path[1]) }

    func creation(_ id: ObjectID) -> [SQL] {
        statements(id, from: Self(isNotNull: false, inherited: inherited))
    }

    func removal(_ id: ObjectID) -> [SQL] {
        Self(isNotNull: false, inherited: inherited).statements(id, from: self)
    }

    func removal(_ id: ObjectID, in context: PlanContext) -> [SQL] {
        let column = context.columnsAbove(id)
        var new = Self(isNotNull: false)
        // Where the parent's refuses NULL by then, this one has to as well.
        if column.contains(where: \.column.isNotNull) { new.isNotNull = isNotNull }
        new.inherited = column.lazy.compactMap(\.fallback).first
        return new.statements(id, from: self)
    }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        var operation = Operation(
            "alter", id, title: "Change \(id)", .statements(statements(id, from: old)),
            phase: isNotNull && !old.isNotNull ? .contract : .expand,
            undo: context.exactly(old.statements(id, from: self)))
        describe(id, from: old, in: context, &operation)
        return .inPlace([operation])
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        [.accessExclusive(.table(id.path[0], id.path[1]))]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        guard isNotNull, act == .create else { return [] }
        return [
            .init(
                object: .table(id.path[0], id.path[1]),
                consequence: "a write that leaves \(id.name) NULL fails")
        ]
    }

    /// Adds the scan that a NOT NULL takes, and the question whether it can hold.
    func describe(
        _ id: ObjectID, from old: Self?, in context: PlanContext, _ operation: inout Operation
    ) {
        let table = ObjectID.table(id.path[0], id.path[1])
        operation.effects = context.momentary(locks(id, .create))
        guard isNotNull, old?.isNotNull != true, context.exists(table) else { return }
        operation.effects.scans = [table]
        operation.effects.breaks = breaks(id, .create)
        operation.data = .kept
        operation.probes = [
            context.nulls(.column(id.path[0], id.path[1], id.name), basis: .presence)
        ]
    }

    private func statements(_ id: ObjectID, from old: Self) -> [SQL] {
        let column: SQL =
            "ALTER TABLE ONLY \(name: Array(id.path.prefix(2))) ALTER COLUMN \(name: id.name)"
        var out: [SQL] = []
        if isNotNull != old.isNotNull {
            out.append("\(column) \(isNotNull ? "SET NOT NULL" : "DROP NOT NULL" as SQL)")
        }
        let from = old.fallback ?? old.inherited
        let to = fallback ?? inherited
        // When the parent's default changes, that of its children goes along.
        if from != to || fallback != nil {
            let value = to ?? Self.none
            out.append(
                value == Self.none
                    ? "\(column) DROP DEFAULT" : "\(column) SET DEFAULT \(verbatim: value)")
        }
        return out
    }
}

extension PlanContext {
    /// The columns that the column of an address is to be had from, with their defaults.
    func columnsAbove(_ id: ObjectID) -> [(column: ColumnDefinition, fallback: VerbatimSQL?)] {
        var out: [(ColumnDefinition, VerbatimSQL?)] = []
        var queue = desired[.table(id.path[0], id.path[1])]?.parentTables ?? []
        while let table = queue.popLast() {
            let path = [table.path[0], table.path[1], id.name]
            guard case .column(let column)? = desired[ObjectID(.column, path)]?.definition else {
                queue += desired[table]?.parentTables ?? []
                continue
            }
            var fallback: VerbatimSQL?
            if case .columnDefault(let value)? = desired[ObjectID(.columnDefault, path)]?.definition
            {
                fallback = value.expression
            }
            out.append((column, fallback))
        }
        return out
    }
}
