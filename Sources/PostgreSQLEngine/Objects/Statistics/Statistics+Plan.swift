// Owns how extended statistics are made and changed.

import Manifest
import Planning
import SchemaCore

extension StatisticsDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .index }

    func parent(of id: ObjectID) -> ObjectID? { owner(id) }

    func more(than asked: StatisticsDefinition) -> String? {
        if expressions.count + columns.count > asked.expressions.count + asked.columns.count {
            return "another column or expression"
        }
        return Set(sorts).isSubset(of: asked.sorts) ? nil : "another kind"
    }

    func creation(_ id: ObjectID) -> [SQL] {
        let elements =
            columns.map { "\(name: $0)" as SQL } + expressions.map { "(\(verbatim: $0))" }
        let list = sorts.map(\.words).joined(", ")
        let kinds: SQL = sorts.isEmpty ? "" : " (\(list))"
        return [
            """
            CREATE STATISTICS \(name: id.path)\(kinds) ON \(elements.joined(", ")) \
            FROM \(table.sql)
            """
        ] + (target == nil ? [] : [targetStatement(id)])
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        [.shareUpdateExclusive(owner(id))]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        guard act == .remove else { return [] }
        return [
            .init(
                object: owner(id), consequence: "plans of queries can become worse",
                isFailure: false)
        ]
    }

    func alteration(
        of id: ObjectID, from old: StatisticsDefinition, in context: PlanContext
    ) -> Alteration {
        var plain = self
        plain.target = old.target
        guard plain == old else { return .recreate }
        var operation = Operation(
            "set-target", id, title: "Change how many values \(id) samples",
            .statements([targetStatement(id)]), phase: .expand,
            undo: context.exactly([old.targetStatement(id)]))
        operation.effects = context.momentary(locks(id, .create))
        return .inPlace([operation])
    }

    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)? {
        var fields = ExportFields()
        if id.path[0] != table.schema { fields.add("schema", .text(id.path[0])) }
        if sorts.count != StatisticsDefinition.Sort.allCases.count {
            fields.add("kinds", names: sorts.map(\.rawValue))
        }
        fields.add("columns", names: columns)
        if !expressions.isEmpty {
            fields.add("expressions", .sequence(expressions.map { .plain($0.withoutParentheses) }))
        }
        if let target { fields.add("target", .integer(target)) }
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        return ("statistics", .flowMapping(fields.entries))
    }

    private func owner(_ id: ObjectID) -> ObjectID {
        ObjectID(relation ?? .table, table.schema ?? id.path[0], table.name)
    }

    private func targetStatement(_ id: ObjectID) -> SQL {
        "ALTER STATISTICS \(name: id.path) SET STATISTICS \(target ?? -1)"
    }
}

extension StatisticsDefinition.Sort {
    fileprivate var words: SQL {
        switch self {
        case .distinct: "ndistinct"
        case .dependencies: "dependencies"
        case .mostCommon: "mcv"
        }
    }
}
