// Owns the work in the scratch copy: copy, rename, read, change types, read, merge.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

struct SettleWork: Sendable {
    let live: Catalog<PostgreSQLObject>
    let desired: Catalog<PostgreSQLObject>
    let renames: SettleRenames
    /// By live address; with the renames of types they may turn out to be equal.
    let retyped: [ObjectID]
    /// What may only be printed in another way than it is desired, by live address.
    let suspects: [ObjectID]
    let scope: SettleScope

    /// Does all of it.
    func run(in database: ScratchDatabase) async throws -> Settlement<PostgreSQLObject> {
        var builder = ScratchBuilder(database)
        try await copy(with: &builder)
        let respelling = Respelling(
            live: live, copy: suspects.isEmpty ? Catalog() : try await database.read(), suspects)
        let before = try await functions(in: database)
        for place in renames.list.indices {
            let isKept = database.isKept(renames.list[place].from)
            let statements = RenameStatement.all(
                place, of: renames.list, live: live, desired: desired)
            for sql in statements.forward {
                try await run(sql, in: database, asSuperuser: isKept)
            }
            database.follow(AddressMap([renames.list[place]]))
        }
        let after = before.isEmpty ? [:] : try await functions(in: database)
        // A function's address holds the names of its arguments' types.
        var moved: [ObjectID: ObjectID] = [:]
        for (oid, old) in before { moved[old] = after[oid] }
        func settled(_ id: ObjectID) -> ObjectID {
            if let subject = id.subject { return settled(subject).facet(id.kind) }
            return moved[id] ?? renames.settled(id)
        }
        let affected = Set(scope.affected.map(settled))
        let copied = try await database.read()
        let renamed = try merged(live, copied, affected: affected, addresses: settled)
        let problems = try await SettleAttributes(renamed, desired).diagnostics(in: database)
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        let addresses = Dictionary(
            uniqueKeysWithValues: live.ids.lazy.map { ($0, settled($0)) }.filter { $0 != $1 })
        let columns = retyped.map(renames.settled).filter { id in
            guard case .column(let from)? = renamed[id]?.definition,
                case .column(let to)? = desired[id]?.definition
            else { return false }
            return from.isRetyped(to: to)
        }
        guard !columns.isEmpty else {
            return respelling.applied(
                to: Settlement(renames: renames.list, catalog: renamed, addresses: addresses),
                desired, renames)
        }
        let free = freed(columns, in: renamed)
        for column in free { try await run(Self.dropExpression(column), in: database) }
        let ground =
            free.isEmpty
            ? renamed
            : try merged(
                renamed, try await database.read(), affected: affected, addresses: { $0 })
        _ = try await builder.build(
            ScratchUnits(types(besides: copied, renamed), searchPath: nil, isEnvironment: true)
                .ordered())
        var changer = SettleRetype(database: database, catalog: ground, desired: desired)
        // What is done to a column is done to those below that are one with it.
        let tree = TableTree(ground)
        let below = Set(columns.flatMap { tree.merged($0, in: ground).dropFirst() })
        for column in columns where !below.contains(column) { try await changer.change(column) }
        guard changer.diagnostics.isEmpty else { throw DiagnosticsError(changer.diagnostics) }
        let removed = changer.removed
        let kept = ground.filter { !removed.contains($0.id) }
        let settled = try merged(
            kept, try await database.read(), affected: affected, addresses: { $0 })
        return respelling.applied(
            to: Settlement(
                renames: renames.list, catalog: settled, addresses: addresses,
                retyped: changer.retyped,
                removed: removed.sorted().compactMap { ground[$0] },
                remade: try await remade(removed, of: ground, with: &builder)), desired, renames)
    }

    /// What left as it would be if it came back as it stood; what cannot is left out. Only of what
    /// is used by name.
    private func remade(
        _ removed: Set<ObjectID>, of ground: Catalog<PostgreSQLObject>,
        with builder: inout ScratchBuilder
    ) async throws -> [PostgreSQLObject] {
        let used = removed.filter { [.view, .function].contains($0.kind) }.sorted()
        if used.isEmpty { return [] }
        _ = try await builder.build(
            ScratchUnits(removed.sorted().compactMap { ground[$0] }, searchPath: nil).ordered())
        let read = try await builder.database.read()
        return used.compactMap { read[$0] }
    }

