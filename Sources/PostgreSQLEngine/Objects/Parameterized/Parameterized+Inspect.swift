internal import Foundation
import PostgreSQLClient
import SchemaCore

/// One query for all sorts: a row is the sort, the address in the system catalogs, the schema, the
/// name, what follows it in the address, the arguments, and the parameters as an object of JSON.
/// What is as the server would choose it is NULL there.
extension CatalogQuery {
    static func parameterized(version: Int) -> String {
        [
            aggregates, rangeTypes, baseTypes, collations(version: version), operators,
            dictionaries, templates, parsers,
        ].joined(separator: "\nUNION ALL\n")
    }

    static func row(
        _ sort: String, catalog: String, of object: String, schema: String, name: String,
        signature: String = "NULL", arguments: String = "NULL", companions: String = "NULL::oid[]",
        _ parameters: [(String, String)]
    ) -> String {
        let list = parameters.map { "'\($0.0)', (\($0.1))::text" }.joined(separator: ", ")
        return """
            SELECT '\(sort)' AS sort, '\(catalog)'::regclass::oid, \(object).oid, \(schema),
                \(name)::text, \(signature), \(arguments),
                json_strip_nulls(json_build_object(\(list)))::text, \(companions)
            """
    }

    /// A function's name, or NULL where there is none.
    static func function(_ oid: String) -> String {
        "CASE WHEN \(oid)::oid <> 0 THEN \(oid)::regproc END"
    }

    static func flag(_ condition: String) -> String {
        "CASE WHEN \(condition) THEN 'true' END"
    }

    /// The types of an aggregate's arguments, as its address has them; `a` is its `pg_aggregate`.
    static let aggregated = """
        ('(' || CASE WHEN a.aggkind = 'n' THEN CASE WHEN p.pronargs = 0 THEN '*'
                ELSE oidvectortypes(p.proargtypes) END
            -- The last direct argument stands for all that follow, and is what they are ordered by.
            WHEN a.aggnumdirectargs = p.pronargs
            THEN (SELECT coalesce(string_agg(format_type(u.type, NULL), ', ' ORDER BY u.place)
                    FILTER (WHERE u.place < p.pronargs) || ', ', '') || 'VARIADIC '
                || max(format_type(u.type, NULL)) FILTER (WHERE u.place = p.pronargs)
                || ' ORDER BY VARIADIC '
                || max(format_type(u.type, NULL)) FILTER (WHERE u.place = p.pronargs)
                FROM unnest(p.proargtypes) WITH ORDINALITY u (type, place))
            ELSE (SELECT coalesce(string_agg(format_type(u.type, NULL), ', '
                    ORDER BY u.place) FILTER (WHERE u.place <= a.aggnumdirectargs), '')
                || ' ORDER BY ' || coalesce(string_agg(format_type(u.type, NULL), ', '
                    ORDER BY u.place) FILTER (WHERE u.place > a.aggnumdirectargs), '')
                FROM unnest(p.proargtypes) WITH ORDINALITY u (type, place)) END || ')')
        """

    private static let aggregates =
        row(
            "aggregate", catalog: "pg_proc", of: "p", schema: "p.pronamespace", name: "p.proname",
            signature: aggregated,
            arguments: """
                CASE WHEN p.pronargs = 0 AND a.aggkind = 'n' THEN '*'
                    ELSE pg_get_function_arguments(p.oid) END
                """,
            [
                ("sfunc", "a.aggtransfn::regproc"),
                ("stype", "format_type(a.aggtranstype, NULL)"),
                ("sspace", "nullif(a.aggtransspace, 0)"),
                ("finalfunc", function("a.aggfinalfn")),
                ("finalfunc_extra", flag("a.aggfinalextra")),
                ("finalfunc_modify", modify("a.aggfinalmodify")),
                ("combinefunc", function("a.aggcombinefn")),
                ("serialfunc", function("a.aggserialfn")),
                ("deserialfunc", function("a.aggdeserialfn")),
                ("initcond", "quote_literal(a.agginitval)"),
                ("msfunc", function("a.aggmtransfn")),
                ("minvfunc", function("a.aggminvtransfn")),
                (
                    "mstype",
                    "CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END"
                ),
                ("msspace", "nullif(a.aggmtransspace, 0)"),
                ("mfinalfunc", function("a.aggmfinalfn")),
                ("mfinalfunc_extra", flag("a.aggmfinalextra")),
                (
                    "mfinalfunc_modify",
                    "CASE WHEN a.aggmtransfn::oid <> 0 THEN \(modify("a.aggmfinalmodify")) END"
                ),
                ("minitcond", "quote_literal(a.aggminitval)"),
                ("sortop", operatorName("a.aggsortop")),
                (
                    "parallel",
                    "CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END"
                ),
                ("hypothetical", flag("a.aggkind = 'h'")),
            ]) + """

            FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
            WHERE p.pronamespace = ANY($1::oid[]) AND \(isNoMember("pg_proc", "p.oid"))
            """

