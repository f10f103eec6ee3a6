// Owns which objects are what a table is made of. Invariant: found once for all tables.

import SchemaCore

/// The columns, defaults, constraints and indexes of tables, and what is said of the columns that
/// they have from above, by table.
struct TablePartIndex {
    private var parts: [ObjectID: Set<ObjectID>] = [:]

    init(_ catalog: Catalog<PostgreSQLObject>) {
        for object in catalog.objects.values { insert(object) }
    }

    /// Takes up what has come into the catalog since.
    mutating func insert(_ object: PostgreSQLObject) {
        if let table = object.partOf { parts[table, default: []].insert(object.id) }
    }

    /// Those of a table that the catalog has, in order.
    func parts(
        of table: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> [PostgreSQLObject] {
        (parts[table] ?? []).sorted().compactMap { catalog[$0] }.filter { $0.partOf == table }
    }
}

extension PostgreSQLObject {
    /// The table, or another relation, that it is a part of.
    fileprivate var partOf: ObjectID? {
        switch definition {
        case .column, .columnDefault, .constraint, .plain(.derivedColumn):
            .table(id.path[0], id.path[1])
        case .index(let index): index.owner(of: id)
        case .schema, .extension, .table, .enum, .sequence, .view, .function, .comment, .plain:
            nil
        }
    }
}

extension PostgreSQLObject {
    /// Whether it keeps its type: columns change theirs before tables come from below others.
    func hasSameType(as other: PostgreSQLObject?) -> Bool {
        guard case .column(let own) = definition, case .column(let wanted)? = other?.definition
        else { return true }
        return own.type == wanted.type && own.collation == wanted.collation
    }
}