    /// The generated columns that become plain and stand on columns that get another type, or get
    /// one: they let go of their expressions first, for what leaves takes its values along.
    private func freed(
        _ columns: [ObjectID], in catalog: Catalog<PostgreSQLObject>
    ) -> [ObjectID] {
        let dependants = catalog.dependants()
        var seen: Set<ObjectID> = []
        var queue = columns
        while let id = queue.popLast() {
            if seen.insert(id).inserted { queue += dependants[id] ?? [] }
        }
        return seen.filter { catalog[$0]?.keepsValues(as: desired[$0]) == true }.sorted()
    }

    private static func dropExpression(_ column: ObjectID) -> SQL {
        let table: SQL = "ALTER TABLE \(name: Array(column.path.prefix(2)))"
        return "\(table) ALTER COLUMN \(name: column.name) DROP EXPRESSION"
    }

    /// Builds the part of the live catalog that matters, as the server printed it.
    private func copy(with builder: inout ScratchBuilder) async throws {
        let objects = scope.objects(of: live)
        let present = Set(objects.lazy.map(\.id))
        let names = Set(objects.compactMap(\.ownSchema)).union(renames.destinations)
        let schemas = names.sorted()
            .map { ObjectID.schema($0) }.filter { !present.contains($0) }
            .map { PostgreSQLObject($0, .schema(SchemaDefinition())) }
        try await builder.database.provide(rolesOf: objects)
        let failures = try await builder.build(
            ScratchUnits(schemas + objects, searchPath: nil).ordered())
        guard !failures.isEmpty else { return }
        throw DiagnosticsError(
            failures.map { failure in
                .error(
                    "cannot-copy",
                    "\(failure.unit.id) of the live database cannot be copied to a scratch "
                        + "database: \(failure.error.message)",
                    help: failure.error.hint
                        ?? "It may depend on something that Lockstep does not model; make the "
                        + "rename or type change by hand first.")
            })
    }

    private func run(
        _ sql: SQL, in database: ScratchDatabase, asSuperuser: Bool = false
    ) async throws {
        let text = sql.text(.postgreSQL)
        do {
            if asSuperuser {
                try await database.install(sql.rendered(.postgreSQL))
            } else {
                try await database.connection.query(text)
            }
        } catch let error as PostgreSQLError {
            guard error.kind == .server, !error.isConnectionLost else { throw error }
            throw DiagnosticsError([
                .error(
                    "cannot-rename", "the server refuses \(text): \(error.message)",
                    help: error.hint ?? "Make the rename by hand first.")
            ])
        }
    }

    /// The addresses that hold names of types, of what was copied, by the server's number.
    private func functions(in database: ScratchDatabase) async throws -> [String: ObjectID] {
        let kinds = [
            .function, .procedure, ParameterizedDefinition.Sort.aggregate.kind,
            ParameterizedDefinition.Sort.operator.kind, ClauseDefinition.Sort.cast.kind,
            ClauseDefinition.Sort.transform.kind,
        ]
        guard scope.affected.contains(where: { kinds.contains($0.kind) }) else { return [:] }
        let rows = try await database.connection.transaction { connection in
            try await connection.query("SET LOCAL search_path TO ''")
            return try await connection.query(
                """
                SELECT p.oid::pg_catalog.text, CASE p.prokind WHEN 'p' THEN 'procedure'
                        WHEN 'a' THEN 'aggregate' ELSE 'function' END,
                    ARRAY[n.nspname, p.proname, CASE p.prokind
                        WHEN 'a' THEN \(CatalogQuery.aggregated)
                        ELSE \(CatalogQuery.signature) END]::pg_catalog.text[]
                FROM pg_catalog.pg_proc p
                    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                    LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
                UNION ALL
                SELECT 'operator ' || o.oid::pg_catalog.text, 'operator',
                    ARRAY[n.nspname, o.oprname, \(CatalogQuery.operands)]::pg_catalog.text[]
                FROM pg_catalog.pg_operator o
                    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
                UNION ALL
                SELECT 'cast ' || c.oid::pg_catalog.text, 'cast',
                    ARRAY[pg_catalog.format_type(c.castsource, NULL),
                        pg_catalog.format_type(c.casttarget, NULL)]
                FROM pg_catalog.pg_cast c
                UNION ALL
                SELECT 'transform ' || f.oid::pg_catalog.text, 'transform',
                    ARRAY[pg_catalog.format_type(f.trftype, NULL), l.lanname::pg_catalog.text]
                FROM pg_catalog.pg_transform f JOIN pg_catalog.pg_language l ON l.oid = f.trflang
                """)
        }
        var out: [String: ObjectID] = [:]
        for row in rows {
            out[try row.text(0)] = ObjectID(
                ObjectKind(rawValue: try row.text(1)), try row.texts(2))
        }
        return out
    }

