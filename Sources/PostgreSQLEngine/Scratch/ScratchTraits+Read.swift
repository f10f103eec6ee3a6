internal import Planning
internal import PostgreSQLClient

extension ScratchTraits {
    /// Reads the traits of the database that a connection leads to, by one query.
    static func read(_ connection: PostgreSQLConnection) async throws -> ScratchTraits {
        let major = connection.serverMajor
        guard major >= 14 else {
            throw EngineError(
                .unsupported, "PostgreSQL \(major) is older than what Lockstep supports",
                help: "Lockstep supports PostgreSQL 14 to 18.")
        }
        let provider = major >= 15 ? "d.datlocprovider" : "'c'"
        let locale =
            switch major {
            case ..<15: "NULL"
            case 15, 16: "d.daticulocale"
            default: "d.datlocale"
            }
        let rules = major >= 16 ? "d.daticurules" : "NULL"
        let rows = try await connection.query(
            """
            SELECT pg_catalog.pg_encoding_to_char(d.encoding), \(provider), d.datcollate,
                d.datctype, \(locale), \(rules), e.extname, e.extversion, n.nspname,
                (SELECT pg_catalog.array_agg(t.spcname::pg_catalog.text
                        ORDER BY t.spcname COLLATE "C")
                    FROM pg_catalog.pg_tablespace t WHERE t.oid >= 16384)
            FROM pg_catalog.pg_database d
            LEFT JOIN pg_catalog.pg_extension e ON true
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE d.datname = pg_catalog.current_database()
            ORDER BY e.extname COLLATE "C"
            """)
        guard let first = rows.first else {
            throw EngineError(.refused, "the server does not show its own database")
        }
        var traits = ScratchTraits(
            versionNumber: connection.serverVersion, encoding: try first.text(0),
            provider: try LocaleProvider(catalogLetter: first.text(1)),
            collate: try first.text(2), ctype: try first.text(3), locale: first[4],
            icuRules: first[5])
        if !first.isNull(9) { traits.tablespaces = try first.texts(9) }
        for row in rows where !row.isNull(6) {
            traits.extensions.append(
                Extension(
                    name: try row.text(6), version: try row.text(7), schema: try row.text(8)))
        }
        return traits
    }
}

extension ScratchTraits.LocaleProvider {
    fileprivate init(catalogLetter letter: String) throws {
        switch letter {
        case "c": self = .libc
        case "i": self = .icu
        case "b": self = .builtin
        default:
            throw EngineError(
                .unsupported, "the database has a locale provider that Lockstep does not know",
                help: "Its letter in pg_database.datlocprovider is \"\(letter)\".")
        }
    }
}
