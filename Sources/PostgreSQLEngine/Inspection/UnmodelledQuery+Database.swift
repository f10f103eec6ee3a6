// Owns the search among what belongs to the database: told where everything is in scope, else
// where it touches a schema in scope.

extension UnmodelledQuery {
    static let casts = """
        SELECT 'cast', ARRAY[format_type(c.castsource, NULL), format_type(c.casttarget, NULL)],
            'cast', 'pg_cast'::regclass, c.oid
        FROM pg_cast c WHERE c.oid >= 16384 AND \(CatalogQuery.isNoMember("pg_cast", "c.oid"))
            -- The cast from a range to its multirange is a part of its type.
            AND NOT EXISTS (SELECT FROM pg_depend part WHERE part.classid = 'pg_cast'::regclass
                AND part.objid = c.oid AND part.deptype = 'i')
            AND ($2::bool OR EXISTS (SELECT FROM pg_type t JOIN scope s ON s.oid = t.typnamespace
                    WHERE t.oid IN (c.castsource, c.casttarget))
                OR EXISTS (SELECT FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
                    WHERE p.oid = c.castfunc))
        """

    static let transforms = """
        SELECT 'transform', ARRAY[format_type(f.trftype, NULL), l.lanname]::text[], 'transform',
            'pg_transform'::regclass, f.oid
        FROM pg_transform f JOIN pg_language l ON l.oid = f.trflang
        WHERE \(CatalogQuery.isNoMember("pg_transform", "f.oid"))
            AND ($2::bool OR EXISTS (SELECT FROM pg_type t JOIN scope s ON s.oid = t.typnamespace
                    WHERE t.oid = f.trftype)
                OR EXISTS (SELECT FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
                    WHERE p.oid IN (f.trffromsql, f.trftosql)))
        """

    static let languages = """
        SELECT 'language', ARRAY[l.lanname]::text[], 'language', 'pg_language'::regclass, l.oid
        FROM pg_language l
        WHERE l.oid >= 16384 AND \(CatalogQuery.isNoMember("pg_language", "l.oid"))
            AND ($2::bool OR EXISTS (SELECT FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
                WHERE p.prolang = l.oid
                    OR p.oid IN (l.lanplcallfoid, l.laninline, l.lanvalidator)))
        """

    static let wrappers = """
        SELECT 'foreignDataWrapper', ARRAY[w.fdwname]::text[], 'foreign data wrapper',
            'pg_foreign_data_wrapper'::regclass, w.oid
        FROM pg_foreign_data_wrapper w
        WHERE $2::bool AND \(CatalogQuery.isNoMember("pg_foreign_data_wrapper", "w.oid"))
        """

    static let servers = """
        SELECT 'foreignServer', ARRAY[f.srvname]::text[], 'foreign server',
            'pg_foreign_server'::regclass, f.oid
        FROM pg_foreign_server f WHERE \(CatalogQuery.isNoMember("pg_foreign_server", "f.oid"))
            AND ($2::bool OR EXISTS (SELECT FROM pg_foreign_table t JOIN rel ON rel.oid = t.ftrelid
                WHERE t.ftserver = f.oid))
        """

    static let userMappings = """
        SELECT 'userMapping', ARRAY[u.srvname, u.usename]::text[], 'user mapping', 0, 0
        FROM pg_user_mappings u WHERE $2::bool OR EXISTS (SELECT FROM pg_foreign_table t
            JOIN rel ON rel.oid = t.ftrelid WHERE t.ftserver = u.srvid)
        """

    /// An event trigger reacts to changes in any schema.
    static let eventTriggers = """
        SELECT 'eventTrigger', ARRAY[e.evtname]::text[], 'event trigger',
            'pg_event_trigger'::regclass, e.oid
        FROM pg_event_trigger e WHERE \(CatalogQuery.isNoMember("pg_event_trigger", "e.oid"))
        """

    static func publications(version: Int) -> String {
        let schemas =
            version >= CatalogQuery.Since.schemasInPublications
            ? """
            OR EXISTS (SELECT FROM pg_publication_namespace n JOIN scope s ON s.oid = n.pnnspid
                WHERE n.pnpubid = p.oid)
            """ : ""
        return """
            SELECT 'publication', ARRAY[p.pubname]::text[], 'publication',
                'pg_publication'::regclass, p.oid
            FROM pg_publication p WHERE $2::bool OR p.puballtables \(schemas)
                OR EXISTS (SELECT FROM pg_publication_rel r JOIN rel ON rel.oid = r.prrelid
                    WHERE r.prpubid = p.oid)
            """
    }

    static let subscriptions = """
        SELECT 'subscription', ARRAY[b.subname]::text[], 'subscription',
            'pg_subscription'::regclass, b.oid
        FROM pg_subscription b JOIN pg_database d ON d.oid = b.subdbid
        WHERE d.datname = current_database() AND ($2::bool OR EXISTS (
            SELECT FROM pg_subscription_rel r JOIN rel ON rel.oid = r.srrelid
            WHERE r.srsubid = b.oid))
        """

    static let accessMethods = """
        SELECT 'accessMethod', ARRAY[m.amname]::text[], 'access method', 'pg_am'::regclass, m.oid
        FROM pg_am m
        WHERE $2::bool AND m.oid >= 16384 AND \(CatalogQuery.isNoMember("pg_am", "m.oid"))
        """

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
