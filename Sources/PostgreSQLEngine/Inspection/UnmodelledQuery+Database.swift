// Owns the search among what belongs to the database: told where everything is in scope, else
// where it touches a schema in scope.

extension UnmodelledQuery {
    static let securityLabels = """
        SELECT DISTINCT labelled.kind, labelled.path, 'security label', l.classoid, l.objoid
        FROM pg_seclabel l JOIN LATERAL (
            SELECT kind, ARRAY[schema, name]::text[] AS path FROM rel
            WHERE l.classoid = 'pg_class'::regclass AND rel.oid = l.objoid
            UNION ALL
            SELECT 'function', ARRAY[s.schema, p.proname]::text[]
            FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
            WHERE l.classoid = 'pg_proc'::regclass AND p.oid = l.objoid
            UNION ALL
            SELECT 'type', ARRAY[s.schema, t.typname]::text[]
            FROM pg_type t JOIN scope s ON s.oid = t.typnamespace
            WHERE l.classoid = 'pg_type'::regclass AND t.oid = l.objoid
            UNION ALL
            SELECT 'schema', ARRAY[s.schema]::text[] FROM scope s
            WHERE l.classoid = 'pg_namespace'::regclass AND s.oid = l.objoid
        ) labelled ON true
        UNION ALL
        SELECT i.type, ARRAY[i.identity]::text[], 'security label', 0, 0 FROM pg_seclabel l
        CROSS JOIN LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) i
        WHERE $2::bool AND l.classoid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass,
            'pg_type'::regclass, 'pg_namespace'::regclass)
        UNION ALL
        SELECT 'database', ARRAY[d.datname]::text[], 'security label', 0, 0
        FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid
        WHERE $2::bool AND l.classoid = 'pg_database'::regclass
            AND d.datname = current_database()
        """

    /// `ALTER DATABASE … SET` and `ALTER ROLE … SET`; only by name, since a value may be a secret.
    /// Of roles that are read only what is taken for one is told.
    static let settings = """
        SELECT CASE WHEN s.setdatabase = 0 THEN 'role' ELSE 'database' END,
            ARRAY[CASE WHEN s.setdatabase = 0 THEN r.rolname ELSE d.datname END]::text[],
            'settings' || CASE WHEN s.setdatabase <> 0 AND r.rolname IS NOT NULL
                THEN ' of the role ' || r.rolname ELSE '' END || ': ' || told.names, 0, 0
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
        LEFT JOIN pg_database d ON d.oid = s.setdatabase
        CROSS JOIN LATERAL (
            SELECT coalesce(\(ScopedRoles.condition("r", names: "$3", isAll: "$4")), false) AS read
        ) role CROSS JOIN LATERAL (
            SELECT string_agg(setting.name, ', ' ORDER BY setting.name) AS names
            FROM (SELECT split_part(line, '=', 1) AS name FROM unnest(s.setconfig) line) setting
            WHERE NOT role.read OR \(Secret.condition("setting.name"))
        ) told
        WHERE told.names IS NOT NULL AND (role.read
            OR $2::bool AND (s.setdatabase = 0 OR d.datname = current_database()))
        """

    /// They are data, but have owners, privileges and comments.
    static let largeObjects = """
        SELECT 'database', ARRAY[current_database()]::text[], count(*) || ' large objects', 0, 0
        FROM pg_largeobject_metadata WHERE $2::bool HAVING count(*) > 0
        """

