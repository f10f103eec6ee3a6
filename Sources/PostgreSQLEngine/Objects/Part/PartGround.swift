import SchemaCore

/// What the parts of partitions are parts of.
struct PartGround {
    private let catalog: Catalog<PostgreSQLObject>

    init(_ catalog: Catalog<PostgreSQLObject>) { self.catalog = catalog }

    /// The index, key or foreign key of a table above; nil if none is called so.
    func above(_ part: ObjectID) -> PostgreSQLObject? {
        var queue = catalog[.table(part.path[0], part.path[1])]?.parentTables ?? []
        while let table = queue.popLast() {
            if let found = declared(part, by: table) { return found }
            queue += catalog[table]?.parentTables ?? []
        }
        return nil
    }

    private func declared(_ part: ObjectID, by table: ObjectID) -> PostgreSQLObject? {
        let constraint = catalog[.constraint(table.path[0], table.name, part.name)]
        if case .constraint(let definition)? = constraint?.definition {
            switch definition.rule {
            case .foreignKey: if part.kind == .foreignKeyPart { return constraint }
            case .primaryKey, .unique, .exclusion: if part.kind == .part { return constraint }
            case .check: break
            }
        }
        guard part.kind == .part, let index = catalog[.index(table.path[0], part.name)],
            case .index(let definition) = index.definition, definition.owner(of: index.id) == table
        else { return nil }
        return index
    }
}

extension PartDefinition {
    /// The same with what it has from what it is a part of.
    func placed(below object: PostgreSQLObject) -> PartDefinition {
        var out = self
        switch object.definition {
        case .index(let index):
            out.above = Place(options: index.options, tablespace: index.tablespace)
        case .constraint(let constraint):
            switch constraint.rule {
            case .primaryKey(let key), .unique(let key):
                out.above = Place(options: key.options, tablespace: key.tablespace)
            case .exclusion(let exclusion):
                out.above = Place(options: exclusion.options, tablespace: exclusion.tablespace)
            case .foreignKey, .check: return out
            }
            out.isKey = true
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .comment, .plain:
            return out
        }
        out.options = options ?? out.above.options
        out.tablespace = tablespace ?? out.above.tablespace ?? Self.usualTablespace
        return out
    }
}
