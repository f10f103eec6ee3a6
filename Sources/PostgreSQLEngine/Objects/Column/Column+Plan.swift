import Planning
import SchemaCore

extension PlanContext {
    /// What a column can change in place once its type is the wanted one.
    func alteration(
        of object: PostgreSQLObject, from old: ColumnDefinition, to new: ColumnDefinition
    ) -> Alteration {
        let id = object.id
        if old.generated == nil && new.generated != nil { return .recreate }
        precondition(
            old.type == new.type && old.collation == new.collation,
            "types are changed before all else: \(id)")
        var operations: [Operation] = []
        switch (old.generated, new.generated) {
        case (nil, nil): break
        case (let from?, let to?):
            if from == to { break }
            guard capabilities.majorVersion >= 17, from.isStored == to.isStored else {
                return .recreate
            }
            var change = expressionChange(of: id, from: from, to: to)
            if old.isNotNull && new.isNotNull {
                change.foresees = newColumns(of: object, in: table(of: id)).union([id])
                change.probes = [nulls(in: object, by: to)]
            }
            operations.append(change)
        case (let from?, nil):
            guard from.isStored else { return .recreate }
            operations.append(expressionDrop(of: id))
        case (nil, .some): return .recreate
        }
        if old.identity != nil && new.identity == nil {
            operations.append(renumberings[id].map(sequenceTakeover) ?? identityDrop(id, old))
        }
        if !old.isNotNull && new.isNotNull {
            operations.append(notNull(id, from: old, to: new))
        }
        if let to = new.identity {
            if let from = old.identity {
                operations += identityChange(of: id, from: from, to: to)
            } else {
                operations.append(
                    renumberings[id].map(identityTakeover) ?? identityAddition(id, to))
            }
        }
        if old.isNotNull && !new.isNotNull { operations.append(nullable(id, old)) }
        operations += notNullChanges(of: id, from: old, to: new)
        return .inPlace(operations)
    }

    func column(_ id: ObjectID, _ change: SQL) -> SQL {
        "ALTER TABLE \(name: table(of: id).path) ALTER COLUMN \(name: id.name) \(change)"
    }

    /// Of a plain column no step changes which values are NULL; an expression that is changed does.
    private func notNull(
        _ id: ObjectID, from old: ColumnDefinition, to new: ColumnDefinition
    ) -> Operation {
        let table = table(of: id)
        let basis: Probe.Basis = old.generated == nil ? .presence : .values
        // A constraint that is there is validated.
        let isPlain = old.notNull != nil || new.notNull == nil
        var operation = Operation(
            "set-not-null", id, title: "Refuse NULL in \(id)",
            .statements([
                isPlain
                    ? column(id, "SET NOT NULL")
                    : new.notNullAddition(id, new.notNull?.name)
            ]), phase: .contract,
            undo: exactly(
                [column(id, "DROP NOT NULL")]
                    + (old.notNull == nil
                        ? [] : old.notNullCompletion(id, old.notNull?.name))))
        operation.data = .kept
        operation.effects.locks = [.accessExclusive(table)]
        operation.effects.scans = [table]
        operation.effects.breaks = [
            .init(object: id, consequence: "a write that leaves \(id.name) NULL fails")
        ]
        operation.probes = [nulls(id, basis: basis)]
        return operation
    }

    func nulls(_ id: ObjectID, basis: Probe.Basis) -> Probe {
        let table = table(of: id)
        return probe(
            "nulls", counting: "rows of \(table.dottedPath) whose \(id.name) is NULL",
            of: table,
            "SELECT count(*) FROM \(former.rows(of: table)) WHERE \(name: id.name) IS NULL",
            .fails, basis: basis)
    }

    func nullable(_ id: ObjectID, _ old: ColumnDefinition) -> Operation {
        var operation = Operation(
            "drop-not-null", id, title: "Allow NULL in \(id)",
            .statements([column(id, "DROP NOT NULL")]), phase: .expand,
            undo: exactly(
                old.notNull == nil
                    ? [column(id, "SET NOT NULL")]
                    : (old.isNotNull ? [old.notNullAddition(id, old.notNull?.name)] : [])
                        + old.notNullCompletion(id, old.notNull?.name)))
        operation.data = .kept
        // A primary key on it leaves first.
        operation.destroys = [id]
        operation.effects = momentary([.accessExclusive(table(of: id))])
        operation.effects.breaks = [
            .init(
                object: id, consequence: "code that reads \(id.name) may meet NULL",
                isFailure: false)
        ]
        return operation
    }

