// Owns the way from the rows of `UnmodelledQuery` to findings.

import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogReader {
    /// Takes what is not modelled.
    mutating func readUnmodelled(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let path = try row.texts(1)
            let what = try row.text(2)
            guard try row.text(0) == UnmodelledQuery.notNullName else {
                let object = ObjectID(ObjectKind(rawValue: try row.text(0)), path)
                let address = CatalogAddress(row.oid(3), row.oid(4))
                if row.oid(4) == 0 || slots[address] != nil {
                    report(object, what)
                } else {
                    roots.append(AsideRoot(object: object, what: what, address: address))
                }
                continue
            }
            let column = ObjectID.column(path[0], path[1], path[2])
            notNullNames[column] = path[3]
            let isOfServer = NotNullName.isDefault(path[3], table: path[1], column: path[2])
            if what != UnmodelledQuery.namedNotNull || !isOfServer { report(column, what) }
        }
        guard !notNullNames.isEmpty else { return }
        for slot in objects.indices where objects[slot].id.kind == .column {
            let id = objects[slot].id
            guard let name = notNullNames[id], name != NotNullName.of(id) else { continue }
            objects[slot].notNullName = name
        }
    }
}

/// The name that the server gives a NOT NULL constraint: table and column, and a number if the
/// name is taken (`ChooseConstraintName` in its source).
enum NotNullName {
    static func isDefault(_ name: String, table: String, column: String) -> Bool {
        let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }
        return (0...digits.count).contains { length in
            let number = String(name.suffix(length))
            guard !number.hasPrefix("0") else { return false }
            return DefaultName.of(table, column, "not_null\(number)") == name
        }
    }

    /// The first choice for a column that `names` does not have.
    static func of(_ column: ObjectID, besides names: Set<String> = []) -> String {
        var number = 0
        while true {
            let label = number == 0 ? "not_null" : "not_null\(number)"
            let name = DefaultName.of(column.path[1], column.name, label)
            if !names.contains(name) { return name }
            number += 1
        }
    }
}
