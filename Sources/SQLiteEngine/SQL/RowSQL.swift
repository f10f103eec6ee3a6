internal import SchemaCore

/// The statements that write rows. A row is found by its key, with the values that the table has.
enum RowSQL {
    /// Rows that give the same columns come by one statement. `OR ABORT` overrides the conflict
    /// clauses of the table, by which other rows could be replaced without a word
    /// (<https://sqlite.org/lang_conflict.html>).
    static func insert(_ rows: [DataDefinition]) -> [SQL] {
        var groups: [(columns: [String], rows: [DataDefinition])] = []
        for row in rows {
            if let last = groups.last, last.columns == row.columns,
                last.rows.count < RowOperations.rowsPerStatement
            {
                groups[groups.count - 1].rows.append(row)
            } else {
                groups.append((row.columns, [row]))
            }
        }
        return groups.map { columns, rows in
            let names = columns.map { "\(name: $0)" as SQL }.joined(", ")
            let values = rows.map { "(\($0.values.map(\.sql).joined(", ")))" as SQL }
            return """
                INSERT OR ABORT INTO \(name: rows[0].table) (\(names)) \
                VALUES \(values.joined(", "))
                """
        }
    }

    static func delete(_ rows: [DataDefinition]) -> [SQL] {
        stride(from: 0, to: rows.count, by: RowOperations.rowsPerStatement).map { start in
            let part = rows[start..<min(start + RowOperations.rowsPerStatement, rows.count)]
            let keys = part.map(key)
            let condition = keys.count == 1 ? keys[0] : keys.map { "(\($0))" }.joined(" OR ")
            return "DELETE FROM \(name: rows[0].table) WHERE \(condition)"
        }
    }

    /// The columns of which there was another value, with their new one.
    static func overwritten(
        _ old: DataDefinition, _ new: DataDefinition
    ) -> [(String, DataDefinition.Value)] {
        let before = old.valuesByColumn
        return zip(new.columns, new.values).filter { name, value in
            before[name.asciiFolded].map { $0 != value } ?? false
        }
    }

    /// Sets columns of one row.
    static func update(_ row: DataDefinition, setting values: [(String, SQL)]) -> SQL {
        let settings = values.map { "\(name: $0) = \($1)" as SQL }.joined(", ")
        return "UPDATE OR ABORT \(name: row.table) SET \(settings) WHERE \(key(row))"
    }

    private static func key(_ row: DataDefinition) -> SQL {
        zip(row.key, row.keyValues).map { "\(name: $0) IS \($1.sql)" as SQL }.joined(" AND ")
    }
}

extension DataDefinition {
    var valuesByColumn: [String: Value] {
        Dictionary(
            zip(columns.map(\.asciiFolded), values).map { ($0, $1) }, uniquingKeysWith: { $1 })
    }

    /// The key, whatever the order and the case of its names.
    var foldedKey: Set<String> { Set(key.map(\.asciiFolded)) }
}

extension DataDefinition.Value {
    /// As a literal that reads as the very same value.
    var sql: SQL {
        switch self {
        case .null: "NULL"
        case .integer(let number): "\(number)"
        case .real("inf"): "9e999"
        case .real("-inf"): "-9e999"
        case .real(let text): SQL(stringLiteral: text)
        case .blob(let digits): SQL(stringLiteral: "x'\(digits)'")
        case .text(let text):
            // A statement ends at a zero byte, wherever it stands.
            text.split(separator: "\0", omittingEmptySubsequences: false)
                .map { "\(literal: String($0))" as SQL }.joined(" || char(0) || ")
        }
    }
}