    func expressionDrop(of id: ObjectID) -> Operation {
        var operation = Operation(
            "drop-expression", id, title: "Let \(id) keep its values and be written",
            .statements([column(id, "DROP EXPRESSION")]), phase: .contract,
            undo: Undo(.none(reason: "a plain column cannot be made generated in place"), []))
        operation.data = .kept
        operation.effects = momentary([.accessExclusive(table(of: id))])
        operation.effects.breaks = [
            .init(
                object: id, consequence: "the column no longer follows its expression",
                isFailure: false)
        ]
        return operation
    }

    private func expressionChange(
        of id: ObjectID, from: ColumnDefinition.Generated, to: ColumnDefinition.Generated
    ) -> Operation {
        func set(_ generated: ColumnDefinition.Generated) -> SQL {
            column(id, "SET EXPRESSION AS (\(verbatim: generated.expression))")
        }
        // It goes down to the tables below, of which some may have another one.
        let own = downwards(table(of: id)).compactMap { generated(below: id, in: $0) }
        let others = own.contains { $0.expression != to.expression } ? own : []
        var operation = Operation(
            "set-expression", id, title: "Change the expression of \(id)",
            .statements([set(to)] + others.map(\.statement)), phase: .contract,
            undo: exactly([set(from)] + others.map(\.statement)))
        operation.data = .kept
        // A table that comes now is there first, for it would take the one from above.
        operation.consumes.formUnion(others.map(\.column))
        let tables = [table(of: id)] + others.map { table(of: $0.column) }
        operation.effects.locks = tables.map { .accessExclusive($0) }
        if to.isStored { operation.effects.rewrites = tables }
        operation.effects.revalues = [id]
        return operation
    }

    /// The tables below one, each behind those above it.
    private func downwards(_ table: ObjectID) -> [ObjectID] {
        let tree = TableTree(desired)
        let below = tree.descendants(of: table)
        let depths = below.map { one in
            below.filter { tree.descendants(of: $0).contains(one) }.count
        }
        return zip(depths, below).sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { $0.1 }
    }

    /// The expression that a table below has for its own for such a column, and what sets it.
    private func generated(
        below id: ObjectID, in table: ObjectID
    ) -> (column: ObjectID, expression: VerbatimSQL, statement: SQL)? {
        let column = ObjectID.column(table.path[0], table.name, id.name)
        guard case .column(let definition)? = desired[column]?.definition,
            let expression = definition.generated?.expression
        else { return nil }
        return (
            column, expression,
            self.column(column, "SET EXPRESSION AS (\(verbatim: expression))")
        )
    }

    /// The new sequence begins behind the greatest value that is there, under the same lock.
    private func identityAddition(
        _ id: ObjectID, _ identity: ColumnDefinition.Identity
    ) -> Operation {
        let table = table(of: id)
        let isDescending = (identity.sequence.increment ?? 1) < 0
        let farthest: SQL = isDescending ? "min(\(name: id.name))" : "max(\(name: id.name))"
        let sequence: SQL =
            "pg_catalog.pg_get_serial_sequence(\(literal: quotedTable(table)), \(literal: id.name))"
        var operation = Operation(
            "add-identity", id, title: "Number \(id) by an identity sequence",
            .statements([
                column(id, "ADD \(identity.clause)"),
                """
                SELECT pg_catalog.setval(\(sequence), farthest) FROM (SELECT \(farthest) AS \
                farthest FROM \(name: table.path)) AS there WHERE farthest IS NOT NULL
                """,
            ]), phase: .contract, undo: exactly([column(id, "DROP IDENTITY")]))
        operation.data = .kept
        // A default on it leaves first.
        operation.destroys = [id]
        operation.effects.locks = [.accessExclusive(table)]
        operation.effects.scans = [table]
        if let name = identity.sequenceName {
            operation.takes = [NameSlot(space: .relation, path: [id.path[0], name])]
        }
        if identity.isAlways {
            operation.effects.breaks = [
                .init(object: id, consequence: "an INSERT that names \(id.name) fails")
            ]
        }
        return operation
    }

