// Owns the change of a column's type in the scratch copy: what has to leave for it, found from the
// server's dependencies and its refusals, and the statement that it takes.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

struct SettleRetype {
    let database: ScratchDatabase
    /// The copy as it was printed before any type changed.
    let catalog: Catalog<PostgreSQLObject>
    let desired: Catalog<PostgreSQLObject>
    /// The columns that have their new type.
    private(set) var retyped: [Settlement<PostgreSQLObject>.Retype] = []
    /// What left.
    private(set) var removed: Set<ObjectID> = []
    /// Columns whose type cannot change in place.
    private(set) var diagnostics: [Diagnostic] = []

    private let dependants: [ObjectID: Set<ObjectID>]
    private let tree: TableTree

    init(
        database: ScratchDatabase, catalog: Catalog<PostgreSQLObject>,
        desired: Catalog<PostgreSQLObject>
    ) {
        self.database = database
        self.catalog = catalog
        self.desired = desired
        dependants = catalog.dependants()
        tree = TableTree(catalog)
    }

    /// Gives a column its new type, with as little removed as the server lets.
    mutating func change(_ column: ObjectID) async throws {
        guard !removed.contains(column), case .column(let from)? = catalog[column]?.definition,
            case .column(let to)? = desired[column]?.definition
        else { return }
        var refusals: [PostgreSQLError] = []
        for leaving in ladder(column) {
            for needsCast in from.generated == nil ? [false, true] : [false] {
                do {
                    let retype = try await attempt(
                        column, to, leaving: leaving, needsCast: needsCast)
                    removed.formUnion(leaving)
                    retyped.append(retype)
                    return
                } catch let error as PostgreSQLError {
                    guard error.kind == .server, !error.isConnectionLost else { throw error }
                    refusals.append(error)
                }
            }
        }
        let reason = refusals.last?.message ?? "the server refuses it"
        diagnostics.append(
            .error(
                "unsupported-change",
                "\(column) cannot change in place from \(from.type.text) to \(to.type.text): "
                    + reason,
                at: desired[column]?.span,
                help: "Add a new column of that type, move the values, then drop the old one."))
    }

    /// Sets of what leaves, each with the one before: first what surely blocks, last all that
    /// stands on the column.
    private func ladder(_ column: ObjectID) -> [Set<ObjectID>] {
        let direct = Set(tree.merged(column, in: catalog).flatMap { dependants[$0] ?? [] })
            .subtracting(removed)
        func those(_ isMember: (PostgreSQLObject.Definition) -> Bool) -> Set<ObjectID> {
            closure(direct.filter { id in catalog[id].map { isMember($0.definition) } ?? false })
        }
        var steps = [
            those { definition in
                switch definition {
                case .view, .function: true
                case .column(let other): other.generated != nil
                case .plain(let plain): plain.kind.holdsUpTypes
                default: false
                }
            }
        ]
        func further(_ more: Set<ObjectID>) {
            let next = steps[steps.count - 1].union(more)
            if next != steps[steps.count - 1] { steps.append(next) }
        }
        further(those { if case .columnDefault = $0 { true } else { false } })
        further(foreignKeys(on: column))
        further(
            those { definition in
                switch definition {
                case .constraint(let constraint): constraint.scratchRank == .check
                case .index: true
                default: false
                }
            })
        further(those { if case .constraint = $0 { true } else { false } })
        // The server may record a view's use of the table alone.
        let table = ObjectID.table(column.path[0], column.path[1])
        let tables = [table] + tree.descendants(of: table)
        further(
            closure(
                Set(tables.flatMap { dependants[$0] ?? [] }).filter {
                    [.view, .materializedView, .function].contains($0.kind)
                }))
        return steps
    }

    /// Foreign keys of the column, and those of others that refer to it or to a key with it.
    private func foreignKeys(on column: ObjectID) -> Set<ObjectID> {
        var out: Set<ObjectID> = []
        for object in catalog.objects.values {
            guard case .constraint(let constraint) = object.definition,
                case .foreignKey(let key) = constraint.rule
            else { continue }
            let own = object.parent == .table(column.path[0], column.path[1])
            let refers =
                key.table.schema == column.path[0] && key.table.name == column.path[1]
                && key.referencedColumns.contains(column.name)
            if own && key.columns.contains(column.name) || refers { out.insert(object.id) }
        }
        return closure(out.subtracting(removed))
    }

    /// With all that depends on them; types, tables and plain columns stay.
    private func closure(_ roots: Set<ObjectID>) -> Set<ObjectID> {
        var out: Set<ObjectID> = []
        var queue = roots.sorted()
        while let id = queue.popLast() {
            guard let object = catalog[id], !removed.contains(id), object.canLeave,
                out.insert(id).inserted
            else { continue }
            queue += dependants[id] ?? []
        }
        return out
    }

