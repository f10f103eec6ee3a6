// Owns the questions to the rows of a table before it changes. Invariant: they are asked of the
// rows as the new table would hold them, by names that are there before the plan.

internal import Planning
internal import SchemaCore

/// Makes the probes of a rebuild, and of what reads a table without changing it.
struct RowQuestions {
    let rebuild: Rebuild
    let names: LiveNames
    /// What happens to the rows of all tables.
    let others: [ObjectID: RowChanges]

    private var new: TableState { rebuild.new }
    private var id: ObjectID { new.id }

    /// Where the rows are read.
    private var live: SQL { "\(name: names.table(rebuild.old.name) ?? rebuild.old.name)" }

    private var sources: [Rebuild.Source] {
        rebuild.sources { names.column(rebuild.old.name, $0.name) }
    }

    /// The rows as the new table would hold them, generated columns included.
    private var rows: SQL {
        let values = sources.map { source -> SQL in
            let conversion =
                source.conversion
                ?? Conversion(
                    from: .any, to: new.storage(of: source.column),
                    value: source.value ?? source.column.defaultValue)
            var value = conversion.converted
            if let before = rebuild.old.column(source.column.name),
                before.collation != source.column.collation || source.isGiven
                    || source.conversion?.changesValues == true
            {
                value = "(\(value)) COLLATE \(name: source.column.collation ?? "BINARY")"
            }
            return "\(value) AS \(name: source.column.name)"
        }
        var rows: SQL = "SELECT \(values.joined(", ")) FROM \(live)\(condition("WHERE"))"
        for column in new.parts.columns {
            guard let generated = column.generated else { continue }
            rows = """
                SELECT *, (\(verbatim: generated.expression.written)) AS \(name: column.name) \
                FROM (\(rows)) AS \(name: new.name)
                """
        }
        return "(\(rows)) AS \(name: new.name)"
    }

    /// The condition of a row that the plan leaves; nothing where it leaves all.
    private func condition(_ word: SQL) -> SQL {
        let going = Self.any(of: rebuild.rows.dropped.map { $0.row }) { row in
            zip(row.key, row.keyValues).map { name, value in
                ("\(name: names.column(rebuild.old.name, name.asciiFolded))", value)
            }
        }
        return going.isEmpty ? "" : " \(word) \(going.map { "NOT (\($0))" }.joined(" AND "))"
    }

    /// Conditions of which one holds for each of some rows: SQLite limits how deep one may be.
    private static func any(
        of rows: [DataDefinition], _ columns: (DataDefinition) -> [(SQL, DataDefinition.Value)]
    ) -> [SQL] {
        let count = RowOperations.rowsPerStatement
        return stride(from: 0, to: rows.count, by: count).map { start in
            rows[start..<min(start + count, rows.count)].map { row -> SQL in
                let all = columns(row).map { "\($0) IS \($1.sql)" as SQL }
                return "(\(all.joined(" AND ")))"
            }.joined(" OR ")
        }
    }

    // MARK: - What may fail

    /// Rows in which a column would be NULL that may not be.
    func nulls(_ column: ColumnDefinition) -> Probe {
        probe(
            "nulls:\(column.name)",
            counting: "rows of \(new.name) without a value for \(column.name)",
            "SELECT count(*) FROM \(rows) WHERE \(name: column.name) IS NULL")
    }

    /// Rows that a check refuses; NULL passes.
    func violators(_ check: ConstraintDefinition.Check, _ name: String) -> Probe {
        probe(
            "violators:\(name)", counting: "rows of \(new.name) that break \(name)",
            "SELECT count(*) FROM \(rows) WHERE NOT (\(verbatim: check.expression.written))")
    }

    /// Keys that several rows would have.
    func duplicates(_ keys: [SQL], where predicate: SQL?, _ name: String) -> Probe {
        let isKnown = keys.map { "\($0) IS NOT NULL" as SQL }
        let conditions = (isKnown + (predicate.map { ["(\($0))"] } ?? [])).joined(" AND ")
        return probe(
            "duplicates:\(name)", counting: "keys of \(name) that several rows have",
            """
            SELECT count(*) FROM (SELECT 1 FROM \(rows) WHERE \(conditions) \
            GROUP BY \(keys.joined(", ")) HAVING count(*) > 1)
            """)
    }

