// Owns the question whether the session's role may run a plan. Invariants: one query whatever the
// number of steps; what is not there yet is not asked for; only what the server would surely refuse
// is told.

internal import Planning
internal import PostgreSQLClient
internal import SchemaCore

/// Finds what the role of a session may not do of a plan.
struct Privileges {
    private let session: PostgreSQLSession
    /// Leads from an address in the plan to that of now.
    private let backwards: AddressMap

    init(_ session: PostgreSQLSession, backwards: AddressMap) {
        self.session = session
        self.backwards = backwards
    }

    /// What is missing, in the order of the steps.
    func denials(for steps: [PlannedStep]) async throws -> [Observations.Denial] {
        let needs = steps.map { ($0.step.id, Self.needs(of: $0)) }
        let asked = Set(needs.flatMap(\.1))
        if asked.isEmpty { return [] }
        let known = try await rights(Array(asked))
        return needs.flatMap { step, needs in
            needs.sorted(by: Need.precedes).compactMap { need in
                known[need]?.missing(for: need).map {
                    Observations.Denial(step: step, object: need.object, needs: $0)
                }
            }
        }
    }

    // MARK: - What a step needs

    private struct Need: Hashable {
        enum Action: Hashable {
            case change, drop, addTo, makeSchema
            case use(Right, [String])
        }
        let object: ObjectID
        let action: Action

        static func precedes(_ one: Need, _ other: Need) -> Bool {
            (one.object, one.word) < (other.object, other.word)
        }

        /// What the query calls the question.
        var word: String {
            switch action {
            case .change, .drop, .addTo: Privileges.words[object.kind] ?? ""
            case .makeSchema: "new"
            case .use(let right, _): right.rawValue
            }
        }
    }

    /// What has to be owned, or to be open for new objects, for a step to run.
    private static func needs(of planned: PlannedStep) -> Set<Need> {
        let touches = planned.step.touches
        let made = Set(touches.filter { $0.before == nil }.map(\.object))
        let gone = Set(touches.filter { $0.after == nil }.map(\.object))
        var needs: Set<Need> = []
        for touch in touches {
            guard let root = root(of: touch.object.subject ?? touch.object) else { continue }
            if root != touch.object {
                // What belongs to an object comes and goes with it.
                if !made.contains(root) && !gone.contains(root) {
                    needs.insert(Need(object: root, action: .change))
                }
            } else if touch.before == nil {
                // What installs an extension is asked of the extension.
                if root.kind == .extension { continue }
                needs.insert(
                    root.kind == .schema
                        ? Need(object: root, action: .makeSchema)
                        : Need(object: .schema(root.path[0]), action: .addTo))
            } else {
                // The owner of a schema may drop what is in it, but not give it another name.
                let isRename = made.contains { $0.kind == root.kind }
                let isDrop = touch.after == nil && !isRename && root.kind != .extension
                needs.insert(Need(object: root, action: isDrop ? .drop : .change))
            }
        }
        for requirement in planned.requirements {
            guard let right = Right(rawValue: requirement.right) else { continue }
            needs.insert(
                Need(object: requirement.object, action: .use(right, requirement.details)))
        }
        // The index of a key is an object of the schema like any other.
        for index in planned.effects.builds where !needs.isEmpty {
            needs.insert(Need(object: .schema(index.path[0]), action: .addTo))
        }
        return needs
    }

    /// The object whose owner decides.
    private static func root(of id: ObjectID) -> ObjectID? {
        if words[id.kind] != nil { return id }
        if id.kind == .enumLabel { return .enum(id.path[0], id.path[1]) }
        let isPart = [.column, .columnDefault, .constraint].contains(id.kind)
        return isPart ? .table(id.path[0], id.path[1]) : nil
    }

    /// Which of the server's catalogs has an object of this kind.
    fileprivate static let words: [ObjectKind: String] = [
        .schema: "schema", .extension: "extension", .enum: "type", .function: "function",
        .table: "relation",
        .view: "relation", .materializedView: "relation", .sequence: "relation", .index: "relation",
    ]

    // MARK: - What the role may

    private struct Rights {
        var owner: String
        var ownsIt: Bool
        /// Whether the role owns the schema that it stands in.
        var ownsSchema: Bool
        /// Whether the role may make objects in the schema; or the schema in the database.
        var mayCreate: Bool