    /// Ordered-set aggregates may change their state unless they say otherwise, others may not.
    private static func modify(_ column: String) -> String {
        """
        CASE WHEN \(column) = CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN NULL
            ELSE CASE \(column) WHEN 'r' THEN 'read_only' WHEN 's' THEN 'shareable'
                ELSE 'read_write' END END
        """
    }

    private static func operatorName(_ oid: String) -> String {
        """
        SELECT 'OPERATOR(' || quote_ident(n.nspname) || '.' || x.oprname || ')'
        FROM pg_operator x JOIN pg_namespace n ON n.oid = x.oprnamespace WHERE x.oid = \(oid)
        """
    }

    private static let rangeTypes =
        row(
            "rangeType", catalog: "pg_type", of: "t", schema: "t.typnamespace", name: "t.typname",
            companions: """
                ARRAY[t.typarray, r.rngmultitypid, (SELECT m.typarray FROM pg_type m
                    WHERE m.oid = r.rngmultitypid)]
                """,
            [
                ("subtype", "format_type(r.rngsubtype, NULL)"),
                (
                    "subtype_opclass",
                    """
                    SELECT quote_ident(n.nspname) || '.' || quote_ident(k.opcname)
                    FROM pg_opclass k JOIN pg_namespace n ON n.oid = k.opcnamespace
                    WHERE k.oid = r.rngsubopc AND NOT k.opcdefault
                    """
                ),
                (
                    "collation",
                    """
                    SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname)
                    FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
                    JOIN pg_type sub ON sub.oid = r.rngsubtype
                    WHERE l.oid = r.rngcollation AND l.oid <> sub.typcollation
                    """
                ),
                ("canonical", function("r.rngcanonical")),
                ("subtype_diff", function("r.rngsubdiff")),
                (
                    "multirange_type_name",
                    """
                    SELECT CASE WHEN mn.nspname = own.nspname AND m.typname = CASE
                            WHEN t.typname LIKE '%range%'
                            THEN regexp_replace(t.typname, 'range', 'multirange')
                            ELSE left(t.typname, 52) || '_multirange' END::name
                        THEN NULL ELSE quote_ident(mn.nspname) || '.' || quote_ident(m.typname) END
                    FROM pg_type m JOIN pg_namespace mn ON mn.oid = m.typnamespace
                    WHERE m.oid = r.rngmultitypid
                    """
                ),
            ]) + """

            FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid
            JOIN pg_namespace own ON own.oid = t.typnamespace
            WHERE t.typnamespace = ANY($1::oid[]) AND \(isNoMember("pg_type", "t.oid"))
            """

    private static func collations(version: Int) -> String {
        let locale =
            version >= 170000 ? "c.colllocale" : version >= 150000 ? "c.colliculocale" : nil
        let sole = locale ?? "CASE WHEN c.collprovider = 'i' THEN c.collcollate END"
        return row(
            "collation", catalog: "pg_collation", of: "c", schema: "c.collnamespace",
            name: "c.collname",
            [
                ("provider", "CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' END"),
                (
                    "locale",
                    """
                    CASE WHEN c.collprovider IN ('i', 'b') THEN quote_literal(\(sole))
                        WHEN c.collcollate = c.collctype THEN quote_literal(c.collcollate) END
                    """
                ),
                (
                    "lc_collate",
                    """
                    CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype
                        THEN quote_literal(c.collcollate) END
                    """
                ),
                (
                    "lc_ctype",
                    """
                    CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype
                        THEN quote_literal(c.collctype) END
                    """
                ),
                ("deterministic", "CASE WHEN NOT c.collisdeterministic THEN 'false' END"),
                ("rules", version >= 160000 ? "quote_literal(c.collicurules)" : "NULL"),
            ]) + """

                FROM pg_collation c
                WHERE c.collnamespace = ANY($1::oid[]) AND \(isNoMember("pg_collation", "c.oid"))
                """
    }

