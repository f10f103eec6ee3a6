// Owns the expressions that the server prints in one way and reads in another. A list of varchar
// that is compared with text is stored as a cast of the whole array; its print, read again, is
// stored as an array of casts. VALUES, set operations, natural joins and rows of composite types
// have such prints, too. What a plan runs is the print, so the canonical form is what becomes of
// that: the form that stays.

internal import PostgreSQLClient
import SchemaCore

struct CanonicalizeFixpoint {
    private let database: ScratchDatabase

    init(_ database: ScratchDatabase) { self.database = database }

    /// How often a print is read again. Each time it is spelled out more; twice is the most seen.
    private static let rounds = 4

    /// The catalog after what does not stay as it is printed was made again from its print.
    func settled(
        _ catalog: Catalog<PostgreSQLObject>
    ) async throws -> Catalog<PostgreSQLObject> {
        // The reader's print names everything in full.
        try await database.connection.set("search_path", to: "")
        let ids = try await unsettled()
        var out = catalog
        var moving = catalog.sorted.filter { ids.contains($0.id) }
        for _ in 0..<Self.rounds where !moving.isEmpty {
            for object in moving { try await remake(object, comment: out[object.id.comment]) }
            let before = out
            out = try await database.read()
            moving = moving.compactMap { out[$0.id] }
                .filter { $0.definition != before[$0.id]?.definition }
        }
        for object in catalog.sorted
        where object.id.kind == .materializedView && ids.contains(object.id) {
            if let printed = try await printed(out[object.id]) { out.insert(printed) }
        }
        return out
    }

    private func remake(_ object: PostgreSQLObject, comment: PostgreSQLObject?) async throws {
        for statement in Self.remaking(object, comment: comment) {
            do {
                try await database.connection.query(statement.text(.postgreSQL))
            } catch {
                // What it sets, only a superuser may: see ScratchBuilder. It keeps its owner.
                guard error.sqlstate == .insufficientPrivilege,
                    case .function(let function) = object.definition, function.isHarmlessToMake
                else { throw error }
                try await database.makeForRole(
                    statement.rendered(.postgreSQL), searchPath: "", ownership: nil)
            }
        }
    }

    /// A materialized view with its query as a view of the print would show it: it cannot be
    /// replaced, and others stand on it.
    private func printed(_ object: PostgreSQLObject?) async throws -> PostgreSQLObject? {
        guard let object, case .view(var view) = object.definition else { return nil }
        for _ in 0..<Self.rounds {
            let made: SQL = "CREATE TEMP VIEW lockstep_print AS \(verbatim: view.query)"
            try await database.connection.query(made.text(.postgreSQL))
            let rows = try await database.connection.query(
                "SELECT rtrim(pg_get_viewdef('pg_temp.lockstep_print'::regclass), ';')")
            try await database.connection.query("DROP VIEW pg_temp.lockstep_print")
            guard let row = rows.first else { return nil }
            let print = VerbatimSQL(try row.text(0))
            if print == view.query { break }
            view.query = print
        }
        return PostgreSQLObject(
            object.id, .view(view), dependencies: object.dependencies, position: object.position)
    }

    /// The objects in whose trees, as the server stores them, something is that may not stay.
    private func unsettled() async throws -> Set<ObjectID> {
        let rows = try await database.connection.query(
            """
            SELECT 'constraint', n.nspname, r.relname, c.conname
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.conbin::text ~ \(Self.pattern)
            UNION ALL
            SELECT 'domainConstraint', n.nspname, t.typname, c.conname
            FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid
            JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE c.conbin::text ~ \(Self.pattern)
            UNION ALL
            SELECT 'policy', n.nspname, r.relname, p.polname
            FROM pg_policy p JOIN pg_class r ON r.oid = p.polrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE p.polqual::text ~ \(Self.pattern)
                OR p.polwithcheck::text ~ \(Self.pattern)
            UNION ALL
            SELECT 'trigger', n.nspname, r.relname, g.tgname
            FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE g.tgqual::text ~ \(Self.pattern)
            UNION ALL
            SELECT 'statistics', n.nspname, x.stxname, NULL
            FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
            WHERE x.stxexprs::text ~ \(Self.pattern)
            UNION ALL
            SELECT 'index', n.nspname, r.relname, NULL
            FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE i.indpred::text ~ \(Self.pattern) OR i.indexprs::text ~ \(Self.pattern)
            UNION ALL
            SELECT 'default', n.nspname, r.relname, a.attname
            FROM pg_attrdef d JOIN pg_class r ON r.oid = d.adrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adbin::text ~ \(Self.pattern)
            UNION ALL
            SELECT CASE WHEN w.rulename <> '_RETURN' THEN 'rule' WHEN r.relkind = 'm'
                    THEN 'materializedView' ELSE 'view' END,
                n.nspname, r.relname, nullif(w.rulename, '_RETURN')
            FROM pg_rewrite w JOIN pg_class r ON r.oid = w.ev_class
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
                AND (w.ev_action::text ~ \(Self.pattern) OR w.ev_qual::text ~ \(Self.pattern))
            UNION ALL
            SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
                n.nspname, p.proname, \(CatalogQuery.signature)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
                AND p.prokind <> 'a' AND (p.prosqlbody::text ~ \(Self.pattern)
                    OR p.proargdefaults::text ~ \(Self.pattern))
            """)
        return Set(
            try rows.map { row in
                let path = [try row.text(1), try row.text(2)] + (row[3].map { [$0] } ?? [])
                return ObjectID(ObjectKind(rawValue: try row.text(0)), path)
            })
    }

    /// A cast of an array that is written out, a row of a composite type, UNION and its like,
    /// VALUES, a natural join.
    private static let pattern =
        #"'\{ARRAYCOERCEEXPR :arg \{ARRAY|\{ROW(EXPR)? |\{SETOPERATIONSTMT |:rtekind 5 "#
        + "|:isNatural true'"

    private static func remaking(
        _ object: PostgreSQLObject, comment: PostgreSQLObject?
    ) -> [SQL] {
        switch object.definition {
        case .constraint, .index:
            object.removal + object.creation + (comment?.creation ?? [])
        case .columnDefault: object.creation
        case .view(let view):
            object.id.kind == .materializedView
                ? [] : [view.creation(object.id, replacing: true)]
        case .plain(let plain):
            plain.kind.expressions.isEmpty
                ? [] : object.removal + object.creation + (comment?.creation ?? [])
        case .function(let function): [function.creation(object.id, replacing: true)]
        case .schema, .extension, .table, .column, .enum, .sequence, .comment: []
        }
    }
}