        func missing(for need: Need) -> String? {
            switch need.action {
            case .change: ownsIt ? nil : "to own it (its owner is \(owner))"
            case .drop:
                ownsIt || ownsSchema ? nil : "to own it or its schema (its owner is \(owner))"
            case .addTo: mayCreate ? nil : "CREATE on it (its owner is \(owner))"
            case .makeSchema: mayCreate ? nil : "CREATE on the database (its owner is \(owner))"
            case .use(let right, let details):
                mayCreate ? nil : Self.words(for: right, on: need.object, details, owner: owner)
            }
        }

        private static func words(
            for right: Right, on object: ObjectID, _ details: [String], owner: String
        ) -> String {
            switch right {
            case .usage, .references, .execute, .select, .insert, .update, .delete:
                "\(right.rawValue) on \(object) (its owner is \(owner))"
            case .language: "to write functions in the language \(details.joined())"
            case .superuser:
                object.kind.isRoutine
                    ? "to be a superuser, for LEAKPROOF or SUPPORT" : "to be a superuser"
            case .install: "to be a superuser, or CREATE on the database for a trusted extension"
            case .member:
                owner.isEmpty
                    ? "the role \(details.joined()), which is not there"
                    : "to be a member of \(details.joined())"
            case .role: "the role \(details.joined()), which is not there"
            case .createRole: "CREATEROLE"
            case .power: "\(details.joined().uppercased()), to give it"
            case .administer: "the ADMIN option on the role \(details.joined())"
            case .sameOwner: "to be \(owner) itself: a sequence has the owner of its column's table"
            }
        }
    }

    /// The rights on all of these that are there; a superuser has every one.
    private func rights(_ needs: [Need]) async throws -> [Need: Rights] {
        let names = String(
            decoding: try CanonicalJSON.data(
                needs.map { need in
                    var more: [String] = []
                    switch need.action {
                    case .use(.sameOwner, let table):
                        more = backwards.settled(ObjectID(.table, table)).path
                    case .use(_, let details): more = details
                    case .change, .drop, .addTo, .makeSchema: break
                    }
                    return [need.word, need.object.kind.rawValue]
                        + (backwards.settled(need.object).path + more)
                }), as: UTF8.self)
        let rows = try await session.query(Self.query, [names])
        var out: [Need: Rights] = [:]
        for row in rows {
            guard case let place = try row.int(0), needs.indices.contains(place) else { continue }
            out[needs[place]] = Rights(
                owner: try row.text(1), ownsIt: try row.bool(2), ownsSchema: try row.bool(3),
                mayCreate: try row.bool(4))
        }
        return out
    }

    private static let query = """
        WITH asked AS (
            SELECT ord - 1 AS place, e->>0 AS sort, e->>1 AS kind, e->>2 AS schema, e->>3 AS name,
                e->>4 AS arguments, e->>5 AS more,
                e->>-1 AS role
            FROM pg_catalog.jsonb_array_elements($1::jsonb) WITH ORDINALITY x (e, ord)
        ), found AS (
            SELECT a.place, n.oid AS schema, n.nspowner, n.nspowner AS owner
            FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
            WHERE a.sort = 'schema'
            UNION ALL
            SELECT a.place, n.oid, n.nspowner, c.relowner
            FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
                JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
            WHERE a.sort = 'relation'
            UNION ALL
            SELECT a.place, n.oid, n.nspowner, t.typowner
            FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
                JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = a.name
            WHERE a.sort = 'type'
            UNION ALL
            SELECT a.place, n.oid, n.nspowner, p.proowner
            FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
                JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid AND p.proname = a.name
            WHERE a.sort = 'function' AND a.arguments = \(CatalogQuery.signature)
            UNION ALL
            SELECT a.place, e.extnamespace, e.extowner, e.extowner
            FROM asked a JOIN pg_catalog.pg_extension e ON e.extname = a.schema
            WHERE a.sort = 'extension'
        ), database AS (
            SELECT datdba AS owner,
                pg_catalog.has_database_privilege(oid, 'CREATE') AS may_create
            FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
        ), relation AS (
            SELECT n.nspname AS schema, c.relname AS name, c.relowner AS owner
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        ), me AS (
            SELECT * FROM pg_catalog.pg_roles WHERE rolname = current_user
        ), used AS (
        \(uses)
        )
        SELECT place, pg_catalog.pg_get_userbyid(owner),
            pg_catalog.pg_has_role(owner, 'USAGE'), pg_catalog.pg_has_role(nspowner, 'USAGE'),
            pg_catalog.has_schema_privilege(schema, 'CREATE')
        FROM found
        UNION ALL
        SELECT a.place, pg_catalog.pg_get_userbyid(d.owner), false, false, d.may_create
        FROM asked a CROSS JOIN database d WHERE a.sort = 'new'
        UNION ALL
        SELECT place, coalesce(pg_catalog.pg_get_userbyid(owner), ''), false, false, may FROM used
        ORDER BY place
        """

