// Owns the way from the rows of `UnmodelledQuery` to findings.

import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogReader {
    /// Takes what is not modelled.
    mutating func readUnmodelled(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            var kind = try row.text(0)
            var path = try row.texts(1)
            if kind == UnmodelledQuery.notNullName {
                let name = path.removeLast()
                let isOfServer = NotNullName.isDefault(name, table: path[1], column: path[2])
                if isOfServer { continue }
                kind = "column"
            }
            unmodelled.append(
                Unmodelled(
                    object: ObjectID(ObjectKind(rawValue: kind), path), what: try row.text(2)))
        }
    }
}

/// The name that the server gives a NOT NULL constraint (`makeObjectName` and
/// `ChooseConstraintName` in its source): table and column, shortened so that all fits into 63
/// bytes, and a number if the name is taken.
enum NotNullName {
    static func isDefault(_ name: String, table: String, column: String) -> Bool {
        let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }
        return (0...digits.count).contains { length in
            let number = String(name.suffix(length))
            guard !number.hasPrefix("0") else { return false }
            return make(table, column, "not_null\(number)") == name
        }
    }

    private static func make(_ table: String, _ column: String, _ label: String) -> String {
        let room = 63 - label.utf8.count - 2
        var first = table.utf8.count
        var second = column.utf8.count
        while first + second > room {
            if first > second { first -= 1 } else { second -= 1 }
        }
        return "\(clipped(table, first))_\(clipped(column, second))_\(label)"
    }

    /// At most so many bytes of a name, without half a character.
    private static func clipped(_ name: String, _ bytes: Int) -> String {
        var scalars = String.UnicodeScalarView()
        var length = 0
        for scalar in name.unicodeScalars {
            length += UTF8.width(scalar)
            if length > bytes { break }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
