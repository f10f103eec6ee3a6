// Owns the reading of what belongs to the database and to no schema.

extension CatalogQuery {
    static let databaseClauses = [
        eventTriggers, foreignDataWrappers, foreignServers, userMappings, languages, transforms,
        accessMethods,
    ]

    private static let eventTriggers = ClauseRow(
        sort: .eventTrigger, catalog: "pg_event_trigger", oid: "e.oid", path: ["e.evtname"],
        values: [
            ("event", "e.evtevent"), ("function", "e.evtfoid::oid::regproc"),
            (
                "enabled",
                "CASE e.evtenabled WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' "
                    + "WHEN 'D' THEN 'never' END"
            ),
        ],
        members: "coalesce(e.evttags, '{}')",
        homes: "ARRAY(SELECT pronamespace FROM pg_proc WHERE oid = e.evtfoid)"
    ).select("FROM pg_event_trigger e WHERE \(isNoMember("pg_event_trigger", "e.oid"))")

    // MARK: - Foreign data

    private static let foreignDataWrappers = ClauseRow(
        sort: .foreignDataWrapper, catalog: "pg_foreign_data_wrapper", oid: "w.oid",
        path: ["w.fdwname"],
        values: [
            ("handler", optionalFunction("w.fdwhandler")),
            ("validator", optionalFunction("w.fdwvalidator")),
        ],
        texts: options("w.fdwoptions"),
        homes: """
            ARRAY(SELECT pronamespace FROM pg_proc WHERE oid IN (w.fdwhandler, w.fdwvalidator)
                UNION SELECT c.relnamespace FROM pg_foreign_server f
                JOIN pg_foreign_table t ON t.ftserver = f.oid JOIN pg_class c ON c.oid = t.ftrelid
                WHERE f.srvfdw = w.oid)
            """,
        hidden: secrets("w.fdwoptions")
    ).select(
        """
        FROM pg_foreign_data_wrapper w WHERE \(isNoMember("pg_foreign_data_wrapper", "w.oid"))
        """)

    private static let foreignServers = ClauseRow(
        sort: .foreignServer, catalog: "pg_foreign_server", oid: "f.oid", path: ["f.srvname"],
        values: [
            ("wrapper", "SELECT fdwname FROM pg_foreign_data_wrapper WHERE oid = f.srvfdw"),
            ("type", "f.srvtype"), ("version", "f.srvversion"),
        ],
        texts: options("f.srvoptions"), homes: tables(of: "f.oid"),
        hidden: secrets("f.srvoptions")
    ).select("FROM pg_foreign_server f WHERE \(isNoMember("pg_foreign_server", "f.oid"))")

    /// The view shows the options to whom they concern.
    private static let userMappings = ClauseRow(
        sort: .userMapping, catalog: "pg_user_mapping", oid: "u.umid",
        path: ["u.srvname", "u.usename"], texts: options("u.umoptions"),
        homes: tables(of: "u.srvid"),
        hidden: """
            \(secrets("u.umoptions")) || CASE WHEN u.umoptions IS NOT NULL OR me.rolsuper
                OR u.umuser = 0 AND pg_has_role(f.srvowner, 'USAGE')
                OR u.umuser = me.oid AND (pg_has_role(f.srvowner, 'USAGE')
                    OR has_server_privilege(f.oid, 'USAGE'))
                THEN '{}' ELSE ARRAY['options that the role may not see'] END
            """
    ).select(
        """
        FROM pg_user_mappings u JOIN pg_foreign_server f ON f.oid = u.srvid
        CROSS JOIN (SELECT oid, rolsuper FROM pg_roles WHERE rolname = current_user) me
        """)

    /// The schemas of the foreign tables of a server.
    private static func tables(of server: String) -> String {
        """
        ARRAY(SELECT DISTINCT c.relnamespace FROM pg_foreign_table t
            JOIN pg_class c ON c.oid = t.ftrelid WHERE t.ftserver = \(server))
        """
    }

    /// Options without secrets.
    static func options(_ column: String) -> String {
        """
        (SELECT json_object_agg(option_name, option_value)::text
            FROM pg_options_to_table(\(column)) WHERE NOT \(Secret.condition("option_name")))
        """
    }

    /// What is said of the secrets among options.
    static func secrets(_ column: String) -> String {
        """
        ARRAY(SELECT 'option ' || option_name || ', which is taken for a secret and left alone'
            FROM pg_options_to_table(\(column)) WHERE \(Secret.condition("option_name")))
        """
    }

    // MARK: - Languages

    private static let languages = ClauseRow(
        sort: .language, catalog: "pg_language", oid: "l.oid", path: ["l.lanname"],
        values: [
            ("trusted", flagged("l.lanpltrusted")), ("handler", "l.lanplcallfoid::regproc"),
            ("inline", optionalFunction("l.laninline")),
            ("validator", optionalFunction("l.lanvalidator")),
        ],
        homes: """
            ARRAY(SELECT DISTINCT pronamespace FROM pg_proc
                WHERE oid IN (l.lanplcallfoid, l.laninline, l.lanvalidator) OR prolang = l.oid)
            """
    ).select(
        """
        FROM pg_language l WHERE l.lanispl AND \(isNoMember("pg_language", "l.oid"))
        """)

    private static let transforms = ClauseRow(
        sort: .transform, catalog: "pg_transform", oid: "f.oid",
        path: ["format_type(f.trftype, NULL)", "l.lanname"],
        values: [
            ("fromSQL", procedure("f.trffromsql")), ("toSQL", procedure("f.trftosql")),
        ],
        homes: """
            ARRAY(SELECT typnamespace FROM pg_type WHERE oid = f.trftype
                UNION SELECT pronamespace FROM pg_proc WHERE oid IN (f.trffromsql, f.trftosql))
            """
    ).select(
        """
        FROM pg_transform f JOIN pg_language l ON l.oid = f.trflang
        WHERE \(isNoMember("pg_transform", "f.oid"))
        """)

    private static func procedure(_ oid: String) -> String {
        "CASE WHEN \(oid)::oid <> 0 THEN \(oid)::oid::regprocedure END"
    }

    private static let accessMethods = ClauseRow(
        sort: .accessMethod, catalog: "pg_am", oid: "m.oid", path: ["m.amname"],
        values: [
            ("for", "CASE m.amtype WHEN 't' THEN 'table' ELSE 'index' END"),
            ("handler", "m.amhandler::oid::regproc"),
        ],
        homes: """
            ARRAY(SELECT pronamespace FROM pg_proc WHERE oid = m.amhandler
                UNION SELECT relnamespace FROM pg_class WHERE relam = m.oid
                UNION SELECT opcnamespace FROM pg_opclass WHERE opcmethod = m.oid)
            """
    ).select("FROM pg_am m WHERE m.oid >= 16384 AND \(isNoMember("pg_am", "m.oid"))")
}
