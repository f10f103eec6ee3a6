// Owns what keeps rows of a table apart, and what one of them can hold for a moment. Invariant: a
// value that only stands there for a moment breaks nothing: no check, no foreign key, no domain and
// no bound of a partition hangs on its column.

import Planning
import SchemaCore

/// The unique keys of tables with managed rows, before the plan.
struct RowKeys {
    private let request: PlanningRequest<PostgreSQLObject>
    private var keys: [ObjectID: [RowKey]] = [:]
    /// The columns on which something hangs that looks at their values.
    private var watched: Set<ObjectID> = []
    /// The columns that foreign keys refer to others by.
    private var referring: Set<ObjectID> = []

    init(_ request: PlanningRequest<PostgreSQLObject>, of tables: Set<ObjectID>) {
        self.request = request
        if tables.isEmpty { return }
        for catalog in [request.others, request.settlement.catalog, request.desired] {
            for object in catalog.objects.values { look(at: object) }
        }
        for object in request.settlement.catalog.sorted {
            guard let table = object.keyedTable, tables.contains(table) else { continue }
            if let key = key(object, of: table) { keys[table, default: []].append(key) }
        }
    }

    /// The keys of a table, in order.
    func of(_ table: ObjectID) -> [RowKey] { keys[table] ?? [] }

    private mutating func look(at object: PostgreSQLObject) {
        guard case .constraint(let constraint) = object.definition else { return }
        let path = Array(object.id.path.prefix(2))
        switch constraint.rule {
        case .primaryKey, .unique: break
        case .check, .exclusion:
            watched.formUnion(object.dependencies.filter { $0.kind == .column })
        case .foreignKey(let key):
            referring.formUnion(key.columns.map { ObjectID(.column, path + [$0]) })
            if key.columns.count > 1, key.match == .full {
                watched.formUnion(key.columns.map { ObjectID(.column, path + [$0]) })
            }
            guard let other = constraint.referredTable(in: object.id.path[0]) else { return }
            watched.formUnion(
                key.referencedColumns.map { ObjectID(.column, other.path + [$0]) })
        }
    }

    private func key(_ object: PostgreSQLObject, of table: ObjectID) -> RowKey? {
        switch object.definition {
        case .constraint(let constraint):
            guard let columns = constraint.keyColumns else { return nil }
            var key = RowKey(id: object.id, columns: columns)
            if case .constraint(let after)? = request.desired[object.id]?.definition {
                key.canWait = constraint.isDeferrable && after.isDeferrable
            }
            key.interim = interim(columns, of: table, nullIsFree: !constraint.comparesNulls)
            return key
        case .index(let index):
            guard index.isUnique else { return nil }
            let plain = index.keys.compactMap { key -> String? in
                if case .column(let name) = key.element { name } else { nil }
            }
            let all = object.dependencies.filter { $0.kind == .column }.map(\.name).sorted()
            var key = RowKey(id: object.id, columns: all)
            // Of an expression it is not known what it makes of another value.
            if plain.count == index.keys.count {
                key.interim = interim(plain, of: table, nullIsFree: !index.nullsNotDistinct)
            }
            return key
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .comment, .plain:
            return nil
        }
    }

    private func interim(
        _ columns: [String], of table: ObjectID, nullIsFree: Bool
    ) -> [String: SQL] {
        // A value decides in which partition a row is.
        if request.desired[table]?.isPartitioned == true { return [:] }
        var out: [String: SQL] = [:]
        for name in columns {
            let id = ObjectID.column(table.path[0], table.name, name)
            guard !watched.contains(id),
                case .column(let before)? = request.settlement.catalog[id]?.definition,
                let object = request.desired[id], case .column(let after) = object.definition,
                before.type == after.type, after.generated == nil, after.identity == nil,
                !object.dependencies.contains(where: { $0.kind == .domain })
            else { continue }
            if nullIsFree, !before.isNotNull, !after.isNotNull, after.notNull == nil {
                out[name] = "NULL"
            } else if !referring.contains(id) {
                out[name] = Self.free(name, of: table, after.type)
            }
        }
        return out
    }

    /// A value that no row of the table has.
    private static func free(_ name: String, of table: ObjectID, _ type: VerbatimSQL) -> SQL? {
        switch type.text {
        case "smallint", "integer", "bigint":
            "(SELECT least(pg_catalog.min(\(name: name)), 0) - 1 FROM \(name: table.path))"
        case "text":
            // Longer than all others, so that no collation takes it for one of them.
            """
            (SELECT pg_catalog.repeat('x', pg_catalog.max(pg_catalog.length(\(name: name))) + 1) \
            FROM \(name: table.path))
            """
        case "uuid": "pg_catalog.gen_random_uuid()"
        default: nil
        }
    }
}

extension ConstraintDefinition {
    /// Whether two rows with NULL are one to a key.
    fileprivate var comparesNulls: Bool {
        switch rule {
        case .primaryKey(let key), .unique(let key): key.nullsNotDistinct
        case .check, .foreignKey, .exclusion: false
        }
    }
}

extension PostgreSQLObject {
    /// The table of a constraint or an index.
    fileprivate var keyedTable: ObjectID? {
        switch definition {
        case .constraint: .table(id.path[0], id.path[1])
        case .index(let index): index.owner(of: id)
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .comment, .plain:
            nil
        }
    }
}
