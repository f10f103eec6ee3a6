// Owns the search among functions and what is named in a schema beside relations and types.

extension UnmodelledQuery {
    static let functionProperties = """
        SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure'
                ELSE 'function' END,
            ARRAY[s.schema, p.proname, \(CatalogQuery.signature)]::text[], found.what,
            'pg_proc'::regclass, p.oid
        FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
        CROSS JOIN LATERAL (VALUES
            (p.protrftypes IS NOT NULL, 'transform for types')) found (flag, what)
        WHERE p.prokind IN ('f', 'p', 'a', 'w') AND found.flag
            AND \(CatalogQuery.isNoMember("pg_proc", "p.oid"))
            -- The constructors of a range are a part of its type.
            AND NOT EXISTS (SELECT FROM pg_depend part WHERE part.classid = 'pg_proc'::regclass
                AND part.objid = p.oid AND part.deptype = 'i')
        """

    /// Of PostgreSQL 18: the NOT NULL constraints of foreign tables.
    static func constraintProperties(version: Int) -> [String] {
        guard version >= CatalogQuery.Since.namedNotNull else { return [] }
        return [
            """
            SELECT kind, ARRAY[schema, name]::text[],
                'NOT NULL of ' || a.attname || ' that is not as usual', 0, 0
            FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid AND rel.is_modelled
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'n' AND rel.relkind = 'f' AND NOT rel.relispartition
                AND (NOT k.convalidated OR k.connoinherit
                    OR NOT starts_with(k.conname::text, left(rel.name::text, 25))
                    OR k.conname::text !~ '_not_null[0-9]*$'
                    OR EXISTS (SELECT FROM pg_description d WHERE d.objoid = k.oid
                        AND d.classoid = 'pg_constraint'::regclass))
            """
        ]
    }
}
