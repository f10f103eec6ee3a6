extension CatalogQuery {
    /// The base types but arrays, which come with what they are of.
    static let baseTypes =
        row(
            "baseType", catalog: "pg_type", of: "t", schema: "t.typnamespace", name: "t.typname",
            companions: "ARRAY[t.typarray]",
            [
                ("input", "t.typinput"), ("output", "t.typoutput"),
                ("receive", function("t.typreceive")), ("send", function("t.typsend")),
                ("typmod_in", function("t.typmodin")), ("typmod_out", function("t.typmodout")),
                ("analyze", function("t.typanalyze")),
                (
                    // With elements the server chooses this one of itself, where it can.
                    "subscript",
                    """
                    CASE WHEN t.typelem <> 0 AND t.typlen > 0 AND NOT t.typbyval AND e.typlen > 0
                            AND t.typsubscript = 'raw_array_subscript_handler'::regproc THEN NULL
                        WHEN t.typsubscript::oid <> 0 THEN t.typsubscript END
                    """
                ),
                ("internallength", "CASE WHEN t.typlen > 0 THEN t.typlen END"),
                ("passedbyvalue", flag("t.typbyval")),
                (
                    "alignment",
                    "CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' "
                        + "WHEN 'd' THEN 'double' END"
                ),
                (
                    "storage",
                    "CASE t.typstorage WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' "
                        + "WHEN 'm' THEN 'main' END"
                ),
                (
                    "category",
                    "CASE WHEN t.typcategory <> 'U' THEN quote_literal(t.typcategory::text) END"
                ),
                ("preferred", flag("t.typispreferred")),
                ("default", "quote_literal(t.typdefault)"),
                ("element", "CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END"),
                (
                    "delimiter",
                    "CASE WHEN t.typdelim <> ',' THEN quote_literal(t.typdelim::text) END"
                ),
                ("collatable", flag("t.typcollation <> 0")),
            ]) + """

            FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem
            WHERE t.typtype = 'b' AND e.typarray IS DISTINCT FROM t.oid
                AND t.typnamespace = ANY($1::oid[]) AND \(isNoMember("pg_type", "t.oid"))
            """
}