    /// The rights on what statements refer to.
    private static let uses = """
        SELECT a.place, n.nspowner AS owner,
            pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS may
        FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
        WHERE a.sort = 'USAGE' AND a.kind = 'schema'
        UNION ALL
        SELECT a.place, t.typowner, pg_catalog.has_type_privilege(t.oid, 'USAGE')
        FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
            JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = a.name
        WHERE a.sort = 'USAGE' AND a.kind = 'enum'
        UNION ALL
        SELECT a.place, c.relowner, pg_catalog.has_column_privilege(c.oid, x.attnum, 'REFERENCES')
        FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
            JOIN pg_catalog.pg_attribute x ON x.attrelid = c.oid AND x.attname = a.arguments
        WHERE a.sort = 'REFERENCES'
        UNION ALL
        SELECT a.place, c.relowner, CASE WHEN a.kind = 'column'
            THEN pg_catalog.has_column_privilege(c.oid, x.attnum, a.sort)
            ELSE pg_catalog.has_table_privilege(c.oid, a.sort) END
        FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
            LEFT JOIN pg_catalog.pg_attribute x ON x.attrelid = c.oid AND x.attname = a.arguments
                AND x.attnum > 0 AND NOT x.attisdropped
        WHERE a.sort IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
            AND (a.kind <> 'column' OR x.attnum IS NOT NULL)
        UNION ALL
        SELECT a.place, p.proowner, pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
        FROM asked a JOIN pg_catalog.pg_namespace n ON n.nspname = a.schema
            JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid AND p.proname = a.name
        WHERE a.sort = 'EXECUTE' AND a.arguments = \(CatalogQuery.signature)
        UNION ALL
        SELECT a.place, l.lanowner, me.rolsuper
            OR l.lanpltrusted AND pg_catalog.has_language_privilege(l.oid, 'USAGE')
        FROM asked a CROSS JOIN me JOIN pg_catalog.pg_language l ON l.lanname = a.more
        WHERE a.sort = 'LANGUAGE'
        UNION ALL
        SELECT a.place, r.oid, CASE WHEN a.sort = 'ROLE' THEN r.oid IS NOT NULL
            ELSE coalesce(pg_catalog.pg_has_role(r.oid, 'MEMBER'), false) END
        FROM asked a LEFT JOIN pg_catalog.pg_roles r ON r.rolname = a.role
        WHERE a.sort IN ('ROLE', 'MEMBER')
        UNION ALL
        SELECT a.place, me.oid, me.rolsuper FROM asked a CROSS JOIN me
        WHERE a.sort = 'SUPERUSER'
        UNION ALL
        SELECT a.place, me.oid, me.rolsuper OR CASE a.sort
            WHEN 'CREATEROLE' THEN me.rolcreaterole OR a.role = me.rolname
            ELSE CASE a.role WHEN 'createdb' THEN me.rolcreatedb
                WHEN 'replication' THEN me.rolreplication ELSE me.rolbypassrls END END
        FROM asked a CROSS JOIN me WHERE a.sort IN ('CREATEROLE', 'POWER')
        UNION ALL
        SELECT a.place, me.oid, me.rolsuper OR r.oid IS NULL OR r.oid = me.oid
            OR NOT r.rolsuper AND (pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
                OR me.rolcreaterole
                    AND pg_catalog.current_setting('server_version_num')::integer < 160000)
        FROM asked a CROSS JOIN me LEFT JOIN pg_catalog.pg_roles r ON r.rolname = a.role
        WHERE a.sort = 'ADMIN'
        UNION ALL
        SELECT a.place, d.owner,
            NOT v.superuser OR me.rolsuper OR v.trusted AND d.may_create
        FROM asked a CROSS JOIN me CROSS JOIN database d
            JOIN pg_catalog.pg_available_extension_versions v
                ON v.name = a.schema AND v.version = a.name
        WHERE a.sort = 'INSTALL'
        UNION ALL
        SELECT a.place, coalesce(t.owner, s.owner),
            coalesce(s.owner, me.oid) = coalesce(t.owner, me.oid)
        FROM asked a CROSS JOIN me
            LEFT JOIN relation s ON s.schema = a.schema AND s.name = a.name
            LEFT JOIN relation t ON t.schema = a.arguments AND t.name = a.more
        WHERE a.sort = 'OWNER' AND (s.owner IS NOT NULL OR t.owner IS NOT NULL)
        """
}
