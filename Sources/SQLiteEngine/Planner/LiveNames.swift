internal import Planning
internal import SchemaCore

/// How tables and columns are called while nothing of a plan has been done: questions are asked
/// then, and a plan renames first of all.
struct LiveNames {
    private var tables: [ObjectID: String] = [:]
    private var columns: [ObjectID: String] = [:]

    /// - Parameter live: the catalog before the renames.
    init(_ live: Catalog<SQLiteObject>, _ renames: [Rename]) {
        var tableNow: [String: String] = [:]
        var columnNow: [ObjectID: String] = [:]
        for rename in renames where rename.from.kind == .table {
            tableNow[rename.from.name] = rename.to.name
        }
        for rename in renames where rename.from.kind == .column {
            columnNow[rename.from] = rename.to.name
        }
        for object in live.objects.values {
            let table = tableNow[object.id.path[0]] ?? object.id.path[0]
            switch object.definition {
            case .table(let definition): tables[.table(table)] = definition.name
            case .column(let column):
                let name =
                    columnNow[object.id] ?? columnNow[.column(table, object.id.name)]
                    ?? object.id.name
                columns[.column(table, name)] = column.name
            case .constraint, .index, .view, .trigger, .data, .statement: break
            }
        }
    }

    /// The name that a table has now; nil if it is not there yet.
    func table(_ name: String) -> String? { tables[.table(name)] }

    /// The name that a column has now; its own if it is not there yet.
    func column(_ table: String, _ name: String) -> String { columns[.column(table, name)] ?? name }
}
