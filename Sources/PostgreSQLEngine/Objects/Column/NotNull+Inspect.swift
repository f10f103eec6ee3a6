import PostgreSQLClient
import Planning
import SchemaCore

extension CatalogQuery {
    /// The NOT NULL constraints that are not as the server makes them by itself; where a table has
    /// one from above, with the name that it has there.
    static func notNulls(version: Int) -> String {
        guard version >= Since.namedNotNull else {
            return "SELECT NULL WHERE $1::oid[] IS NULL"
        }
        return """
            SELECT k.conrelid, a.attname, k.conname, k.convalidated, k.connoinherit,
                k.coninhcount > 0, above.conname, d.description, k.conislocal
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            LEFT JOIN LATERAL (
                SELECT p.conname FROM pg_inherits h
                JOIN pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
                JOIN pg_constraint p ON p.conrelid = h.inhparent AND p.contype = 'n'
                    AND p.conkey[1] = pa.attnum
                WHERE h.inhrelid = k.conrelid AND k.coninhcount > 0
                ORDER BY h.inhseqno LIMIT 1) above ON true
            LEFT JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass
                AND d.objoid = k.oid
            WHERE k.contype = 'n' AND c.relkind IN ('r', 'p')
                AND c.relnamespace = ANY($1::oid[]) AND \(isNoMember("pg_class", "c.oid"))
                AND (NOT k.convalidated OR k.connoinherit OR d.description IS NOT NULL
                    OR k.conname <> above.conname
                    OR a.attislocal AND NOT k.conislocal AND NOT c.relispartition
                    OR (k.coninhcount = 0 OR a.attislocal AND NOT c.relispartition)
                        AND k.conname::text <> c.relname || '_' || a.attname || '_not_null')
            """
    }
}

extension CatalogReader {
    /// Gives columns what of their NOT NULL is not as usual.
    ///
    /// The server renames a constraint together with those below it, which have to have the same
    /// name, and none that a table has from above. So what a table calls that is given when the
    /// table is made, and is no difference; and where a table below has another name, what the
    /// server chose for a former name of a table or column stays.
    mutating func readNotNulls(_ rows: Rows) throws(PostgreSQLError) {
        var found: [NotNullRow] = []
        for row in rows { found.append(try NotNullRow(row)) }
        var fixed: Set<NotNullPlace> = []
        for row in found where row.isInherited && row.name != row.above {
            noteAbove(NotNullPlace(table: row.table, column: row.column), &fixed)
        }
        for row in found {
            take(row, isFixed: fixed.contains(NotNullPlace(table: row.table, column: row.column)))
        }
    }

    private func noteAbove(_ place: NotNullPlace, _ fixed: inout Set<NotNullPlace>) {
        guard let number = relationNumbers[place.table] else { return }
        for parent in relations[number].parents {
            let above = NotNullPlace(table: parent, column: place.column)
            if fixed.insert(above).inserted { noteAbove(above, &fixed) }
        }
    }

    private mutating func take(_ row: NotNullRow, isFixed: Bool) {
        guard let number = relationNumbers[row.table],
            let place = relations[number].columns.firstIndex(where: { $0.name == row.column })
        else { return }
        let relation = relations[number]
        let isOwn = relation.owns(relation.columns[place])
        let id = ObjectID.column(relation.schema, relation.name, row.column)
        if !row.isValidated { relations[number].columns[place].isNotNull = false }
        let isFromAbove = row.isInherited && !(isOwn && row.isLocal)
        if isOwn { relations[number].columns[place].inheritsNotNull = isFromAbove }
        let usual = row.isInherited && !isOwn ? row.above : NotNullName.of(id)
        if row.name != usual {
            if isOwn {
                relations[number].columns[place].notNullName = row.name
            } else {
                relations[number].notNullNames[row.column] = row.name
            }
        }
        let isServers =
            NotNullName.isDefault(row.name, table: relation.name, column: row.column)
            || isFixed && NotNullName.isServers(row.name)
        let definition = NotNullDefinition(
            name: isServers ? nil : row.name, isValidated: row.isValidated,
            noInherit: row.noInherit, comment: row.comment)
        if isOwn && !row.isInherited {
            relations[number].columns[place].notNull = definition.unlessUsual
        } else if row.comment != nil {
            report(id, "comment on the NOT NULL of what is had from elsewhere")
        } else if !row.isInherited && (row.noInherit || !row.isValidated) {
            report(id, "NOT NULL of what is had from elsewhere that is not as usual")
        }
    }
}

/// A column of a table.
private struct NotNullPlace: Hashable {
    let table: OID
    let column: String
}

private struct NotNullRow {
    let table: OID
    let column: String
    let name: String
    let isValidated: Bool
    let noInherit: Bool
    let isInherited: Bool
    let above: String?
    let comment: String?
    let isLocal: Bool

    init(_ row: Row) throws(PostgreSQLError) {
        table = row.oid(0)
        column = try row.text(1)
        name = try row.text(2)
        isValidated = row.flag(3)
        noInherit = row.flag(4)
        isInherited = row.flag(5)
        above = row[6]
        comment = row[7]
        isLocal = row.flag(8)
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

    /// Whether it may be the server's for some column.
    static func isServers(_ name: String) -> Bool {
        var rest = name[...]
        while rest.last?.isNumber == true { rest.removeLast() }
        return rest.hasSuffix("_not_null")
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