    /// Rows that refer to no row of the other table, and more of them than there are already.
    ///
    /// - Parameter known: the key as it is before; nil if there is none.
    func orphans(
        _ key: ConstraintDefinition.ForeignKey, _ name: String,
        known: ConstraintDefinition.ForeignKey?
    ) -> Probe {
        let table: SQL = "\(name: new.name)"
        let conditions =
            isOrphan(key, of: table) { "\(name: $0)" } + arriving(key).map { "NOT (\($0))" }
        var query: SQL = "SELECT count(*) FROM \(rows) WHERE \(conditions.joined(" AND "))"
        if let known {
            let before = isOrphan(known, of: live) {
                "\(name: names.column(rebuild.old.name, $0))"
            }
            query = """
                SELECT max(0, (\(query)) - \
                (SELECT count(*) FROM \(live) WHERE \(before.joined(" AND "))))
                """
        }
        var probe = probe(
            "orphans:\(name)",
            counting: "rows of \(new.name) that refer to no row of \(key.table)", query)
        probe.reads = [.table(key.table)]
        return probe
    }

    /// The conditions of a row that refers to no row that is there now.
    private func isOrphan(
        _ key: ConstraintDefinition.ForeignKey, of table: SQL, _ column: (String) -> SQL
    ) -> [SQL] {
        let isKnown = key.columns.map { "\(table).\(column($0)) IS NOT NULL" as SQL }
        guard let parent = names.table(key.table) else { return isKnown }
        let pairs = zip(key.referencedColumns, key.columns).map { referenced, own -> SQL in
            let other = names.column(key.table, referenced)
            return "lockstep_parent.\(name: other) = \(table).\(column(own))"
        }
        return isKnown + [
            """
            NOT EXISTS (SELECT 1 FROM \(name: parent) AS lockstep_parent \
            WHERE \(pairs.joined(" AND ")))
            """
        ]
    }

    /// The conditions of a reference to a row that the plan makes, or makes such.
    private func arriving(_ key: ConstraintDefinition.ForeignKey) -> [SQL] {
        guard let changes = others[.table(key.table)] else { return [] }
        let known = (changes.created.map(\.row) + changes.altered.map(\.new.row)).filter { row in
            key.referencedColumns.allSatisfy { row.valuesByColumn[$0.asciiFolded] != nil }
        }
        return Self.any(of: known) { row in
            zip(key.referencedColumns, key.columns).compactMap { referenced, own in
                row.valuesByColumn[referenced.asciiFolded].map {
                    ("\(name: new.name).\(name: own)", $0)
                }
            }
        }
    }

    /// Rows at all: each would lack a value that nothing gives.
    func anyRows(_ column: ColumnDefinition) -> Probe {
        if sources.contains(where: { $0.column.name == column.name && $0.isGiven }) {
            return nulls(column)
        }
        return probe(
            "rows", counting: "rows of \(new.name), which have no value for \(column.name)",
            "SELECT count(*) FROM \(live)\(condition("WHERE"))")
    }

    // MARK: - What becomes of values

    /// NULLs in what becomes the rowid, which SQLite numbers.
    func numbered(_ column: ColumnDefinition) -> Probe {
        var probe = probe(
            "numbered:\(column.name)",
            counting: "rows of \(new.name) that get a number for \(column.name)",
            "SELECT count(*) FROM \(rows) WHERE \(name: column.name) IS NULL", .loses)
        probe.object = .column(new.name, column.name)
        return probe
    }

    /// Values that the new column refuses, and those that it does not keep.
    func conversions() -> [Probe] {
        sources.flatMap { source -> [Probe] in
            guard let conversion = source.conversion else { return [] }
            let name = source.column.name
            var probes: [Probe] = []
            if conversion.mayFail {
                probes.append(
                    probe(
                        "misfits:\(name)",
                        counting: "values of \(new.name).\(name) that are no \(source.column.type)",
                        "SELECT count(*) FROM \(live) WHERE \(conversion.isRefused)"
                            + condition("AND")))
            }
            if conversion.loss != nil {
                var probe = probe(
                    "changes:\(name)",
                    counting: "values of \(new.name).\(name) that do not stay what they are",
                    "SELECT count(*) FROM \(live) WHERE \(conversion.isLost)"
                        + condition("AND"), .loses)
                probe.object = .column(new.name, name)
                probes.append(probe)
            }
            return probes
        }
    }

    private func probe(
        _ name: String, counting counts: String, _ query: SQL,
        _ meaning: Probe.Meaning = .fails
    ) -> Probe {
        Probe(
            name: name, counts: counts, object: id, query: Statement(query.text(.sqlite)),
            meaning: meaning)
    }
}
