// Owns the question whether the session's role may run a plan. Invariants: one query whatever the
// number of steps; what is not there yet is not asked for; only what the server would surely refuse
// is told.

internal import Planning
internal import PostgreSQLClient
internal import SchemaCore

/// Finds what the role of a session may not do of a plan.
struct Privileges {
    private let session: PostgreSQLSession

    init(_ session: PostgreSQLSession) { self.session = session }

    /// What is missing, in the order of the steps.
    func denials(for steps: [PlannedStep]) async throws -> [Observations.Denial] {
        let needs = steps.map { ($0.step.id, Self.needs(of: $0)) }
        let asked = Set(needs.flatMap(\.1))
        if asked.isEmpty { return [] }
        let known = try await rights(Array(asked))
        return needs.flatMap { step, needs in
            needs.sorted { $0.object < $1.object }.compactMap { need in
                known[need]?.missing(for: need.action).map {
                    Observations.Denial(step: step, object: need.object, needs: $0)
                }
            }
        }
    }

    // MARK: - What a step needs

    private struct Need: Hashable {
        enum Action { case change, drop, addTo, makeSchema }
        let object: ObjectID
        let action: Action
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
                needs.insert(
                    root.kind == .schema
                        ? Need(object: root, action: .makeSchema)
                        : Need(object: .schema(root.path[0]), action: .addTo))
            } else {
                // The owner of a schema may drop what is in it, but not give it another name.
                let isRename = made.contains { $0.kind == root.kind }
                let isDrop = touch.after == nil && !isRename
                needs.insert(Need(object: root, action: isDrop ? .drop : .change))
            }
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
    private static let words: [ObjectKind: String] = [
        .schema: "schema", .enum: "type", .function: "function", .table: "relation",
        .view: "relation", .sequence: "relation", .index: "relation",
    ]

    // MARK: - What the role may

    private struct Rights {
        var owner: String
        var ownsIt: Bool
        /// Whether the role owns the schema that it stands in.
        var ownsSchema: Bool
        /// Whether the role may make objects in the schema; or the schema in the database.
        var mayCreate: Bool

        func missing(for action: Need.Action) -> String? {
            switch action {
            case .change: ownsIt ? nil : "to own it (its owner is \(owner))"
            case .drop:
                ownsIt || ownsSchema ? nil : "to own it or its schema (its owner is \(owner))"
            case .addTo: mayCreate ? nil : "CREATE on it (its owner is \(owner))"
            case .makeSchema: mayCreate ? nil : "CREATE on the database (its owner is \(owner))"
            }
        }
    }

    /// The rights on all of these that are there; a superuser has every one.
    private func rights(_ needs: [Need]) async throws -> [Need: Rights] {
        let names = String(
            decoding: try CanonicalJSON.data(
                needs.map { need in
                    let word = need.action == .makeSchema ? "new" : Self.words[need.object.kind]
                    return [word ?? ""] + need.object.path
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
            SELECT ord - 1 AS place, e->>0 AS sort, e->>1 AS schema, e->>2 AS name,
                e->>3 AS arguments
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
            WHERE a.sort = 'function' AND a.arguments = '(' || (
                SELECT coalesce(string_agg(
                    pg_catalog.format_type(i.type, NULL), ', ' ORDER BY i.place), '')
                FROM unnest(p.proargtypes) WITH ORDINALITY i (type, place)) || ')'
        ), database AS (
            SELECT datdba AS owner,
                pg_catalog.has_database_privilege(oid, 'CREATE') AS may_create
            FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
        )
        SELECT place, pg_catalog.pg_get_userbyid(owner),
            pg_catalog.pg_has_role(owner, 'USAGE'), pg_catalog.pg_has_role(nspowner, 'USAGE'),
            pg_catalog.has_schema_privilege(schema, 'CREATE')
        FROM found
        UNION ALL
        SELECT a.place, pg_catalog.pg_get_userbyid(d.owner), false, false, d.may_create
        FROM asked a CROSS JOIN database d WHERE a.sort = 'new'
        ORDER BY place
        """
}
