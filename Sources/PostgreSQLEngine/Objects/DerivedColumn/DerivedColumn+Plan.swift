// Owns what the planner asks of what a table says of a column from elsewhere.

import Planning
import SchemaCore

extension DerivedColumnDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { relation == nil ? .columnDefault : .trigger }
    var expressions: [VerbatimSQL] { [fallback].compactMap { $0 } }

    func parent(of id: ObjectID) -> ObjectID? { holder(id) }

    private func holder(_ id: ObjectID) -> ObjectID {
        ObjectID(relation ?? .table, Array(id.path.prefix(2)))
    }

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
        if column.contains(where: \.isNotNull) { new.isNotNull = isNotNull }
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
        [.accessExclusive(holder(id))]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        guard isNotNull, act == .create else { return [] }
        return [
            .init(
                object: .table(id.path[0], id.path[1]),
                consequence: "a write that leaves \(id.name) NULL fails")
        ]
    }

    func describeCreation(
        _ id: ObjectID, in operation: inout Operation, _ context: PlanContext
    ) {
        describe(id, from: nil, in: context, &operation)
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
        // It goes down to all tables below, of which those that differ say so after it.
        let column: SQL =
            "ALTER TABLE \(name: Array(id.path.prefix(2))) ALTER COLUMN \(name: id.name)"
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
    /// What the columns that the column of an address is to be had from are.
    func columnsAbove(_ id: ObjectID) -> [(isNotNull: Bool, fallback: VerbatimSQL?)] {
        (desired[.table(id.path[0], id.path[1])]?.parentTables ?? []).compactMap { table in
            column([table.path[0], table.path[1], id.name])
        }
    }

    private func column(_ path: [String]) -> (isNotNull: Bool, fallback: VerbatimSQL?)? {
        if case .column(let column)? = desired[ObjectID(.column, path)]?.definition {
            guard
                case .columnDefault(let value)? = desired[ObjectID(.columnDefault, path)]?
                    .definition
            else { return (column.passesNotNull, nil) }
            return (column.passesNotNull, value.expression)
        }
        let above = columnsAbove(ObjectID(.column, path))
        if above.isEmpty { return nil }
        let isNotNull = above.contains(where: \.isNotNull)
        let fallback = above.lazy.compactMap(\.fallback).first
        guard
            case .plain(.derivedColumn(let own))? = desired[ObjectID(.derivedColumn, path)]?
                .definition
        else { return (isNotNull, fallback) }
        let value = own.fallback ?? fallback
        return (
            isNotNull || own.isNotNull, value == DerivedColumnDefinition.none ? nil : value
        )
    }
}
