// Owns the rows of the property test: three for every table, so chosen that keys hold, foreign
// keys meet and every type change finds values that fit.

struct WorldRows {
    static let count = 3

    let world: World
    private let names: WorldNames

    init(_ world: World) {
        self.world = world
        names = WorldNames(world)
    }

    /// INSERTs for every table; foreign keys are not checked on the way.
    var script: String {
        "SET session_replication_role = replica;\n"
            + world.tables.map(insertion).joined(separator: "\n")
    }

    private func insertion(_ table: TableModel) -> String {
        let columns = table.columns.filter(\.isWritten)
        let target = "INSERT INTO \(names.qualified(table.id))"
        if columns.isEmpty {
            return (0..<Self.count).map { _ in "\(target) DEFAULT VALUES;" }.joined(separator: "\n")
        }
        let list = columns.map { quotedName($0.name) }.joined(separator: ", ")
        let rows = (1...Self.count).map { row in
            "(" + columns.map { value(of: $0, row) }.joined(separator: ", ") + ")"
        }
        return "\(target) (\(list)) VALUES \(rows.joined(separator: ", "));"
    }

    private func value(of column: ColumnModel, _ row: Int) -> String {
        switch column.type.family {
        case .int, .num: return "\(row)"
        case .text: return "'\(row)'"
        case .bool: return row == 1 ? "true" : "false"
        case .time: return "'2020-01-0\(row)'"
        case .json: return "'\(row)'"
        case .uuid: return "'00000000-0000-0000-0000-00000000000\(row)'"
        case .label:
            let labels = world.enums.first { $0.id == column.type.item }?.labels ?? []
            return quotedText(labels.first { $0.name.hasPrefix("first") }?.name ?? "")
        case .other:
            if let extra = column.type.item.flatMap(world.extra) { return value(of: extra, row) }
            return other(column.type.sql)
        }
    }

    /// A value of a type of ours.
    private func value(of extra: ExtraModel, _ row: Int) -> String {
        switch extra.sort {
        case .composite:
            "'(\(String(repeating: ",", count: extra.parts.count - 1)))'"
        case .range: "'empty'"
        default: "'\(row)'"
        }
    }

    private func other(_ type: String) -> String {
        let values: [String: String] = [
            "interval": "'1 day'", "interval day to second(3)": "'1 day'", "inet": "'::1'",
            "bytea": "'\\x01'", "int4range": "'[1,2)'", "time(2)": "'10:00'",
            "timetz": "'10:00+00'", "point": "'(1,2)'", "bit(4)": "'1010'", "varbit(9)": "'1'",
            "tsvector": "'a'", "money": "'1'", "macaddr": "'08:00:2b:01:02:03'", "\"char\"": "'a'",
            "name": "'n'", "oid": "'1'", "tstzmultirange": "'{}'", "xid8": "'1'",
            "regclass": "'pg_class'", "int2vector": "'1 2'", "jsonpath": "'$.a'",
        ]
        return values[type] ?? "'{}'"
    }
}

extension World {
    /// Whether rows would make the way to `next` fail although the change is right: a column
    /// that comes has nothing to hold, or is to tell rows apart.
    func rowsStand(inTheWayTo next: World) -> Bool {
        for table in next.tables {
            guard let before = self.table(table.id) else { continue }
            let telling = Set(table.keys.flatMap(\.columns))
                .union(table.foreignKeys.flatMap(\.columns))
                .union(
                    table.indexes.filter(\.isUnique).flatMap { index in
                        index.elements.flatMap { $0.value.needs.keys }
                    })
            for column in table.columns where before.column(column.id) == nil {
                if !column.isFilled || telling.contains(column.id) { return true }
            }
        }
        return false
    }
}
