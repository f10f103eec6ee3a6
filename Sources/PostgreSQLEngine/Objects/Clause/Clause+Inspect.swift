internal import Foundation
import Planning
import PostgreSQLClient
import SchemaCore

/// One query for all sorts. What belongs to no schema is read whatever is in scope, for a manifest
/// can declare it; `homes` are the schemas of what it stands on, by which a run knows it for its
/// own. Secrets never leave the server: only their names do.
extension CatalogQuery {
    static let clauses =
        ([
            casts, conversions, textSearchConfigurations, operatorFamilies, operatorClasses,
            shellTypes,
        ] + databaseClauses).joined(separator: "\nUNION ALL\n")

    /// The columns of a row, as SQL.
    struct ClauseRow {
        var sort: ClauseDefinition.Sort
        var catalog: String
        var oid: String
        var path: [String]
        var schema = "0::oid"
        var values: [(String, String)] = []
        var texts = "NULL::text"
        var members = "NULL::text[]"
        var homes = "NULL::oid[]"
        var operators = "NULL::oid[]"
        var functions = "NULL::oid[]"
        var hidden = "NULL::text[]"

        func select(_ rest: String) -> String {
            let values = values.map { "'\($0.0)', (\($0.1))::text" }.joined(separator: ", ")
            return """
                SELECT '\(sort.rawValue)' AS sort, '\(catalog)'::regclass::oid, \(oid), \(schema),
                    ARRAY[\(path.joined(separator: ", "))]::text[],
                    json_strip_nulls(json_build_object(\(values)))::text, \(texts), \(members),
                    \(homes), \(operators), \(functions), \(hidden)
                \(rest)
                """
        }
    }

    static func optionalFunction(_ oid: String) -> String {
        "CASE WHEN \(oid)::oid <> 0 THEN \(oid)::oid::regproc END"
    }

    static func flagged(_ condition: String) -> String { "CASE WHEN \(condition) THEN 'true' END" }

    private static let casts = ClauseRow(
        sort: .cast, catalog: "pg_cast", oid: "c.oid",
        path: ["format_type(c.castsource, NULL)", "format_type(c.casttarget, NULL)"],
        values: [
            ("function", "CASE WHEN c.castmethod = 'f' THEN c.castfunc::regprocedure END"),
            ("method", "CASE c.castmethod WHEN 'b' THEN 'binary' WHEN 'i' THEN 'inout' END"),
            (
                "context",
                "CASE c.castcontext WHEN 'a' THEN 'assignment' WHEN 'i' THEN 'implicit' END"
            ),
        ],
        homes: """
            ARRAY(SELECT typnamespace FROM pg_type WHERE oid IN (c.castsource, c.casttarget)
                UNION SELECT pronamespace FROM pg_proc WHERE oid = c.castfunc)
            """
    ).select(
        """
        FROM pg_cast c WHERE c.oid >= 16384 AND \(isNoMember("pg_cast", "c.oid"))
            -- A range type brings one.
            AND NOT EXISTS (SELECT FROM pg_depend part WHERE part.classid = 'pg_cast'::regclass
                AND part.objid = c.oid AND part.deptype = 'i')
        """)

    private static let conversions = ClauseRow(
        sort: .conversion, catalog: "pg_conversion", oid: "v.oid", path: ["v.conname"],
        schema: "v.connamespace",
        values: [
            ("from", "pg_encoding_to_char(v.conforencoding)"),
            ("to", "pg_encoding_to_char(v.contoencoding)"), ("function", "v.conproc::oid::regproc"),
            ("default", flagged("v.condefault")),
        ]
    ).select(
        """
        FROM pg_conversion v
        WHERE v.connamespace = ANY($1::oid[]) AND \(isNoMember("pg_conversion", "v.oid"))
        """)

    private static let textSearchConfigurations = ClauseRow(
        sort: .textSearchConfiguration, catalog: "pg_ts_config", oid: "g.oid", path: ["g.cfgname"],
        schema: "g.cfgnamespace",
        values: [
            (
                "parser",
                """
                SELECT CASE WHEN n.nspname = 'pg_catalog' AND p.prsname = 'default' THEN NULL
                    ELSE quote_ident(n.nspname) || '.' || quote_ident(p.prsname) END
                FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace
                WHERE p.oid = g.cfgparser
                """
            )
        ],
        texts: """
            (SELECT json_object_agg(token.alias, mapped.dictionaries)::text
                FROM (SELECT m.maptokentype, string_agg(m.mapdict::regdictionary::text, ', '
                        ORDER BY m.mapseqno) AS dictionaries
                    FROM pg_ts_config_map m WHERE m.mapcfg = g.oid GROUP BY 1) mapped
                JOIN ts_token_type(g.cfgparser) token ON token.tokid = mapped.maptokentype)
            """
    ).select(
        """
        FROM pg_ts_config g
        WHERE g.cfgnamespace = ANY($1::oid[]) AND \(isNoMember("pg_ts_config", "g.oid"))
        """)

    private static let shellTypes = ClauseRow(
        sort: .shellType, catalog: "pg_type", oid: "t.oid", path: ["t.typname"],
        schema: "t.typnamespace"
    ).select(
        """
        FROM pg_type t WHERE t.typtype = 'p' AND NOT t.typisdefined
            AND t.typnamespace = ANY($1::oid[]) AND \(isNoMember("pg_type", "t.oid"))
        """)

    // MARK: - Operator classes

