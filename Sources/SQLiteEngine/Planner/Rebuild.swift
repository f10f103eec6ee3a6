// Owns the rebuild of a table. Invariant: it is SQLite's own procedure for changes that ALTER TABLE
// cannot make (<https://sqlite.org/lang_altertable.html>, section 7), whose steps are named here by
// their numbers; a row that the new table does not take makes it fail, whatever conflict clauses
// say.

internal import Planning
internal import SchemaCore

/// One rebuild, for all changes of a table at once.
struct Rebuild {
    let old: TableState
    let new: TableState
    /// A name that nothing has.
    let interim: String
    /// What the plan makes of managed rows: the new table gets their new values at once, since it
    /// may refuse the old ones, or have none to start from.
    var rows = RowChanges()
    /// The tables of ANALYZE that are there.
    var statistics: [String] = []

    /// A new stored column with where its values come from; nil for its default.
    struct Source {
        let column: ColumnDefinition
        let value: SQL?
        /// For what had values before.
        let conversion: Conversion?
        /// Whether managed rows get other values than the old table has.
        let isGiven: Bool
    }

    /// The new columns that hold values, in order.
    ///
    /// - Parameter name: how a column of the old table is called where the rows are read.
    func sources(_ name: (ColumnDefinition) -> String = { $0.name }) -> [Source] {
        new.parts.columns.filter { $0.generated == nil }.map { column in
            if let before = old.column(column.name) {
                let own: SQL = "\(name: name(before))"
                let given = given(column, otherwise: own, name)
                let conversion = Conversion(
                    from: old.storage(of: before), to: new.storage(of: column),
                    value: given ?? own)
                return Source(
                    column: column, value: given ?? own, conversion: conversion,
                    isGiven: given != nil)
            }
            // What becomes the rowid was the rowid before it had a name.
            let own = new.rowIDColumn?.name == column.name ? rowID : nil
            let given = given(column, otherwise: own ?? column.defaultValue, name)
            return Source(
                column: column, value: given ?? own, conversion: nil, isGiven: given != nil)
        }
    }

    /// The values of a column with those that managed rows get; nil if they get none.
    private func given(
        _ column: ColumnDefinition, otherwise: SQL, _ name: (ColumnDefinition) -> String
    ) -> SQL? {
        let folded = column.name.asciiFolded
        let cases = rows.altered.compactMap { pair -> SQL? in
            guard let value = pair.new.row.valuesByColumn[folded],
                value != pair.old.row.valuesByColumn[folded]
            else { return nil }
            let keys = zip(pair.new.row.key, pair.new.row.keyValues).compactMap { key, value in
                old.column(key).map { "\(name: name($0)) IS \(value.sql)" as SQL }
            }
            guard keys.count == pair.new.row.key.count else { return nil }
            return "WHEN \(keys.joined(" AND ")) THEN \(value.sql)"
        }
        return cases.isEmpty ? nil : "CASE \(cases.joined(" ")) ELSE \(otherwise) END"
    }

    /// The old table's rowid by a name.
    private var rowID: SQL? { old.rowIDName.map { "\(name: $0)" } }

    /// The columns that had values and have none of their own any more.
    var lost: [ColumnDefinition] {
        let kept = new.stored
        return old.parts.columns.filter { $0.generated == nil && kept[$0.name.asciiFolded] == nil }
    }

    /// The column that becomes the rowid and may have held NULL, which SQLite numbers then.
    var numbered: ColumnDefinition? {
        guard let column = new.rowIDColumn, column.notNull == nil,
            let before = old.column(column.name), before.notNull == nil,
            old.rowIDColumn?.name != before.name
        else { return nil }
        return column
    }

    /// The statements in order.
    ///
    /// Foreign keys are off already (steps 1 and 12: the session has them off, since the pragma
    /// does nothing within a transaction), and the transaction is the runner's (steps 2 and 11).
    func statements() -> [SQL] {
        // Step 3: what is to be made again is known from the catalogs.
        // Step 4.
        var out: [SQL] = [new.parts.create(as: interim)]
        // Step 5.
        out.append(copy)
        out += counter + setAside
        // Step 6.
        out.append("DROP TABLE \(name: old.name)")
        // Step 7: views and triggers that speak of the table are meant to speak of the new one, so
        // they are neither looked at nor changed.
        out.append("PRAGMA legacy_alter_table = ON")
        out.append("ALTER TABLE \(name: interim) RENAME TO \(name: new.name)")
        out.append("PRAGMA legacy_alter_table = OFF")
        // Step 8. (Step 9, views that change, are steps of their own in the same transaction.)
        out += new.attachments.flatMap(\.creation) + takeBack
        // Step 10, as far as the table by itself goes; foreign keys are checked at the end.
        out.append(
            """
            SELECT integrity_check AS \(SQLiteSession.problem) \
            FROM pragma_integrity_check(\(literal: new.name)) WHERE integrity_check <> 'ok'
            """)
        return out
    }

