import Planning
import SchemaCore

extension PlanContext {
    /// Labels can be added in place; where one is removed or moved, the type is made again.
    func alteration(
        of id: ObjectID, from old: EnumDefinition, to new: EnumDefinition
    ) -> Alteration {
        let known = old.labels.map(ByteText.init)
        let kept = new.labels.map(ByteText.init).filter(known.contains)
        guard kept == known else { return .recreate }
        var present = old.labels
        var operations: [Operation] = []
        for (index, label) in new.labels.enumerated() where !known.contains(ByteText(label)) {
            var statement: SQL = "ALTER TYPE \(name: id.path) ADD VALUE \(literal: label)"
            // Every label before this one is there by now.
            if index > 0 {
                statement += " AFTER \(literal: new.labels[index - 1])"
            } else if let first = present.first {
                statement += " BEFORE \(literal: first)"
            }
            present.insert(label, at: index)
            var operation = Operation(
                "add-label", ObjectID.enumLabel(id.path[0], id.path[1], label),
                title: "Add label '\(label)' to \(id)",
                .statements([statement]), phase: .expand,
                undo: Undo(.none(reason: "PostgreSQL cannot remove a label in place"), []))
            operation.commitsAlone = true
            operation.effects.breaks = [
                .init(
                    object: id, consequence: "code that does not know '\(label)' may meet it",
                    isFailure: false)
            ]
            operations.append(operation)
        }
        return .inPlace(operations)
    }

    /// The type swap: every column of the old type is written anew through its labels' text.
    ///
    /// - Parameters:
    ///   - columns: the columns of that type, with the definition that they have in the settled
    ///     catalog.
    func swap(
        of old: PostgreSQLObject, _ from: EnumDefinition, to new: PostgreSQLObject,
        _ to: EnumDefinition, columns: [PostgreSQLObject]
    ) -> Operation {
        let id = new.id
        let left = Set(to.labels.map(ByteText.init))
        let gone = from.labels.filter { !left.contains(ByteText($0)) }
        let aside = ObjectID.enum(id.path[0], id.name.besideName)
        let labels = gone.map { "'\($0)'" }.joined(separator: ", ")
        var operation = Operation(
            "swap", id,
            title: "Make \(id) anew \(gone.isEmpty ? "in another order" : "without \(labels)")",
            .statements(swapStatements(id, aside: aside, to, columns: columns)), phase: .contract,
            undo: Undo(.exact, statements(swapStatements(id, aside: aside, from, columns: columns)))
        )
        operation.data = gone.isEmpty ? .kept : .destroyed
        if !gone.isEmpty {
            operation.undo.claim = .shape(loses: "which rows had a removed label")
        }
        // What stands on a column of the type leaves before and comes back after, too.
        operation.produces = Set([id] + columns.map(\.id))
        operation.destroys = operation.produces
        operation.consumes = needs(of: new)
        operation.touches = [Step.Touch(object: id, before: old.digest, after: new.digest)]
        for column in columns { describe(column, gone: gone, id: id, in: &operation) }
        facets.leave(with: [old], isRecreation: true, in: &operation)
        if !gone.isEmpty {
            operation.effects.losses.append(
                .init(object: id, relation: nil, what: "the labels \(gone.joined(separator: ", "))")
            )
        }
        if !gone.isEmpty {
            operation.effects.breaks.append(
                .init(object: id, consequence: "statements that name a removed label fail"))
        }
        let known = Set(from.labels.map(ByteText.init))
        if to.labels.map(ByteText.init).filter(known.contains)
            != from.labels.map(ByteText.init).filter(left.contains)
        {
            operation.effects.breaks.append(
                .init(
                    object: id, consequence: "its values compare and sort in another order",
                    isFailure: false))
        }
        return operation
    }

    private func describe(
        _ column: PostgreSQLObject, gone: [String], id: ObjectID, in operation: inout Operation
    ) {
        let table = table(of: column.id)
        operation.effects.locks.append(.accessExclusive(table))
        operation.effects.rewrites.append(table)
        operation.effects.revalues.append(column.id)
        guard !gone.isEmpty else { return }
        let list = gone.map { "\(literal: $0)" as SQL }.joined(", ")
        operation.probes.append(
            probe(
                "removed-labels",
                counting: "rows of \(table.dottedPath) whose \(column.id.name) has a removed label",
                of: table,
                """
                SELECT count(*) FROM \(former.rows(of: table)) \
                WHERE \(name: column.id.name)::text IN (\(list))
                """, .fails, reads: [column.id]))
    }

    private func swapStatements(
        _ id: ObjectID, aside: ObjectID, _ to: EnumDefinition, columns: [PostgreSQLObject]
    ) -> [SQL] {
        var out: [SQL] = [
            "ALTER TYPE \(name: id.path) RENAME TO \(name: aside.name)", to.creation(id),
        ]
        for column in columns {
            let name = column.id.name
            let suffix = Self.arraySuffix(of: column)
            out.append(
                """
                ALTER TABLE \(name: table(of: column.id).path) ALTER COLUMN \(name: name) TYPE \
                \(name: id.path)\(suffix) \
                USING \(name: name)::text\(suffix)::\(name: id.path)\(suffix)
                """)
        }
        out.append("DROP TYPE \(name: aside.path)")
        return out
    }

    /// The column's type is the enum's, or an array of it, which the server prints with `[]`.
    private static func arraySuffix(of column: PostgreSQLObject) -> SQL {
        guard case .column(let definition) = column.definition else { return "" }
        return definition.type.text.hasSuffix("[]") ? "[]" : ""
    }
}
