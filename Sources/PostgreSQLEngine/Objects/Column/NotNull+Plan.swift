// Owns how a NOT NULL constraint with properties is made and changed (PostgreSQL 18).

import Planning
import SchemaCore

extension ColumnDefinition {
    /// Whether it has a NOT NULL constraint, be it validated or not.
    var hasNotNull: Bool { isNotNull || notNull != nil }

    /// Whether tables below refuse NULL as well.
    var passesNotNull: Bool { isNotNull && notNull?.noInherit != true }

    /// `NOT NULL` as a column's clause; one that is not validated comes by itself.
    func notNullClause(_ name: String?) -> SQL {
        guard isNotNull else { return "" }
        let named: SQL = name.map { " CONSTRAINT \(name: $0)" } ?? ""
        return "\(named) NOT NULL\(notNull?.noInherit == true ? " NO INHERIT" : "" as SQL)"
    }

    /// What the column's own clause cannot say.
    func notNullCompletion(_ id: ObjectID, _ name: String?) -> [SQL] {
        guard let notNull else { return [] }
        var out: [SQL] = []
        if !isNotNull { out.append(notNullAddition(id, name)) }
        if let comment = notNull.comment {
            out.append(Self.comment(comment, on: name ?? NotNullName.of(id), of: id))
        }
        return out
    }

    /// Adds the constraint to a table that is there.
    func notNullAddition(_ id: ObjectID, _ name: String?) -> SQL {
        let named: SQL = name.map { "CONSTRAINT \(name: $0) " } ?? ""
        var sql: SQL = "ALTER TABLE \(name: id.tablePath) ADD \(named)NOT NULL \(name: id.name)"
        if notNull?.noInherit == true { sql += " NO INHERIT" }
        if !isNotNull { sql += " NOT VALID" }
        return sql
    }

    /// Makes of a constraint with the same validity and another name this one.
    ///
    /// - Parameter name: what it is called now.
    func notNullChanges(_ id: ObjectID, from old: NotNullDefinition?, called name: String) -> [SQL]
    {
        let table: SQL = "ALTER TABLE \(name: id.tablePath)"
        var out: [SQL] = []
        // Back to the server's choice, if it is another now.
        let new = notNull?.name ?? (old?.name == nil ? name : NotNullName.of(id))
        if new != name { out.append("\(table) RENAME CONSTRAINT \(name: name) TO \(name: new)") }
        let stays = notNull?.noInherit ?? false
        if stays != (old?.noInherit ?? false) {
            out.append(
                "\(table) ALTER CONSTRAINT \(name: new) \(stays ? "NO INHERIT" : "INHERIT" as SQL)")
        }
        if notNull?.comment != old?.comment {
            out.append(Self.comment(notNull?.comment, on: new, of: id))
        }
        return out
    }

    private static func comment(_ text: String?, on name: String, of id: ObjectID) -> SQL {
        let value: SQL = text.map { "\(literal: $0)" } ?? "NULL"
        return "COMMENT ON CONSTRAINT \(name: name) ON \(name: id.tablePath) IS \(value)"
    }
}

extension ObjectID {
    fileprivate var tablePath: [String] { Array(path.prefix(2)) }
}

extension PlanContext {
    /// What changes of a NOT NULL constraint beside whether there is one that is validated.
    func notNullChanges(
        of id: ObjectID, from old: ColumnDefinition, to new: ColumnDefinition
    ) -> [Operation] {
        let table = table(of: id)
        let name = settled[id]?.notNullName ?? NotNullName.of(id)
        switch (old.hasNotNull, new.hasNotNull) {
        case (false, false): return []
        case (true, false): return old.isNotNull ? [] : [nullable(id, old)]
        case (false, true) where new.isNotNull:
            let rest = new.notNullCompletion(id, new.notNull?.name)
            return rest.isEmpty ? [] : [notNullChange(id, rest, back: [])]
        case (true, true) where new.isNotNull || !old.isNotNull:
            let forward = new.notNullChanges(id, from: old.notNull, called: name)
            if forward.isEmpty { return [] }
            let now = new.notNull?.name ?? (old.notNull?.name == nil ? name : NotNullName.of(id))
            return [
                notNullChange(
                    id, forward, back: old.notNullChanges(id, from: new.notNull, called: now))
            ]
        case (_, true):
            var operation = Operation(
                "add-not-null", id, title: "Refuse new NULLs in \(id)",
                .statements(new.notNullCompletion(id, new.notNull?.name)), phase: .contract,
                undo: exactly([column(id, "DROP NOT NULL")]))
            operation.effects = momentary([.accessExclusive(table)])
            operation.effects.breaks = [
                .init(object: id, consequence: "a write that leaves \(id.name) NULL fails")
            ]
            return [operation]
        }
    }

    /// What makes a table's column NOT NULL as its parent's is. From 18 on the constraint gets the
    /// parent's name where the table is to have no other: once it is attached, no statement can.
    func notNullAdaptation(
        _ own: PostgreSQLObject, _ column: ColumnDefinition, below part: PostgreSQLObject
    ) -> (statements: [SQL], undo: [SQL], probes: [Probe]) {
        guard column.isNotNull else {
            return (
                [self.column(own.id, "SET NOT NULL")], [self.column(own.id, "DROP NOT NULL")],
                [nulls(own.id, basis: .presence)]
            )
        }
        guard capabilities.majorVersion >= 18, settled[part.id] != nil else {
            return ([], [], [])
        }
        let table = table(of: own.id)
        let given = desired[table]?.notNullNames[own.id.name]
        var new = column
        new.notNull = NotNullDefinition(
            name: given ?? part.givenNotNullName ?? NotNullName.of(part.id),
            comment: column.notNull?.comment)
        var old = column
        let name = own.givenNotNullName ?? NotNullName.of(own.id)
        old.notNull = column.notNull ?? NotNullDefinition()
        old.notNull?.name = name
        return (
            new.notNullChanges(own.id, from: old.notNull, called: name),
            old.notNullChanges(own.id, from: new.notNull, called: new.notNull?.name ?? name), []
        )
    }

    private func notNullChange(_ id: ObjectID, _ sql: [SQL], back: [SQL]) -> Operation {
        var operation = Operation(
            "alter-not-null", id, title: "Change the NOT NULL constraint of \(id)",
            .statements(sql), phase: .expand, undo: exactly(back))
        operation.effects = momentary([.accessExclusive(table(of: id))])
        return operation
    }
}

extension PostgreSQLObject {
    /// The name to give its NOT NULL constraint; nil where the server is to choose it.
    var givenNotNullName: String? {
        guard case .column(let column) = definition else { return nil }
        return column.notNull?.name ?? notNullName
    }

    /// What a table gives the NOT NULL constraints of columns that it has from elsewhere.
    var notNullElements: [SQL] {
        notNullNames.sorted { $0.key < $1.key }.map { column, name in
            "CONSTRAINT \(name: name) NOT NULL \(name: column)"
        }
    }
}
