// Owns what becomes of rows when their table or its columns get other names: the same rows, at the
// addresses that follow. A copy of the schema holds none, so they are moved by hand.

internal import SchemaCore

/// Moves rows, and what statements made, over renames.
struct RenamedRows {
    private let renames: [Rename]
    private let settled: Catalog<SQLiteObject>

    /// - Parameter settled: the schema after the renames.
    init(_ renames: [Rename], settled: Catalog<SQLiteObject>) {
        self.renames = renames
        self.settled = settled
    }

    /// What of a catalog the schema says nothing of, with the names that it has after the renames,
    /// with the addresses that they had.
    func moved(
        _ live: Catalog<SQLiteObject>
    ) -> [(from: ObjectID, object: SQLiteObject)] {
        live.sorted.compactMap { object in
            switch object.definition {
            case .data(let row): (object.id, moved(row))
            case .statement: (object.id, object)
            case .table, .column, .constraint, .index, .view, .trigger: nil
            }
        }
    }

    private func moved(_ row: DataDefinition) -> SQLiteObject {
        let before = ObjectID.table(row.table)
        let table = renames.first { $0.from == before }?.to ?? before
        var columns = row.columns.map(\.asciiFolded)
        var key = row.key.map(\.asciiFolded)
        for rename in renames {
            guard rename.from.kind == .column,
                [before.name, table.name].contains(rename.from.path[0]),
                rename.to.path[0] == table.name
            else { continue }
            func moved(_ name: String) -> String {
                name == rename.from.name ? rename.to.name : name
            }
            columns = columns.map(moved)
            key = key.map(moved)
        }
        let pairs = zip(columns, row.values).sorted { $0.0.precedesByBytes($1.0) }
        let definition = DataDefinition(
            table: spelled(table), key: key.map { spelled($0, of: table) },
            columns: pairs.map { spelled($0.0, of: table) }, values: pairs.map(\.1))
        return SQLiteObject(
            definition.id, .data(definition),
            dependencies: Set(columns.map { .column(table.name, $0) }).union([table]))
    }

    private func spelled(_ table: ObjectID) -> String {
        guard case .table(let definition)? = settled[table]?.definition else { return table.name }
        return definition.name
    }

    private func spelled(_ column: String, of table: ObjectID) -> String {
        guard case .column(let definition)? = settled[.column(table.name, column)]?.definition
        else { return column }
        return definition.name
    }
}