    private static let operatorFamilies = ClauseRow(
        sort: .operatorFamily, catalog: "pg_opfamily", oid: "f.oid",
        path: ["f.opfname", "m.amname"], schema: "f.opfnamespace",
        members: members(of: "f.oid", in: "pg_opfamily"),
        operators: parts(of: "f.oid", in: "pg_opfamily", "pg_amop"),
        functions: parts(of: "f.oid", in: "pg_opfamily", "pg_amproc")
    ).select(
        """
        FROM pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod
        WHERE f.opfnamespace = ANY($1::oid[]) AND \(isNoMember("pg_opfamily", "f.oid"))
        """)

    private static let operatorClasses = ClauseRow(
        sort: .operatorClass, catalog: "pg_opclass", oid: "k.oid",
        path: ["k.opcname", "m.amname"], schema: "k.opcnamespace",
        values: [
            ("type", "format_type(k.opcintype, NULL)"), ("default", flagged("k.opcdefault")),
            (
                "family",
                """
                CASE WHEN f.opfname <> k.opcname OR f.opfnamespace <> k.opcnamespace
                    THEN quote_ident(n.nspname) || '.' || quote_ident(f.opfname) END
                """
            ),
            ("storage", "CASE WHEN k.opckeytype <> 0 THEN format_type(k.opckeytype, NULL) END"),
        ],
        members: members(of: "k.oid", in: "pg_opclass"),
        operators: parts(of: "k.oid", in: "pg_opclass", "pg_amop"),
        functions: parts(of: "k.oid", in: "pg_opclass", "pg_amproc")
    ).select(
        """
        FROM pg_opclass k JOIN pg_am m ON m.oid = k.opcmethod
        JOIN pg_opfamily f ON f.oid = k.opcfamily
        JOIN pg_namespace n ON n.oid = f.opfnamespace
        WHERE k.opcnamespace = ANY($1::oid[]) AND \(isNoMember("pg_opclass", "k.oid"))
        """)

    /// The entries of a catalog that belong to a class, or to a family and none of its classes.
    private static func parts(
        of oid: String, in catalog: String, _ entries: String
    ) -> String {
        """
        ARRAY(SELECT d.objid FROM pg_depend d WHERE d.refclassid = '\(catalog)'::regclass
            AND d.refobjid = \(oid) AND d.classid = '\(entries)'::regclass)
        """
    }

    /// Operators, then functions, each by its number.
    private static func members(of oid: String, in catalog: String) -> String {
        """
        ARRAY(SELECT text FROM (
            SELECT 1 AS part, o.amopstrategy AS number, 'OPERATOR ' || o.amopstrategy || ' '
                || o.amopopr::regoperator || coalesce((SELECT ' FOR ORDER BY '
                    || quote_ident(sn.nspname) || '.' || quote_ident(s.opfname)
                    FROM pg_opfamily s JOIN pg_namespace sn ON sn.oid = s.opfnamespace
                    WHERE s.oid = o.amopsortfamily), '') AS text
            FROM pg_amop o WHERE o.oid = ANY(\(parts(of: oid, in: catalog, "pg_amop")))
            UNION ALL
            SELECT 2, p.amprocnum, 'FUNCTION ' || p.amprocnum || ' ('
                || format_type(p.amproclefttype, NULL) || ', '
                || format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::oid::regprocedure
            FROM pg_amproc p WHERE p.oid = ANY(\(parts(of: oid, in: catalog, "pg_amproc")))
        ) member ORDER BY part, number, text COLLATE "C")
        """
    }
}

extension CatalogReader {
    /// Makes the objects of what is made of clauses.
    mutating func buildClauses(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            guard let sort = ClauseDefinition.Sort(rawValue: try row.text(0)) else { continue }
            var path = try row.texts(4)
            var dependencies: Set<ObjectID> = []
            if sort.isInSchema {
                let schema = try schema(row.oid(3))
                path.insert(schema, at: 0)
                dependencies.insert(.schema(schema))
            }
            let homes = try homes(row, 8)
            let values = try Self.texts(row, 5)
            let id = ObjectID(sort.kind, path)
            let slot = add(
                id,
                .plain(
                    .clause(
                        ClauseDefinition(
                            sort: sort, values: .init(values.map { ($0, VerbatimSQL($1)) }),
                            texts: try Self.texts(row, 6),
                            members: row.isNull(7) ? [] : try row.texts(7).map { VerbatimSQL($0) }))
                ),
                at: (row.oid(1), row.oid(2)), dependencies: dependencies)
            objects[slot].homes = homes
            for oid in row.oids(9) {
                slots[CatalogAddress(SystemCatalog.operatorEntry, oid)] = slot
            }
            for oid in row.oids(10) {
                slots[CatalogAddress(SystemCatalog.functionEntry, oid)] = slot
            }
            // Nobody is to answer for what is tied to other schemas.
            guard scope.isEverything || homes.contains(where: scope.looks), !row.isNull(11) else {
                continue
            }
            for hidden in try row.texts(11) { report(id, hidden) }
        }
    }

    /// The schemas of an array of oids, but the server's own.
    private func homes(_ row: Row, _ column: Int) throws(PostgreSQLError) -> [String] {
        var out: Set<String> = []
        for oid in row.oids(column) {
            let schema = try schema(oid)
            if !schema.hasPrefix("pg_") { out.insert(schema) }
        }
        return out.sorted()
    }

    /// An object of JSON whose values are texts; NULL is an empty one.
    static func texts(_ row: Row, _ column: Int) throws(PostgreSQLError) -> [String: String] {
        guard let text = row[column] else { return [:] }
        do {
            return try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        } catch {
            throw PostgreSQLError(
                kind: .decoding, message: "the server's JSON cannot be read: \(error)")
        }
    }
}
