// Owns the search for what stands in scope and is not modelled. Invariant: every system catalog
// that can hold something of a schema is either modelled or looked at here, so nothing is skipped
// in silence. (Properties of columns come with the columns, comments with the comments.)

/// One query over all sorts: `$1` is the array of the oids of the schemas in scope, `$2` whether
/// everything is in scope, `$3` and `$4` which roles are read. A row is the kind, the path, what is
/// not modelled, and the row of a system catalog that it is or has it.
enum UnmodelledQuery {
    static func text(version: Int) -> String {
        """
        WITH \(context), \(relations)
        \(branches(version: version).joined(separator: "\nUNION ALL\n"))
        """
    }

    /// All parts; each is a SELECT of kind, path, what, catalog and oid.
    static func branches(version: Int) -> [String] {
        [
            wholeRelations, relationProperties, partitionParts,
            disabledTriggers, functionProperties, securityLabels, extensionDependencies,
            memberRights, systemRights,
            settings,
            largeObjects,
        ] + constraintProperties(version: version)
    }

    /// The schemas.
    private static let context = """
        scope AS MATERIALIZED (
            SELECT oid, nspname AS schema FROM pg_namespace WHERE oid = ANY($1::oid[])
        )
        """

    /// The relations in scope, each with its kind's word.
    private static let relations = """
        rel AS MATERIALIZED (
            SELECT c.oid, s.schema, c.relname AS name, c.relkind, c.relispartition,
                c.reltablespace, c.relam, c.relkind IN ('v', 'm')
                    OR \(CatalogQuery.isTable("c"))
                    OR c.relkind = 'f' AND \(CatalogQuery.isForeignTable("c")) AS is_modelled,
                CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view'
                    WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materializedView'
                    WHEN 'f' THEN 'foreignTable'
                    ELSE 'index' END AS kind
            FROM pg_class c JOIN scope s ON s.oid = c.relnamespace
            WHERE c.relkind NOT IN ('t', 'c') AND \(CatalogQuery.isNoMember("pg_class", "c.oid"))
        )
        """

    private static let wholeRelations = """
        SELECT kind, ARRAY[schema, name]::text[] AS path, CASE relkind
            WHEN 'f' THEN 'foreign table that is a child, or a partition of what is out of scope'
            ELSE CASE WHEN relispartition THEN 'partition' ELSE 'inheritance child' END
                || ' of a table that is out of scope' END AS what,
            'pg_class'::regclass::oid AS classid, oid AS objid
        FROM rel WHERE relkind IN ('r', 'p', 'f') AND NOT is_modelled
        UNION ALL
        SELECT kind, ARRAY[schema, name]::text[], 'detaching that is not finished',
            'pg_class'::regclass, oid
        FROM rel WHERE relispartition AND EXISTS (SELECT FROM pg_inherits h
            WHERE h.inhrelid = rel.oid AND h.inhdetachpending)
        UNION ALL
        SELECT rel.kind, ARRAY[rel.schema, rel.name]::text[],
            'trigger ' || quote_ident(t.tgname) || ' that fires in another way than its parent''s',
            'pg_class'::regclass, rel.oid
        FROM pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid
        JOIN rel ON rel.oid = t.tgrelid
        WHERE t.tgenabled <> p.tgenabled AND NOT t.tgisinternal
        """

    /// The last condition only spares most relations the single ones.
    private static let relationProperties = """
        SELECT kind, ARRAY[schema, name]::text[], found.what, 'pg_class'::regclass, rel.oid
        FROM rel CROSS JOIN LATERAL (VALUES
            (reltablespace <> 0 AND relkind = 'm', 'tablespace'),
            (relam NOT IN (0, 2) AND relkind = 'm', 'access method')
        ) found (flag, what)
        WHERE found.flag AND (is_modelled OR relkind = 'S') AND (reltablespace <> 0
            OR relam NOT IN (0, 2))
        """

    /// Of what partitions have of their parents' keys and indexes, what no manifest can say.
    private static let partitionParts = """
        SELECT 'index', ARRAY[rel.schema, rel.name]::text[], found.what, 0, 0
        FROM rel JOIN pg_inherits h ON h.inhrelid = rel.oid
        JOIN pg_class c ON c.oid = rel.oid JOIN pg_class p ON p.oid = h.inhparent
        CROSS JOIN LATERAL (VALUES
            -- The server changes none where tables below have parts as well.
            (rel.relkind = 'I' AND c.reloptions IS DISTINCT FROM p.reloptions,
                'parameters other than its parent''s'),
            -- A new part has none; one that was there has its parent's.
            (EXISTS (SELECT FROM pg_attribute a JOIN pg_attribute b ON b.attrelid = p.oid
                    AND b.attnum = a.attnum AND b.attstattarget IS DISTINCT FROM a.attstattarget
                WHERE a.attrelid = c.oid AND a.attstattarget >= 0),
                'statistics targets other than its parent''s'),
            (EXISTS (SELECT FROM pg_description d WHERE d.classoid = 'pg_class'::regclass
                    AND d.objoid = c.oid)
                AND EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid
                    AND k.contype IN ('p', 'u', 'x')), 'comment on the index of a key')
            ) found (flag, what)
        WHERE rel.relkind IN ('i', 'I') AND rel.relispartition AND found.flag
        UNION ALL
        SELECT 'constraint', ARRAY[schema, name, k.conname]::text[],
            'comment on what it has from above', 0, 0
        FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid
        JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
        WHERE k.contype = 'c' AND NOT k.conislocal
        UNION ALL
        SELECT 'constraint', ARRAY[schema, name, k.conname]::text[],
            'check from above that is ' || CASE WHEN k.convalidated THEN '' ELSE 'not ' END
                || 'validated, unlike there', 0, 0
        FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid
        WHERE k.contype = 'c' AND NOT k.conislocal AND EXISTS (SELECT FROM pg_inherits h
            JOIN pg_constraint p ON p.conrelid = h.inhparent AND p.conname = k.conname
                AND p.contype = 'c'
            WHERE h.inhrelid = k.conrelid AND p.convalidated <> k.convalidated)
        UNION ALL
        -- The server builds what is declared on all partitions.
        SELECT 'constraint', ARRAY[schema, name, k.conname]::text[],
            'key that not all partitions have', 0, 0
        FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid AND rel.relkind = 'p'
        JOIN pg_index i ON i.indexrelid = k.conindid
        WHERE k.contype IN ('p', 'u', 'x') AND NOT i.indisvalid
        """

    private static let disabledTriggers = """
        SELECT kind, ARRAY[schema, name]::text[], 'constraint triggers that do not always fire',
            'pg_class'::regclass, oid
        FROM rel WHERE is_modelled AND EXISTS (SELECT FROM pg_trigger t
            WHERE t.tgrelid = rel.oid AND t.tgisinternal AND t.tgenabled <> 'O')
        """
}
