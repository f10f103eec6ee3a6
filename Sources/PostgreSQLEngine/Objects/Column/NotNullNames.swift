// Owns the names of NOT NULL constraints that the server would not choose since something else in
// the schema is called so (PostgreSQL 18): it looks for a free name when the table is made, so that
// which table gets the plain one would depend on the order.

import SchemaCore

struct NotNullNames {
    /// Whose each name is, by schema.
    private var owners: [[String]: Set<ObjectID>] = [:]

    /// The objects with names for the constraints of columns for which the usual one is taken.
    static func given(_ objects: [PostgreSQLObject], major: Int) -> [PostgreSQLObject] {
        guard major >= CatalogQuery.Since.namedNotNull / 10_000 else { return objects }
        let names = NotNullNames(objects)
        return objects.map { object in
            guard let name = names.contested(object) else { return object }
            var out = object
            out.notNullName = name
            return out
        }
    }

    /// The same for what a server has read.
    static func give(to catalog: inout Catalog<PostgreSQLObject>, major: Int) {
        for object in given(catalog.sorted, major: major)
        where object.notNullName != catalog[object.id]?.notNullName { catalog.insert(object) }
    }

    private init(_ objects: [PostgreSQLObject]) {
        for object in objects {
            switch object.definition {
            case .constraint:
                if !object.isUnnamed { note(object.id.name, of: object.parent, object) }
            case .column(let column) where column.hasNotNull:
                let name = column.notNull?.name ?? NotNullName.of(object.id)
                if !object.inheritsNotNull { note(name, of: object.parent, object) }
            case .table:
                for name in object.notNullNames.values { note(name, of: object.id, object) }
            case .plain(.domainConstraint): note(object.id.name, of: object.parent, object)
            case .plain(.domain(let domain)):
                guard domain.isNotNull else { continue }
                let name = domain.notNull?.name ?? DomainDefinition.notNullName(of: object.id.name)
                note(name, of: object.id, object)
            case .schema, .extension, .column, .columnDefault, .index, .enum, .sequence, .view,
                .function, .comment, .plain:
                continue
            }
        }
    }

    private mutating func note(_ name: String, of owner: ObjectID?, _ object: PostgreSQLObject) {
        guard let owner else { return }
        owners[[object.id.path[0], name], default: []].insert(owner)
    }

    /// The usual name of a column's constraint that others of the schema have as well; nil where
    /// that is not so, or its own table has it already.
    private func contested(_ object: PostgreSQLObject) -> String? {
        guard case .column(let column) = object.definition, column.hasNotNull,
            !object.inheritsNotNull, column.notNull?.name == nil, object.notNullName == nil
        else { return nil }
        let name = NotNullName.of(object.id)
        return (owners[[object.id.path[0], name]]?.count ?? 0) > 1 ? name : nil
    }
}
