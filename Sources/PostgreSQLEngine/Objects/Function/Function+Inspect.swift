import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The functions in scope but those that come with a range type. The server prints results,
    /// defaults and SQL-standard bodies.
    static let functions = """
        SELECT p.oid, p.pronamespace, p.proname, l.lanname, p.proargtypes, p.proallargtypes,
            p.proargmodes, p.proargnames, pg_get_function_result(p.oid),
            CASE WHEN p.pronargdefaults > 0 THEN ARRAY(
                SELECT pg_get_function_arg_default(p.oid, number)
                FROM generate_series(1, coalesce(cardinality(p.proallargtypes), p.pronargs)) number
                ORDER BY number) END,
            p.prosrc, p.probin,
            CASE WHEN p.prosqlbody IS NOT NULL THEN pg_get_function_sqlbody(p.oid) END,
            p.provolatile, p.proisstrict, p.proleakproof, p.prosecdef, p.proparallel,
            p.procost, p.prorows, p.proretset, p.proconfig, support.nspname, support.proname,
            p.prokind
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        LEFT JOIN (SELECT s.oid, s.proname, n.nspname FROM pg_proc s
            JOIN pg_namespace n ON n.oid = s.pronamespace) support
            ON p.prosupport <> 0 AND support.oid = p.prosupport
        WHERE p.prokind IN ('f', 'p', 'w') AND p.pronamespace = ANY($1::oid[])
            AND \(isNoMember("pg_proc", "p.oid"))
            AND NOT EXISTS (SELECT FROM pg_depend part WHERE part.classid = 'pg_proc'::regclass
                AND part.objid = p.oid AND part.deptype = 'i')
        """
}

extension CatalogReader {
    /// The types that the functions' arguments name.
    func argumentTypes(_ rows: Rows) -> [TypeReference] {
        rows.flatMap { row in
            (row.oids(4) + row.oids(5)).map { TypeReference(oid: $0, modifier: nil) }
        }
    }

    /// Makes the objects of functions.
    mutating func buildFunctions(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let inputs = row.oids(4).map { names.type(TypeReference(oid: $0, modifier: nil)).name }
            let id = ObjectID.function(schema, try row.text(2), inputs)
            let isProcedure = row.character(24) == UInt8(ascii: "p")
            add(
                isProcedure ? id.asProcedure : id, .function(try function(row)),
                at: (SystemCatalog.function, row.oid(0)), dependencies: [.schema(schema)])
        }
    }

    private func function(_ row: Row) throws(PostgreSQLError) -> FunctionDefinition {
        let language = try row.text(3)
        let isNative = language == "c" || language == "internal"
        let cost = row[18]
        let rows = row[19]
        let defaultRows = row.flag(20) ? "1000" : "0"
        return FunctionDefinition(
            arguments: try arguments(row), returns: row[8].map { VerbatimSQL($0) },
            language: language, body: try body(row, language),
            volatility: Self.volatility(row.character(13)), isStrict: row.flag(14),
            isLeakproof: row.flag(15), isSecurityDefiner: row.flag(16),
            parallel: Self.parallel(row.character(17)),
            cost: cost == (isNative ? "1" : "100") ? nil : cost,
            rows: rows == defaultRows ? nil : rows, settings: try row.options(21),
            support: row[23].map { QualifiedName(schema: row[22], name: $0) },
            sort: row.character(24) == UInt8(ascii: "w") ? .window : nil)
    }

    private func body(
        _ row: Row, _ language: String
    ) throws(PostgreSQLError) -> FunctionDefinition.Body {
        if let parsed = row[12] { return .sql(VerbatimSQL(parsed)) }
        let source = try row.text(10)
        guard language == "c" else { return .source(source) }
        return .symbol(file: try row.text(11), symbol: source)
    }

    private func arguments(_ row: Row) throws(PostgreSQLError) -> [FunctionDefinition.Argument] {
        let all = row.oids(5)
        let types = all.isEmpty ? row.oids(4) : all
        let modes = row.isNull(6) ? [] : try row.texts(6)
        let argumentNames = row.isNull(7) ? [] : try row.texts(7)
        let defaults = try row.optionalTexts(9) ?? []
        return types.indices.map { place in
            let name = place < argumentNames.count ? argumentNames[place] : ""
            return FunctionDefinition.Argument(
                name: name.isEmpty ? nil : name,
                mode: place < modes.count ? Self.mode(modes[place]) : .in,
                type: VerbatimSQL(
                    names.type(TypeReference(oid: types[place], modifier: nil)).name),
                default: place < defaults.count ? defaults[place].map { VerbatimSQL($0) } : nil)
        }
    }

    private static func mode(_ letter: String) -> FunctionDefinition.Argument.Mode {
        switch letter {
        case "o": .out
        case "b": .inout
        case "v": .variadic
        case "t": .table
        default: .in
        }
    }

    private static func volatility(_ letter: UInt8) -> FunctionDefinition.Volatility {
        switch letter {
        case UInt8(ascii: "i"): .immutable
        case UInt8(ascii: "s"): .stable
        default: .volatile
        }
    }

    private static func parallel(_ letter: UInt8) -> FunctionDefinition.Parallel {
        switch letter {
        case UInt8(ascii: "s"): .safe
        case UInt8(ascii: "r"): .restricted
        default: .unsafe
        }
    }
}