    /// `OR ABORT` overrides the conflict clauses of the new table, by which rows could be left out
    /// or replaced without a word (<https://sqlite.org/lang_conflict.html>).
    private var copy: SQL {
        let sources = sources().filter { $0.value != nil }
        var names = sources.map { "\(name: $0.column.name)" as SQL }
        var values = sources.compactMap(\.value)
        // A rowid that no column is named for is kept all the same: other things may refer to it.
        if new.rowIDColumn == nil, let name = new.rowIDName, let rowID {
            names.insert("\(name: name)", at: 0)
            values.insert(rowID, at: 0)
        }
        if names.isEmpty, let first = new.parts.columns.first(where: { $0.generated == nil }) {
            // Nothing stays of the rows but their number.
            names = ["\(name: first.name)"]
            values = [first.defaultValue]
        }
        return """
            INSERT OR ABORT INTO \(name: interim) (\(names.joined(", "))) \
            SELECT \(values.joined(", ")) FROM \(name: old.name)
            """
    }

    /// Whether the numbers of deleted rows are forgotten.
    var losesCounter: Bool { old.primaryKey?.isAutoincrement == true && counter.isEmpty }

    /// AUTOINCREMENT never gives a number twice, those of deleted rows included.
    private var counter: [SQL] {
        guard old.primaryKey?.isAutoincrement == true, new.primaryKey?.isAutoincrement == true,
            old.rowIDColumn?.name.asciiFolded == new.rowIDColumn?.name.asciiFolded
        else { return [] }
        return [
            "DELETE FROM sqlite_sequence WHERE name = \(literal: interim)",
            """
            INSERT INTO sqlite_sequence (name, seq) SELECT \(literal: interim), seq \
            FROM sqlite_sequence WHERE name = \(literal: old.name)
            """,
        ]
    }

    // MARK: - Statistics

    /// What ANALYZE knows goes with a table that is dropped, so it is another's meanwhile; but for
    /// indexes that are other ones afterwards.
    private var setAside: [SQL] {
        statistics.flatMap { table -> [SQL] in
            let stale = stale
            let own: SQL = "WHERE tbl = \(literal: old.name)"
            let move: SQL = "UPDATE \(name: table) SET tbl = \(literal: interim) \(own)"
            return stale.isEmpty
                ? [move]
                : ["DELETE FROM \(name: table) \(own) AND (\(stale.joined(" OR ")))", move]
        }
    }

    private var takeBack: [SQL] {
        statistics.map { table in
            """
            UPDATE \(name: table) SET tbl = \(literal: new.name) \
            WHERE tbl = \(literal: interim)
            """
        }
    }

    /// The conditions of what is known of an index that is not the same afterwards. Those of keys
    /// are called by numbers, that of a table without rowids as the table.
    private var stale: [SQL] {
        let gone = old.attachments.filter { object in
            object.id.kind == .index && new.objects[object.id] != object
        }
        var out: [SQL] = gone.compactMap { object in
            guard case .index(let index) = object.definition else { return nil }
            return "idx = \(literal: index.name) COLLATE NOCASE"
        }
        let isSame =
            old.keys == new.keys && old.name == new.name
            && old.parts.definition.isWithoutRowID == new.parts.definition.isWithoutRowID
        if !isSame { out.append("idx GLOB 'sqlite_autoindex_*' OR idx = tbl") }
        return out
    }
}

extension TableState {
    /// What makes the indexes that have no name of their own, in order.
    fileprivate var keys: [ConstraintDefinition.Rule] {
        parts.constraints.map(\.rule).filter { rule in
            switch rule {
            case .primaryKey, .unique: true
            case .check, .foreignKey: false
            }
        }
    }
}
