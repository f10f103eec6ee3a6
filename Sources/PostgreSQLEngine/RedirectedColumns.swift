import SchemaCore

/// What uses columns that are another table's now than before: a column that a table has from
/// above is used as the table and the column above, its own as itself.
struct RedirectedColumns {
    /// The catalog in which what uses them says so.
    let catalog: Catalog<PostgreSQLObject>

    /// Looks at all that uses them.
    init(
        _ columns: Set<ObjectID>, from before: Catalog<PostgreSQLObject>,
        to after: Catalog<PostgreSQLObject>
    ) {
        var out = after
        let tables = Dictionary(grouping: columns) { ObjectID.table($0.path[0], $0.path[1]) }
        for object in after.objects.values where !columns.isEmpty {
            var needs = object.dependencies
            for id in object.dependencies {
                if columns.contains(id), after[id] == nil {
                    needs.remove(id)
                    needs.formUnion(Self.meant(id, in: after))
                }
                for column in tables[id] ?? []
                where after[column] != nil
                    && Self.meant(column, in: before).isSubset(of: object.dependencies)
                {
                    // It may use the column above as well, so it keeps that.
                    needs.insert(column)
                }
            }
            needs.remove(object.id)
            guard needs != object.dependencies else { continue }
            var moved = object
            moved.dependencies = needs
            out[object.id] = moved
        }
        catalog = out
    }

    /// What uses of a column count as.
    private static func meant(
        _ column: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> Set<ObjectID> {
        if catalog[column] != nil { return [column] }
        let table = ObjectID.table(column.path[0], column.path[1])
        var out: Set<ObjectID> = [table]
        for parent in catalog[table]?.parentTables ?? [] {
            let above = ObjectID.column(parent.path[0], parent.name, column.name)
            out.formUnion(meant(above, in: catalog).filter { $0.kind == .column })
        }
        return out
    }
}