    /// Rights on what belongs to extensions that are not those which its script gave.
    static let memberRights = """
        SELECT 'extension', ARRAY[e.extname]::text[],
            'rights on its ' || i.type || ' ' || i.identity || ' that it does not give', 0, 0
        FROM pg_depend m JOIN pg_extension e ON e.oid = m.refobjid AND m.deptype = 'e'
            AND m.refclassid = 'pg_extension'::regclass
        JOIN (
            SELECT 'pg_proc'::regclass::oid AS catalog, oid, proacl AS now,
                acldefault('f', proowner) AS usual FROM pg_proc WHERE oid >= 16384
            UNION ALL
            SELECT 'pg_class'::regclass, oid, relacl,
                acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)
            FROM pg_class WHERE oid >= 16384
            UNION ALL
            SELECT 'pg_type'::regclass, oid, typacl, acldefault('T', typowner)
            FROM pg_type WHERE oid >= 16384
            UNION ALL
            SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwacl, acldefault('F', fdwowner)
            FROM pg_foreign_data_wrapper
            UNION ALL
            SELECT 'pg_language'::regclass, oid, lanacl, acldefault('l', lanowner)
            FROM pg_language WHERE oid >= 16384
        ) member ON member.catalog = m.classid AND member.oid = m.objid
        LEFT JOIN pg_init_privs given ON given.classoid = m.classid AND given.objoid = m.objid
            AND given.objsubid = 0
        CROSS JOIN LATERAL (SELECT coalesce(member.now, member.usual) AS now,
            coalesce(given.initprivs, member.usual) AS first) rights
        CROSS JOIN LATERAL pg_identify_object(m.classid, m.objid, 0) i
        WHERE ($2::bool OR e.extnamespace IN (SELECT oid FROM scope))
            AND NOT (rights.now @> rights.first AND rights.first @> rights.now)
        """

    /// Rights on the server's own objects that are not those which it was made with; of the
    /// information schema nobody knows those.
    static let systemRights = """
        SELECT i.type, ARRAY[i.identity]::text[], 'rights that the server does not give', 0, 0
        FROM (
            SELECT 'pg_proc'::regclass::oid AS catalog, oid, 0 AS number, proacl AS now,
                acldefault('f', proowner) AS usual
            FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
            UNION ALL
            SELECT 'pg_class'::regclass, oid, 0, relacl,
                acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)
            FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace
            UNION ALL
            SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl,
                acldefault('c', c.relowner)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'pg_catalog'::regnamespace
            UNION ALL
            SELECT 'pg_type'::regclass, oid, 0, typacl, acldefault('T', typowner)
            FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
            UNION ALL
            SELECT 'pg_language'::regclass, oid, 0, lanacl, acldefault('l', lanowner)
            FROM pg_language
            UNION ALL
            SELECT 'pg_namespace'::regclass, oid, 0, nspacl, acldefault('n', nspowner)
            FROM pg_namespace WHERE nspname = 'pg_catalog'
        ) held LEFT JOIN pg_init_privs given ON given.classoid = held.catalog
            AND given.objoid = held.oid AND given.objsubid = held.number
        CROSS JOIN LATERAL (SELECT coalesce(held.now, held.usual) AS now,
            coalesce(given.initprivs, held.usual) AS first) rights
        CROSS JOIN LATERAL pg_identify_object(held.catalog, held.oid, held.number) i
        WHERE $2::bool AND held.oid < 16384 AND held.now IS DISTINCT FROM given.initprivs
            AND NOT (rights.now @> rights.first AND rights.first @> rights.now)
        """

    /// `DEPENDS ON EXTENSION`.
    static let extensionDependencies = """
        SELECT found.kind, found.path, 'dependence on the extension ' || e.extname,
            d.classid, d.objid
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
            AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
        JOIN LATERAL (
            SELECT kind, ARRAY[schema, name]::text[] AS path FROM rel
            WHERE d.classid = 'pg_class'::regclass AND rel.oid = d.objid
            UNION ALL
            SELECT 'function', ARRAY[s.schema, p.proname]::text[]
            FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
            WHERE d.classid = 'pg_proc'::regclass AND p.oid = d.objid
            UNION ALL
            SELECT 'trigger', ARRAY[schema, name, t.tgname]::text[]
            FROM pg_trigger t JOIN rel ON rel.oid = t.tgrelid
            WHERE d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
        ) found ON true
        """
}
