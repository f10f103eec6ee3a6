// Owns the search among functions and what is named in a schema beside relations and types.

extension UnmodelledQuery {
    static let functions = """
        SELECT found.kind, ARRAY[s.schema, p.proname, \(CatalogQuery.signature)]::text[],
            found.what, 'pg_proc'::regclass, p.oid
        FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
        JOIN (VALUES ('w', 'windowFunction', 'window function')
        ) found (sort, kind, what) ON found.sort = p.prokind::text
        WHERE \(CatalogQuery.isNoMember("pg_proc", "p.oid"))
        """

    static let functionProperties = """
        SELECT CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure'
                ELSE 'aggregate' END,
            ARRAY[s.schema, p.proname, \(CatalogQuery.signature)]::text[], found.what,
            'pg_proc'::regclass, p.oid
        FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
        CROSS JOIN LATERAL (VALUES
            (p.protrftypes IS NOT NULL, 'transform for types')) found (flag, what)
        WHERE p.prokind IN ('f', 'p', 'a') AND found.flag
            AND \(CatalogQuery.isNoMember("pg_proc", "p.oid"))
            -- The constructors of a range are a part of its type.
            AND NOT EXISTS (SELECT FROM pg_depend part WHERE part.classid = 'pg_proc'::regclass
                AND part.objid = p.oid AND part.deptype = 'i')
        """

    /// Sorts of which the catalog has a name and a schema.
    static let namedInSchemas: [String] = [
        named("operatorClass", "operator class", "pg_opclass", "opc"),
        named("operatorFamily", "operator family", "pg_opfamily", "opf"),
        named("conversion", "conversion", "pg_conversion", "con"),
        named("textSearchConfiguration", "text search configuration", "pg_ts_config", "cfg"),
    ]

    private static func named(
        _ kind: String, _ what: String, _ catalog: String, _ prefix: String
    ) -> String {
        let method =
            prefix == "opc" || prefix == "opf"
            ? ", (SELECT amname FROM pg_am WHERE oid = x.\(prefix)method)" : ""
        return """
            SELECT '\(kind)', array_remove(
                ARRAY[s.schema, x.\(prefix)name\(method)]::text[], NULL), '\(what)',
                '\(catalog)'::regclass, x.oid
            FROM \(catalog) x JOIN scope s ON s.oid = x.\(prefix)namespace
            WHERE \(CatalogQuery.isNoMember(catalog, "x.oid"))
            """
    }

    /// Of PostgreSQL 18. A NOT NULL that has not the name which the server would first give it
    /// is told with that name, which `NotNullName` judges.
    static func constraintProperties(version: Int) -> [String] {
        guard version >= CatalogQuery.Since.temporalKeys else { return [] }
        return [
            """
            SELECT 'constraint', ARRAY[schema, name, k.conname]::text[], found.what,
                'pg_constraint'::regclass, k.oid
            FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid AND rel.is_modelled
            CROSS JOIN LATERAL (VALUES (k.conperiod, 'temporal constraint'),
                (NOT k.conenforced, 'constraint that is not enforced')) found (flag, what)
            WHERE found.flag
            """,
            """
            SELECT '\(notNullName)', ARRAY[schema, name, a.attname, k.conname]::text[],
                CASE WHEN NOT k.convalidated THEN 'NOT NULL that is not valid'
                WHEN k.connoinherit THEN 'NOT NULL that is not inherited'
                ELSE '\(namedNotNull)' END, 0, 0
            FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid AND rel.is_modelled
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'n' AND (NOT k.convalidated OR k.connoinherit
                OR k.conname::text <> rel.name || '_' || a.attname || '_not_null')
            """,
        ]
    }

    /// Stands for the kind in a row that names a column's NOT NULL constraint.
    static let notNullName = "notNullName"
    /// What is said of a name that the server has not chosen.
    static let namedNotNull = "named NOT NULL constraint"
}