    /// Tries the change; what it did is undone if the server refuses.
    ///
    /// - Returns: what it was on the server.
    private func attempt(
        _ column: ObjectID, _ type: ColumnDefinition, leaving: Set<ObjectID>, needsCast: Bool
    ) async throws -> Settlement<PostgreSQLObject>.Retype {
        let table = Array(column.path.prefix(2))
        let target: SQL = "ALTER TABLE \(name: table) ALTER COLUMN \(name: column.name)"
        var change: SQL = "\(target) TYPE \(verbatim: type.type)"
        if let collation = type.collation { change += " COLLATE \(collation.sql)" }
        if needsCast { change += " USING \(name: column.name)::\(verbatim: type.type)" }
        let text = change.text(.postgreSQL)
        let removals = removals(leaving).map { $0.text(.postgreSQL) }
        let name = ("\(name: table)" as SQL).text(.postgreSQL)
        return try await database.connection.transaction { connection in
            for removal in removals { try await connection.query(removal) }
            let before = try await connection.query(Self.look, [name, column.name])[0]
            try await connection.query(text)
            let after = try await connection.query(Self.look, [name, column.name])[0]
            return .init(
                column: column, needsCast: needsCast,
                rewrites: try before.text(0) != after.text(0), from: try TypeForm(before),
                to: try TypeForm(after))
        }
    }

    /// The storage of the table, with those below it, and the column's type.
    private static let look = """
        WITH RECURSIVE tree AS (
            SELECT $1::pg_catalog.regclass::pg_catalog.oid AS oid
            UNION SELECT h.inhrelid FROM tree JOIN pg_catalog.pg_inherits h
                ON h.inhparent = tree.oid
        )
        SELECT (SELECT coalesce(pg_catalog.string_agg(
                    pg_catalog.pg_relation_filenode(tree.oid)::pg_catalog.text, ' '
                    ORDER BY tree.oid), '') FROM tree),
            b.typname::pg_catalog.text, nullif(a.atttypmod, -1), b.oid <> t.oid,
            CASE WHEN b.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN 'server'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                AND d.objid = b.oid AND d.deptype = 'e') THEN 'extension'
            WHEN b.typtype = 'e' THEN 'enumeration' ELSE 'user' END
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
            JOIN pg_catalog.pg_type b ON b.oid = coalesce(e.oid, t.oid)
        WHERE a.attrelid = $1::pg_catalog.regclass AND a.attname = $2
        """

    private func needsItself(_ id: ObjectID, within objects: Set<ObjectID>) -> Bool {
        var seen: Set<ObjectID> = []
        var queue = [id]
        while let next = queue.popLast() {
            for dependant in dependants[next] ?? [] where objects.contains(dependant) {
                if dependant == id { return true }
                if seen.insert(dependant).inserted { queue.append(dependant) }
            }
        }
        return false
    }

    /// The statements that remove a set, dependants first; what vanishes with another has none.
    private func removals(_ leaving: Set<ObjectID>) -> [SQL] {
        var done: Set<ObjectID> = []
        var out: [SQL] = []
        // A view that needs itself by way of a function needs nothing without its query.
        let hollow = leaving.filter { $0.kind == .view && needsItself($0, within: leaving) }
        for id in hollow.sorted() {
            guard case .view(let view)? = catalog[id]?.definition else { continue }
            out.append(view.hollow.creation(id, replacing: true))
        }
        for object in catalog.sorted where !leaving.contains(object.id) {
            guard case .sequence(var sequence) = object.definition,
                let owner = sequence.ownedBy, leaving.contains(owner)
            else { continue }
            sequence.ownedBy = nil
            out.append(sequence.ownership(object.id))
        }
        func remove(_ id: ObjectID) {
            guard let object = catalog[id], done.insert(id).inserted else { return }
            for dependant in (dependants[id] ?? []).sorted()
            where leaving.contains(dependant) && !hollow.contains(dependant) {
                remove(dependant)
            }
            if let parent = object.parent, leaving.contains(parent) {
                // It leaves with its parent, but what refers to a key has to leave before it.
                guard case .constraint = object.definition else { return }
            }
            if case .comment = object.definition { return }
            out += object.removal
        }
        for id in leaving.sorted() { remove(id) }
        return out
    }
}

extension PostgreSQLObject {
    /// Whether it can be removed for a type change and made again without losing rows.
    fileprivate var canLeave: Bool {
        switch definition {
        case .schema, .extension, .table, .enum, .sequence: false
        case .column(let column): column.generated != nil
        case .columnDefault, .constraint, .index, .view, .function, .comment: true
        case .plain(let plain): !plain.kind.isType
        }
    }
}

extension TypeForm {
    fileprivate init(_ row: Row) throws {
        self.init(
            name: try row.text(1), modifier: try row.optionalInt(2), isArray: try row.bool(3),
            origin: Origin(rawValue: try row.text(4)) ?? .user)
    }
}
