// Owns what foreign keys do to the rows of others when managed rows go or change.

import Planning
import SchemaCore

extension RowOperations {
    /// What foreign keys do when rows go, or when columns that they refer to get other values: told
    /// in the operation, and asked.
    ///
    /// - Parameter columns: the columns that change; nil where the rows go.
    func followers(
        of rows: [DataDefinition], in table: ObjectID, changing columns: Set<String>?,
        _ operation: inout Operation
    ) -> [Probe] {
        foreignKeys.filter { $0.to == table && context.exists($0.from) }.compactMap { item in
            if let columns, columns.isDisjoint(with: item.key.referencedColumns) { return nil }
            let action = columns == nil ? item.key.onDelete : item.key.onUpdate
            // What of the other table goes in this plan goes before.
            let own = tables[item.from]?.dropped.map(\.row) ?? []
            let (meaning, word): (Probe.Meaning, String)
            switch action {
            case .noAction, .restrict:
                // A key that goes with this plan may be gone by then.
                guard request.desired[item.id] != nil || request.others[item.id] != nil else {
                    return nil
                }
                (meaning, word) = (.fails, "refer to")
            case .cascade: (meaning, word) = (.loses, columns == nil ? "go with" : "follow")
            case .setNull, .setDefault: (meaning, word) = (.loses, "lose their reference to")
            }
            if meaning == .loses { tell(action, item, isRemoval: columns == nil, &operation) }
            let pairs = zip(item.key.referencedColumns, item.key.columns).map { one, other -> SQL in
                "lockstep_parent.\(name: one) = lockstep_child.\(name: other)"
            }
            let stays: SQL =
                own.isEmpty ? "" : " AND NOT (\(RowSQL.any(of: own, "lockstep_child")))"
            let query: SQL = """
                SELECT count(*) FROM \(context.former.rows(of: item.from, as: "lockstep_child")) \
                JOIN \(context.former.rows(of: table, as: "lockstep_parent")) \
                ON \(pairs.joined(" AND ")) \
                WHERE (\(RowSQL.any(of: rows, "lockstep_parent")))\(stays)
                """
            return context.probe(
                "referrers:\(item.id.name)",
                counting: "rows of \(item.from.dottedPath) that \(word) rows of "
                    + "\(table.dottedPath) that \(columns == nil ? "go" : "change")",
                of: item.from, query, meaning, reads: [table, item.from])
        }
    }

    private func tell(
        _ action: ConstraintDefinition.ForeignKey.Action, _ item: Reference, isRemoval: Bool,
        _ operation: inout Operation
    ) {
        let goes = action == .cascade && isRemoval
        operation.data = goes ? .destroyed : max(operation.data, .lossy)
        let what = goes ? "rows that refer to them" : "references to them"
        operation.effects.losses.append(.init(object: item.from, relation: item.from, what: what))
        let lost = "\(what) in \(item.from.dottedPath)"
        switch operation.undo.claim {
        case .exact: operation.undo.claim = .shape(loses: lost)
        case .shape(let others): operation.undo.claim = .shape(loses: "\(others), \(lost)")
        case .none: break
        }
    }
}
