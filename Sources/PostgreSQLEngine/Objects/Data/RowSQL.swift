// Owns the statements that write rows. Invariant: values are texts whose type the column gives, as
// the server wrote them; a row is found by its key.

import Planning
import SchemaCore

/// The statements for managed rows of one table.
struct RowSQL {
    let table: ObjectID
    /// Whether values are given for a column whose identity would refuse them.
    var overridesIdentity = false

    /// All rows come by one statement, so that they may refer to each other; what a row does not
    /// give has its default.
    func insert(_ rows: [DataDefinition]) -> [SQL] {
        if rows.isEmpty { return [] }
        let columns = Set(rows.flatMap(\.columns)).sorted { $0.precedesByBytes($1) }
        let values = rows.map { row -> SQL in
            let own = row.writtenByColumn
            let list = columns.map { name -> SQL in
                own[name].map(Self.literal) ?? "DEFAULT"
            }
            return "(\(list.joined(", ")))"
        }
        let overriding: SQL = overridesIdentity ? " OVERRIDING SYSTEM VALUE" : ""
        return [
            """
            INSERT INTO \(name: table.path) (\(columns.nameList))\(overriding) \
            VALUES \(values.joined(", "))
            """
        ]
    }

    /// Removes rows.
    func delete(_ rows: [DataDefinition]) -> [SQL] {
        if rows.isEmpty { return [] }
        return ["DELETE FROM \(name: table.path) WHERE \(Self.any(of: rows))"]
    }

    /// Gives rows other values, one by one.
    ///
    /// - Parameter columns: those that a row gets a value in.
    func statements(_ ways: RowWays, setting columns: (RowWays.Way) -> [String]) -> [SQL] {
        let updates = ways.moves.compactMap { move -> SQL? in
            switch move {
            case .update(let way):
                let own = way.new.writtenByColumn
                return update(
                    way.new, setting: columns(way).map { ($0, Self.literal(own[$0] ?? nil)) })
            case .aside(let way, let column, let value):
                return update(way.new, setting: [(column, value)])
            }
        }
        if ways.waiting.isEmpty { return updates }
        let names = ways.waiting.sorted().map { "\(name: [$0.path[0], $0.name])" as SQL }
        let constraints = names.joined(", ")
        return ["SET CONSTRAINTS \(constraints) DEFERRED"] + updates
            + ["SET CONSTRAINTS \(constraints) IMMEDIATE"]
    }

    /// Nil where there is nothing to set.
    private func update(_ row: DataDefinition, setting values: [(String, SQL)]) -> SQL? {
        if values.isEmpty { return nil }
        let settings = values.map { "\(name: $0) = \($1)" as SQL }
        return """
            UPDATE \(name: table.path) SET \(settings.joined(", ")) WHERE \(Self.any(of: [row]))
            """
    }

    /// The condition that one of some rows fulfils.
    ///
    /// - Parameter alias: what stands before the columns.
    static func any(of rows: [DataDefinition], _ alias: String? = nil) -> SQL {
        func column(_ name: String) -> SQL {
            alias.map { "\(name: $0).\(name: name)" } ?? "\(name: name)"
        }
        if let first = rows.first, first.key.count == 1, rows.count > 1,
            !rows.contains(where: { $0.operators.contains { $0 != nil } })
        {
            let values = rows.map { literal($0.writtenByColumn[first.key[0]] ?? nil) }
            return "\(column(first.key[0])) IN (\(values.joined(", ")))"
        }
        let keys = rows.map { row -> SQL in
            let own = row.writtenByColumn
            return row.key.enumerated().map { place, name -> SQL in
                let schema = row.operators.indices.contains(place) ? row.operators[place] : nil
                let value = literal(own[name] ?? nil)
                return "\(column(name)) \(DataDefinition.equals(schema)) \(value)"
            }.joined(" AND ")
        }
        return keys.count == 1 ? keys[0] : keys.map { "(\($0))" as SQL }.joined(" OR ")
    }

    static func literal(_ text: String?) -> SQL { text.map { "\(literal: $0)" } ?? "NULL" }
}

extension DataDefinition {
    /// The columns that are other ones than in an older form of the row.
    func changed(from old: DataDefinition) -> [String] {
        let before = old.valuesByColumn
        return zip(columns, values).filter { before[$0] != $1 }.map(\.0)
    }

    /// The columns of which another value was known.
    func overwritten(from old: DataDefinition) -> [String] {
        changed(from: old).filter(old.columns.contains)
    }
}
