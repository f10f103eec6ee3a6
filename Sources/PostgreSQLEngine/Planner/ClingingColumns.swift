// Owns a defect of PostgreSQL 14 and older: DROP EXPRESSION leaves a column bound to what its
// expression used beside the table's own columns, and what it is bound to takes the column along
// when it goes, without a word. Invariant: no such step is planned.

import Planning
import SchemaCore

/// Columns with values of their own that would vanish with what their expression had used.
struct ClingingColumns {
    private let request: PlanningRequest<PostgreSQLObject>

    init(_ request: PlanningRequest<PostgreSQLObject>) { self.request = request }

    /// What is said of the columns that the operations would take along.
    func diagnostics(_ operations: [Operation], swapped: some Sequence<ObjectID>) -> [Diagnostic] {
        guard request.capabilities.majorVersion < 15 else { return [] }
        let renamed = Set(request.settlement.renames.map(\.from))
        let gone = Set(operations.flatMap(\.destroys)).subtracting(renamed).union(swapped)
        if gone.isEmpty { return [] }
        let former = formerlyGenerated()
        return request.settlement.catalog.sorted.compactMap { object in
            guard case .column(let column) = object.definition, !gone.contains(object.id),
                request.desired[object.id] != nil
            else { return nil }
            let clings = column.generated != nil || former.contains(object.id)
            guard clings == false || request.desired[object.id]?.isPlainColumn == true,
                let ground = object.dependencies.intersection(gone).sorted()
                    .first(where: { id in
                        id != RowTypeUse.table(of: object.id) && (clings || !isType(id))
                    })
            else { return nil }
            return Self.diagnostic(object.id, ground, request)
        }
    }

    /// By the address after the renames.
    private func formerlyGenerated() -> Set<ObjectID> {
        Set(
            request.live.objects.values.lazy.filter { object in
                if case .column(let column) = object.definition {
                    column.generated != nil
                } else {
                    false
                }
            }.map { request.settlement.addresses[$0.id] ?? $0.id })
    }

    /// A column of the type depends on it in any case, and gets its new form before.
    private func isType(_ id: ObjectID) -> Bool {
        switch request.settlement.catalog[id]?.definition {
        case .enum: true
        case .plain(let plain): plain.kind.isType
        case .schema, .extension, .table, .column, .columnDefault, .constraint, .index, .sequence,
            .view, .function, .comment, nil:
            false
        }
    }

    private static func diagnostic(
        _ column: ObjectID, _ ground: ObjectID, _ request: PlanningRequest<PostgreSQLObject>
    ) -> Diagnostic {
        .error(
            "unsupported-change",
            "\(column) would vanish with \(ground): PostgreSQL 14 keeps a column bound to what "
                + "its expression used, also when the expression is gone",
            at: request.desired[column]?.span,
            help: "keep \(ground) as it is, or add another column, move the values there and drop "
                + "\(column.name), in a change of its own")
    }
}

extension PostgreSQLObject {
    /// Whether it is a column with values of its own.
    fileprivate var isPlainColumn: Bool {
        if case .column(let column) = definition { return column.generated == nil }
        return false
    }
}