    /// The types of an operator's operands `o`, as its address has them.
    static let operands = """
        ('(' || CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END
            || ', ' || CASE WHEN o.oprright = 0 THEN 'NONE'
                ELSE format_type(o.oprright, NULL) END || ')')
        """

    private static let operators =
        row(
            "operator", catalog: "pg_operator", of: "o", schema: "o.oprnamespace",
            name: "o.oprname",
            signature: operands,
            [
                ("function", "o.oprcode::regproc"),
                ("leftarg", "CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END"),
                ("rightarg", "CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) END"),
                ("commutator", operatorName("o.oprcom")),
                ("negator", operatorName("o.oprnegate")),
                ("restrict", function("o.oprrest")), ("join", function("o.oprjoin")),
                ("hashes", flag("o.oprcanhash")), ("merges", flag("o.oprcanmerge")),
            ]) + """

            FROM pg_operator o
            WHERE o.oprnamespace = ANY($1::oid[]) AND o.oprcode::oid <> 0
                AND \(isNoMember("pg_operator", "o.oid"))
            """

    private static let dictionaries =
        row(
            "textSearchDictionary", catalog: "pg_ts_dict", of: "d", schema: "d.dictnamespace",
            name: "d.dictname", arguments: "d.dictinitoption",
            [("template", "quote_ident(n.nspname) || '.' || quote_ident(m.tmplname)")]) + """

            FROM pg_ts_dict d JOIN pg_ts_template m ON m.oid = d.dicttemplate
            JOIN pg_namespace n ON n.oid = m.tmplnamespace
            WHERE d.dictnamespace = ANY($1::oid[]) AND \(isNoMember("pg_ts_dict", "d.oid"))
            """

    private static let templates =
        row(
            "textSearchTemplate", catalog: "pg_ts_template", of: "m", schema: "m.tmplnamespace",
            name: "m.tmplname",
            [("init", function("m.tmplinit")), ("lexize", "m.tmpllexize::regproc")]) + """

            FROM pg_ts_template m
            WHERE m.tmplnamespace = ANY($1::oid[]) AND \(isNoMember("pg_ts_template", "m.oid"))
            """

    private static let parsers =
        row(
            "textSearchParser", catalog: "pg_ts_parser", of: "s", schema: "s.prsnamespace",
            name: "s.prsname",
            [
                ("start", "s.prsstart::regproc"), ("gettoken", "s.prstoken::regproc"),
                ("end", "s.prsend::regproc"), ("lextypes", "s.prslextype::regproc"),
                ("headline", function("s.prsheadline")),
            ]) + """

            FROM pg_ts_parser s
            WHERE s.prsnamespace = ANY($1::oid[]) AND \(isNoMember("pg_ts_parser", "s.oid"))
            """
}

extension CatalogReader {
    /// Makes the objects of what is made of parameters.
    mutating func buildParameterized(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            guard let sort = ParameterizedDefinition.Sort(rawValue: try row.text(0)) else {
                continue
            }
            let schema = try schema(row.oid(3))
            let path = [schema, try row.text(4)] + (row[5].map { [$0] } ?? [])
            let parameters: [String: String]
            do {
                parameters = try JSONDecoder().decode(
                    [String: String].self, from: Data(try row.text(7).utf8))
            } catch {
                throw PostgreSQLError(
                    kind: .decoding, message: "the server's JSON cannot be read: \(error)")
            }
            add(
                ObjectID(sort.kind, path),
                .plain(
                    .parameterized(
                        ParameterizedDefinition(
                            sort: sort, text: row[6].map { VerbatimSQL($0) },
                            parameters: .init(parameters.map { ($0, VerbatimSQL($1)) })))),
                at: (row.oid(1), row.oid(2)), dependencies: [.schema(schema)])
            // Arrays and multiranges come with a type and are the same thing.
            for other in row.oids(8) where other != 0 {
                slots[CatalogAddress(SystemCatalog.type, other)] = objects.count - 1
                arrayTypes.insert(other)
            }
        }
    }
}
