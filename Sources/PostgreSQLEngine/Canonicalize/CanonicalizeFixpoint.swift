// Owns the expressions that the server prints in one way and reads in another. A list of varchar
// that is compared with text is stored as a cast of the whole array; its print, read again, is
// stored as an array of casts. What a plan runs is the print, so the canonical form is what becomes
// of that: the form that stays.

internal import PostgreSQLClient
import SchemaCore

struct CanonicalizeFixpoint {
    private let database: ScratchDatabase

    init(_ database: ScratchDatabase) { self.database = database }

    /// The catalog after what does not stay as it is printed was made again from its print.
    func settled(
        _ catalog: Catalog<PostgreSQLObject>
    ) async throws -> Catalog<PostgreSQLObject> {
        let ids = try await unsettled()
        let objects = catalog.sorted.filter { ids.contains($0.id) }
        if objects.isEmpty { return catalog }
        for object in objects {
            for statement in Self.remaking(object, comment: catalog[object.id.comment]) {
                try await database.connection.query(statement.text(.postgreSQL))
            }
        }
        var out = try await database.read()
        for object in objects where object.id.kind == .materializedView {
            if let printed = try await printed(out[object.id]) { out.insert(printed) }
        }
        return out
    }

    /// A materialized view with its query as a view of the print would show it: it cannot be
    /// replaced, and others stand on it.
    private func printed(_ object: PostgreSQLObject?) async throws -> PostgreSQLObject? {
        guard let object, case .view(var view) = object.definition else { return nil }
        let made: SQL = "CREATE TEMP VIEW lockstep_print AS \(verbatim: view.query)"
        try await database.connection.query(made.text(.postgreSQL))
        let rows = try await database.connection.query(
            "SELECT rtrim(pg_get_viewdef('pg_temp.lockstep_print'::regclass), ';')")
        try await database.connection.query("DROP VIEW pg_temp.lockstep_print")
        guard let row = rows.first else { return nil }
        view.query = VerbatimSQL(try row.text(0))
        return PostgreSQLObject(
            object.id, .view(view), dependencies: object.dependencies, position: object.position)
    }

    /// The objects with a cast of an array that is written out.
    private func unsettled() async throws -> Set<ObjectID> {
        let rows = try await database.connection.query(
            """
            SELECT 'constraint', n.nspname, r.relname, c.conname
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE c.conbin::text LIKE \(Self.pattern)
            UNION ALL
            SELECT 'domainConstraint', n.nspname, t.typname, c.conname
            FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid
            JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE c.conbin::text LIKE \(Self.pattern)
            UNION ALL
            SELECT 'policy', n.nspname, r.relname, p.polname
            FROM pg_policy p JOIN pg_class r ON r.oid = p.polrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE p.polqual::text LIKE \(Self.pattern)
                OR p.polwithcheck::text LIKE \(Self.pattern)
            UNION ALL
            SELECT 'trigger', n.nspname, r.relname, g.tgname
            FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE g.tgqual::text LIKE \(Self.pattern)
            UNION ALL
            SELECT 'statistics', n.nspname, x.stxname, NULL
            FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
            WHERE x.stxexprs::text LIKE \(Self.pattern)
            UNION ALL
            SELECT 'index', n.nspname, r.relname, NULL
            FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE i.indpred::text LIKE \(Self.pattern) OR i.indexprs::text LIKE \(Self.pattern)
            UNION ALL
            SELECT 'default', n.nspname, r.relname, a.attname
            FROM pg_attrdef d JOIN pg_class r ON r.oid = d.adrelid
            JOIN pg_namespace n ON n.oid = r.relnamespace
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adbin::text LIKE \(Self.pattern)
            UNION ALL
            SELECT CASE WHEN w.rulename <> '_RETURN' THEN 'rule' WHEN r.relkind = 'm'
                    THEN 'materializedView' ELSE 'view' END,
                n.nspname, r.relname, nullif(w.rulename, '_RETURN')
            FROM pg_rewrite w JOIN pg_class r ON r.oid = w.ev_class
            JOIN pg_namespace n ON n.oid = r.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
                AND (w.ev_action::text LIKE \(Self.pattern) OR w.ev_qual::text LIKE \(Self.pattern))
            """)
        return Set(
            try rows.map { row in
                let path = [try row.text(1), try row.text(2)] + (row[3].map { [$0] } ?? [])
                return ObjectID(ObjectKind(rawValue: try row.text(0)), path)
            })
    }

    private static let pattern = "'%{ARRAYCOERCEEXPR :arg {ARRAY%'"

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
        case .schema, .extension, .table, .column, .enum, .sequence, .function, .comment: []
        }
    }
}