    /// The catalog with what was affected as it was read again.
    private func merged(
        _ before: Catalog<PostgreSQLObject>, _ read: Catalog<PostgreSQLObject>,
        affected: Set<ObjectID>, addresses: (ObjectID) -> ObjectID
    ) throws -> Catalog<PostgreSQLObject> {
        var out = Catalog<PostgreSQLObject>()
        for object in before.objects.values {
            let id = addresses(object.id)
            guard affected.contains(id) else {
                precondition(id == object.id, "\(id) is renamed but was not copied")
                out.insert(object)
                continue
            }
            guard let found = read[id] else {
                // With another type a column is kept as that type says.
                if id.kind == .columnSettings { continue }
                throw EngineError(
                    .refused, "\(id) is not in the scratch copy of the live database",
                    help: "Please report this: Lockstep copied it and could not read it back.")
            }
            var placed = found.asPartOfLive(like: object)
            if let keys = object.chosenKeys {
                placed.dependencies.subtract(found.chosenKeys ?? [])
                placed.dependencies.formUnion(keys.map(addresses))
            }
            out.insert(placed)
        }
        return out
    }

    /// What the new type of a column may be, and is not in the copy yet.
    private func types(
        besides copied: Catalog<PostgreSQLObject>, _ renamed: Catalog<PostgreSQLObject>
    ) -> [PostgreSQLObject] {
        let types = desired.sorted.filter { $0.makesTypes }.flatMap { type in
            [type] + BaseTypes.functions(of: type) { desired[$0] }
        }.filter { copied[$0.id] == nil }
        let schemas = Set(types.map { ObjectID.schema($0.id.path[0]) })
            .filter { copied[$0] == nil }.sorted()
            .map { PostgreSQLObject($0, .schema(SchemaDefinition())) }
        return schemas + types.map { renamed[$0.id] ?? $0 }
    }
}

extension PostgreSQLObject {
    /// Whether columns can be of it, or have their collation by it.
    fileprivate var makesTypes: Bool {
        switch definition {
        case .enum: true
        case .plain(.parameterized(let definition)) where definition.sort == .collation: true
        case .plain(let plain): plain.kind.isType
        case .schema, .extension, .table, .column, .columnDefault, .constraint, .index, .sequence,
            .view, .function, .comment:
            false
        }
    }

    /// For a foreign key, the key or unique index that it refers by: of several that fit the server
    /// takes the oldest, and in a copy another one may be that.
    fileprivate var chosenKeys: Set<ObjectID>? {
        guard case .constraint(let constraint) = definition,
            case .foreignKey = constraint.rule
        else { return nil }
        return dependencies.filter { $0.kind == .constraint || $0.kind == .index }
    }

    /// What a copy cannot show: the place among its siblings, and that an index is not valid.
    fileprivate func asPartOfLive(like original: PostgreSQLObject) -> PostgreSQLObject {
        var out = self
        if case .index(var index) = definition, case .index(let live) = original.definition,
            !live.isValid
        {
            index.isValid = false
            out = PostgreSQLObject(id, .index(index), dependencies: dependencies)
        }
        if case .column(var column) = definition,
            case .column(let live) = original.definition, live.notNull?.name == nil,
            column.notNull?.name != nil
        {
            // What the server has named is named anew along with a rename.
            column.notNull?.name = nil
            column.notNull = column.notNull?.unlessUsual
            out = PostgreSQLObject(id, .column(column), dependencies: dependencies)
        }
        out.position = original.position
        return out
    }
}