    /// A table's name as a text that the server parses as a name.
    private func quotedTable(_ table: ObjectID) -> String {
        ("\(name: table.path)" as SQL).text(.postgreSQL)
    }

    private func identityDrop(_ id: ObjectID, _ old: ColumnDefinition) -> Operation {
        var operation = Operation(
            "drop-identity", id, title: "Stop numbering \(id)",
            .statements([column(id, "DROP IDENTITY")]), phase: .contract,
            undo: Undo(
                .shape(loses: "the count that it had reached"),
                old.identity.map { statements([column(id, "ADD \($0.clause)")]) } ?? []))
        operation.data = .destroyed
        operation.effects = momentary(
            [.accessExclusive(table(of: id))]
                + [identityLock(of: id, old.identity)].compactMap { $0 })
        operation.effects.losses = [
            .init(object: id, relation: nil, what: "the count that its sequence has reached")
        ]
        operation.effects.breaks = [
            .init(object: id, consequence: "an INSERT that does not name \(id.name) fails")
        ]
        if let name = old.identity?.sequenceName {
            operation.frees = [NameSlot(space: .relation, path: [id.path[0], name])]
        }
        return operation
    }

    /// The lock of what drops or changes the sequence behind an identity as a whole.
    func identityLock(
        of column: ObjectID, _ identity: ColumnDefinition.Identity?
    ) -> Effects.Lock? {
        identity?.sequenceName.map { .accessExclusive(.sequence(column.path[0], $0)) }
    }

    private func identityChange(
        of id: ObjectID, from: ColumnDefinition.Identity, to: ColumnDefinition.Identity
    ) -> [Operation] {
        var operations: [Operation] = []
        func change(_ identity: ColumnDefinition.Identity) -> SQL {
            var clauses: [SQL] = [
                "SET GENERATED \(identity.isAlways ? "ALWAYS" : "BY DEFAULT" as SQL)"
            ]
            clauses += identity.sequence.clauses(isChange: true).map { "SET \($0)" }
            return column(id, clauses.joined(" "))
        }
        if from.isAlways != to.isAlways || from.sequence != to.sequence {
            var operation = Operation(
                "alter-identity", id, title: "Change how \(id) is numbered",
                .statements([change(to)]), phase: to.isAlways ? .contract : .expand,
                undo: exactly([change(from)]))
            operation.data = .kept
            operation.effects = momentary([.accessExclusive(table(of: id))])
            if let name = from.sequenceName {
                if from.sequence != to.sequence {
                    operation.effects.locks.append(.shareRowExclusive(.sequence(id.path[0], name)))
                }
                operation.probes = positions(
                    of: id, path: [id.path[0], name], within: to.sequence)
            }
            if to.isAlways && !from.isAlways {
                operation.effects.breaks = [
                    .init(object: id, consequence: "an INSERT that names \(id.name) fails")
                ]
            }
            operations.append(operation)
        }
        if let old = from.sequenceName, let new = to.sequenceName, old != new {
            let schema = id.path[0]
            var operation = Operation(
                "rename-identity", id, title: "Rename the sequence of \(id) to \(new)",
                .statements(["ALTER SEQUENCE \(name: [schema, old]) RENAME TO \(name: new)"]),
                phase: .expand,
                undo: exactly(["ALTER SEQUENCE \(name: [schema, new]) RENAME TO \(name: old)"]))
            operation.effects = momentary([.accessExclusive(.sequence(schema, old))])
            operation.effects.breaks = [
                .init(
                    object: .sequence(schema, old),
                    consequence: "statements that name the sequence fail", isFailure: true)
            ]
            operation.frees = [NameSlot(space: .relation, path: [schema, old])]
            operation.takes = [NameSlot(space: .relation, path: [schema, new])]
            operations.append(operation)
        }
        return operations
    }
}
