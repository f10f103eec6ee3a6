import SchemaCore

@testable import SQLiteEngine

/// Random schemas that SQLite accepts, and rows for them.
struct SchemaDice {
    var random: Seeded

    static let tables = ["a", "B b", "order", "Ünï"]
    static let columns = ["id", "x", "y z", "select", "w", "n"]

    /// A schema as a script.
    mutating func schema() -> String {
        var script: [String] = []
        let tables = Self.tables.filter { _ in random.chance(65) }
        var keyed: [String] = []
        for table in tables {
            let (sql, isKeyed, columns) = self.table(table, keyed)
            script.append(sql)
            if isKeyed { keyed.append(table) }
            script += indexes(table, columns)
            if random.chance(25) {
                let list = columns.filter { _ in random.chance(70) }.map(quoted)
                script.append(
                    "CREATE VIEW \(quoted("v_" + table)) AS "
                        + "SELECT \(list.isEmpty ? "1 AS one" : list.joined(separator: ", ")) "
                        + "FROM \(quoted(table))")
            }
            if random.chance(25) {
                let event = random.pick(["INSERT", "DELETE", "UPDATE"])
                let other = random.pick(tables)
                script.append(
                    "CREATE TRIGGER \(quoted("t_" + table)) \(random.pick(["BEFORE", "AFTER"])) "
                        + "\(event) ON \(quoted(table)) BEGIN DELETE FROM \(quoted(other)) "
                        + "WHERE 0; END")
            }
        }
        return script.joined(separator: ";\n")
    }

    private func quoted(_ name: String) -> String { SQLDialect.sqlite.quoted(name: name) }

    private mutating func table(
        _ name: String, _ keyed: [String]
    ) -> (sql: String, isKeyed: Bool, columns: [String]) {
        let isStrict = random.chance(20)
        var columns = Self.columns.filter { _ in random.chance(60) }
        if columns.isEmpty { columns = ["x"] }
        let hasKey = columns[0] == "id" && random.chance(75)
        let isWithoutRowID = hasKey && random.chance(20)
        var items: [String] = []
        for (place, column) in columns.enumerated() {
            if place == 0, hasKey {
                let type = isWithoutRowID ? random.pick(["INT", "TEXT"]) : "INTEGER"
                let counter = !isWithoutRowID && random.chance(30) ? " AUTOINCREMENT" : ""
                items.append("\(quoted(column)) \(type) PRIMARY KEY\(counter)")
                continue
            }
            items.append(self.column(column, isStrict, columns[0], place, keyed))
        }
        if columns.count > 1, random.chance(15) {
            let clause = random.pick(["", "", " ON CONFLICT REPLACE", " ON CONFLICT IGNORE"])
            items.append(
                "UNIQUE (\(columns.suffix(2).map(quoted).joined(separator: ", ")))\(clause)")
        }
        let options = (isStrict ? ["STRICT"] : []) + (isWithoutRowID ? ["WITHOUT ROWID"] : [])
        return (
            "CREATE TABLE \(quoted(name)) (\(items.joined(separator: ", "))) "
                + options.joined(separator: ", "),
            hasKey, columns
        )
    }

    private mutating func column(
        _ name: String, _ isStrict: Bool, _ first: String, _ place: Int, _ keyed: [String]
    ) -> String {
        let type = random.pick(
            isStrict
                ? ["INT", "TEXT", "ANY", "REAL"]
                : ["", "INTEGER", "TEXT", "VARCHAR(9)", "REAL", "NUMERIC", "BLOB"])
        var sql = "\(quoted(name)) \(type)"
        if place > 0, random.chance(8) {
            let own = isStrict ? "\(quoted(name)) ANY" : sql
            return own + " AS (\(quoted(first))) \(random.pick(["STORED", "VIRTUAL"]))"
        }
        let hasDefault = random.chance(35)
        if hasDefault {
            let text = type == "TEXT" || type == "ANY"
            sql += " DEFAULT \(text ? "'d'" : random.pick(["1", "-2", "(1 + 1)"]))"
        }
        if hasDefault, random.chance(30) { sql += " NOT NULL" }
        if random.chance(12) { sql += " COLLATE NOCASE" }
        if random.chance(8) { sql += " UNIQUE" }
        if random.chance(12) { sql += " CHECK (length(\(quoted(name))) < \(random.pick([3, 90])))" }
        if !keyed.isEmpty, random.chance(15) {
            sql += " REFERENCES \(quoted(random.pick(keyed)))(id)"
        }
        return sql
    }

    private mutating func indexes(_ table: String, _ columns: [String]) -> [String] {
        guard random.chance(45) else { return [] }
        let name = "i\(Int.random(in: 1...2, using: &random))_" + table
        let column = quoted(random.pick(columns))
        let key = random.pick([
            column, "\(column) DESC", "\(column) COLLATE NOCASE", "abs(\(column))",
        ])
        return [
            "CREATE \(random.chance(20) ? "UNIQUE " : "")INDEX \(quoted(name)) ON \(quoted(table)) "
                + "(\(key))\(random.chance(25) ? " WHERE \(column) IS NOT NULL" : "")"
        ]
    }

    /// Rows for the tables of a catalog; not all of them need be taken.
    mutating func rows(for catalog: Catalog<SQLiteObject>) -> [String] {
        var out: [String] = []
        for (_, table) in TableParts.all(in: catalog.sorted) {
            let columns = table.columns.filter { $0.generated == nil }
            guard random.chance(80) else { continue }
            for number in 1...Int.random(in: 1...6, using: &random) {
                let values = columns.map { column in
                    column.name == "id" ? String(number * 3) : value(number)
                }
                let names = columns.map { quoted($0.name) }.joined(separator: ", ")
                out.append(
                    "INSERT OR IGNORE INTO \(quoted(table.definition.name)) (\(names)) "
                        + "VALUES (\(values.joined(separator: ", ")))")
            }
        }
        return out
    }

    private mutating func value(_ number: Int) -> String {
        random.pick([
            "NULL", "\(number)", "\(number * 3)", "'\(number)'", "'t\(number)'", "\(number).5",
            "'0\(number)'", "'T1'", "x'0\(number)'", "'long text \(number)'",
        ])
    }
}
