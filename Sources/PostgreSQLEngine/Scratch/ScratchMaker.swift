// Owns the steps by which a scratch database comes to be like its target.

internal import Foundation
internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Why a place cannot give a scratch database like the target; another place may.
struct ScratchUnsuitable: Error {
    /// For people.
    var error: EngineError
}

/// Makes a scratch database step by step.
struct ScratchMaker {
    let place: ScratchDatabase.Place
    let traits: ScratchTraits
    let name: String
    let maintenance: PostgreSQLConnection
    /// The role that manifests' SQL runs as; nil for the session's.
    private(set) var role: String?
    private(set) var notes: [Diagnostic] = []
    private var password: String?

    init(
        place: ScratchDatabase.Place, traits: ScratchTraits, name: String,
        maintenance: PostgreSQLConnection
    ) {
        self.place = place
        self.traits = traits
        self.name = name
        self.maintenance = maintenance
        role = place.role
    }

    /// Makes a role that has nothing but this database, if this session may.
    mutating func makeRole() async throws {
        guard place.makesRole else { return }
        let isSuperuser = try await maintenance.query(
            "SELECT pg_catalog.current_setting('is_superuser') = 'on'")
        guard try isSuperuser.first?.bool(0) == true else {
            noteOwnRole("making a role for it takes a superuser")
            return
        }
        let secret = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }
            .joined()
        let valid = try await maintenance.query(
            "SELECT (pg_catalog.now() + interval '1 hour')::text")
        try await maintenance.query(
            "CREATE ROLE \(SQLDialectName.quoted(name)) LOGIN NOINHERIT CONNECTION LIMIT 4 "
                + "PASSWORD \(SQLDialectName.literal(secret)) "
                + "VALID UNTIL \(SQLDialectName.literal(try valid[0].text(0)))")
        role = name
        password = secret
    }

    /// Makes the database with the target's encoding and locale, or the closest to it.
    mutating func makeDatabase() async throws {
        do {
            try await create(localeClauses)
        } catch let error as PostgreSQLError where error.isAboutLocale {
            let isICU = traits.provider == .icu
            guard place.isLenient || !isICU else {
                throw ScratchUnsuitable(
                    error: EngineError(
                        .unsupported,
                        "\(place.description) has no locale like the target's: \(error.message)",
                        code: error.sqlstate?.rawValue,
                        help: "Install a server with ICU, or use another scratch provider."))
            }
            try await create(closestLocaleClauses)
            notes.append(
                Diagnostic(
                    .note, code: "scratch-locale",
                    "the scratch database has the locale C in place of "
                        + "\"\(traits.locale ?? traits.collate)\", which \(place.description) "
                        + "does not have",
                    help: "Install the locale where Lockstep runs if a manifest names a collation "
                        + "that is reported as missing."))
        }
        let now = try await maintenance.query("SELECT extract(epoch FROM pg_catalog.now())::bigint")
        let lease = ScratchLease.current(expires: try now[0].int(0) + ScratchLease.duration)
        let comment = String(decoding: try CanonicalJSON.data(lease), as: UTF8.self)
        try await maintenance.query(
            "COMMENT ON DATABASE \(SQLDialectName.quoted(name)) IS "
                + SQLDialectName.literal(comment))
    }

    private func create(_ locale: String) async throws {
        let minutes = try await maintenance.query(
            "SELECT (extract(epoch FROM pg_catalog.now()) / 60)::integer")
        let owner = role.map { " OWNER \(SQLDialectName.quoted($0))" } ?? ""
        let statement =
            "CREATE DATABASE \(SQLDialectName.quoted(name))\(owner) TEMPLATE template0 "
            + "ENCODING \(SQLDialectName.literal(traits.encoding)) \(locale) "
            + "CONNECTION LIMIT \(try minutes[0].int(0))\(strategy)"
        do {
            try await maintenance.query(statement)
        } catch {
            guard error.sqlstate == .insufficientPrivilege else { throw error }
            throw EngineError(
                .privilege, "the role cannot make a scratch database: \(error.message)",
                code: error.sqlstate?.rawValue,
                help: "Grant it CREATEDB, install the server programs of PostgreSQL "
                    + "\(traits.majorVersion) where Lockstep runs, or name a dedicated server.")
        }
    }

    /// A private server has nothing to write out before it copies files, which is faster then.
    private var strategy: String {
        place.role != nil && traits.majorVersion >= 15 ? " STRATEGY file_copy" : ""
    }

    private var localeClauses: String {
        let literal = SQLDialectName.literal
        var clauses = "LC_COLLATE \(literal(traits.collate)) LC_CTYPE \(literal(traits.ctype))"
        guard traits.majorVersion >= 15 else { return clauses }
        clauses += " LOCALE_PROVIDER \(traits.provider.rawValue)"
        switch traits.provider {
        case .libc: break
        case .icu:
            if let locale = traits.locale { clauses += " ICU_LOCALE \(literal(locale))" }
            if let rules = traits.icuRules { clauses += " ICU_RULES \(literal(rules))" }
        case .builtin:
            if let locale = traits.locale { clauses += " BUILTIN_LOCALE \(literal(locale))" }
        }
        return clauses
    }

    private var closestLocaleClauses: String {
        let clauses = "LC_COLLATE 'C' LC_CTYPE 'C'"
        return traits.majorVersion >= 15 ? clauses + " LOCALE_PROVIDER libc" : clauses
    }

    private mutating func noteOwnRole(_ reason: String) {
        notes.append(
            Diagnostic(
                .note, code: "scratch-role",
                "the manifests are built as the role of the session, since \(reason)",
                help: "Install the server programs of PostgreSQL \(traits.majorVersion) where "
                    + "Lockstep runs, or name a dedicated server, before you build manifests "
                    + "that you do not trust."))
    }
}

extension ScratchMaker {
    /// Installs the target's extensions and opens the schemas to the scratch role.
    mutating func furnish(_ administration: PostgreSQLConnection) async throws {
        if let role {
            try await administration.query(
                "ALTER SCHEMA public OWNER TO \(SQLDialectName.quoted(role))")
        }
        let rows = try await administration.query(
            """
            SELECT v.name, v.version, e.extversion, v.version = a.default_version
            FROM pg_catalog.pg_available_extension_versions v
            JOIN pg_catalog.pg_available_extensions a ON a.name = v.name
            LEFT JOIN pg_catalog.pg_extension e ON e.extname = v.name
            """)
        try await makeTablespaces(administration)
        var available: [String: Set<String>] = [:]
        var installed: [String: String] = [:]
        for row in rows {
            available[try row.text(0), default: []].insert(try row.text(1))
            if let version = row[2] { installed[try row.text(0)] = version }
        }
        var waiting: [ScratchTraits.Extension] = []
        for wanted in traits.extensions where installed[wanted.name] == nil {
            waiting.append(try checked(wanted, available[wanted.name] ?? []))
        }
        try await install(waiting, administration)
    }

    /// Stands in for the target's tablespaces on a server of our own, below its own folder.
    private func makeTablespaces(_ administration: PostgreSQLConnection) async throws {
        guard let role = place.role, let wanted = traits.tablespaces else { return }
        let rows = try await administration.query("SELECT spcname FROM pg_catalog.pg_tablespace")
        let known = Set(try rows.map { try $0.text(0) })
        for name in wanted {
            let quoted = SQLDialectName.quoted(name)
            if !known.contains(name) {
                try await administration.set("allow_in_place_tablespaces", to: "on")
                do {
                    try await administration.query("CREATE TABLESPACE \(quoted) LOCATION ''")
                } catch {
                    // Another run may have made it in the meantime.
                    guard error.sqlstate == .duplicateObject else { throw error }
                }
            }
            try await Self.allow(role, tablespace: name, administration)
        }
    }

    /// Tries of one grant on a tablespace, each after a longer pause: two seconds in all.
    static let grantAttempts = 20

    /// Tablespaces belong to the whole server, on which several runs may do this at once: then the
    /// server refuses all but one with an internal error.
    static func allow(
        _ role: String, tablespace: String, _ administration: PostgreSQLConnection
    ) async throws {
        let grant =
            "GRANT CREATE ON TABLESPACE \(SQLDialectName.quoted(tablespace)) "
            + "TO \(SQLDialectName.quoted(role))"
        for attempt in 1...grantAttempts {
            let rows = try await administration.query(
                "SELECT pg_catalog.has_tablespace_privilege($1, $2, 'CREATE')", [role, tablespace])
            if try rows.first?.bool(0) == true { return }
            do {
                try await administration.query(grant)
                return
            } catch {
                guard error.sqlstate?.rawValue == "XX000", attempt < grantAttempts
                else { throw error }
                try await Task.sleep(for: .milliseconds(10 * attempt))
            }
        }
    }

    private mutating func checked(
        _ wanted: ScratchTraits.Extension, _ versions: Set<String>
    ) throws -> ScratchTraits.Extension {
        if versions.contains(wanted.version) { return wanted }
        let message =
            "\(place.description) does not have the extension \(wanted.name) "
            + "\(wanted.version), which the target has"
        guard place.isLenient, !versions.isEmpty else {
            throw ScratchUnsuitable(
                error: EngineError(
                    .unsupported, message,
                    help: "Install it for PostgreSQL \(traits.majorVersion) where Lockstep runs "
                        + "(on Debian a package postgresql-\(traits.majorVersion)-…), or use the "
                        + "scratch provider sameServer."))
        }
        notes.append(
            Diagnostic(
                .note, code: "scratch-extension", "\(message); its default version is used there"))
        var other = wanted
        other.version = ""
        return other
    }

    /// Tries until nothing moves, since extensions need one another.
    private func install(
        _ extensions: [ScratchTraits.Extension], _ administration: PostgreSQLConnection
    ) async throws {
        var waiting = extensions
        while !waiting.isEmpty {
            var failed: [(ScratchTraits.Extension, PostgreSQLError)] = []
            for wanted in waiting {
                do {
                    try await install(wanted, administration)
                } catch let error as PostgreSQLError where error.kind == .server {
                    failed.append((wanted, error))
                }
            }
            guard failed.count < waiting.count else {
                let (wanted, error) = failed[0]
                throw ScratchUnsuitable(
                    error: EngineError(
                        .unsupported,
                        "the extension \(wanted.name) cannot be installed on "
                            + "\(place.description): \(error.message)",
                        code: error.sqlstate?.rawValue,
                        help: error.hint ?? "Use another scratch provider."))
            }
            waiting = failed.map(\.0)
        }
    }

    private func install(
        _ wanted: ScratchTraits.Extension, _ administration: PostgreSQLConnection
    ) async throws {
        let schema = SQLDialectName.quoted(wanted.schema)
        if !wanted.schema.hasPrefix("pg_") {
            let owner = role.map { " AUTHORIZATION \(SQLDialectName.quoted($0))" } ?? ""
            try await administration.query("CREATE SCHEMA IF NOT EXISTS \(schema)\(owner)")
        }
        let version =
            wanted.version.isEmpty ? "" : " VERSION \(SQLDialectName.literal(wanted.version))"
        try await administration.query(
            "CREATE EXTENSION \(SQLDialectName.quoted(wanted.name)) SCHEMA \(schema)\(version)")
    }

    /// Connects as the role that manifests' SQL runs as.
    mutating func connect(
        _ administration: PostgreSQLConnection
    ) async throws -> PostgreSQLConnection {
        var settings = place.settings.with(database: name)
        if let role {
            settings.user = role
            if let password { settings.password = password }
        }
        do {
            let connection = try await PostgreSQLConnection.connect(settings)
            try await ScratchSession.prepare(connection)
            return connection
        } catch let error as PostgreSQLError where error.kind == .connection && password != nil {
            // The server's access rules do not let new roles in.
            noteOwnRole("the server does not let a new role in (\(error.message))")
            role = nil
            let connection = try await PostgreSQLConnection.connect(
                place.settings.with(database: name))
            try await ScratchSession.prepare(connection)
            return connection
        }
    }

    /// The schemas and extensions that stand before anything is built.
    func existing(_ administration: PostgreSQLConnection) async throws -> Set<ObjectID> {
        let rows = try await administration.query(
            """
            SELECT false, nspname FROM pg_catalog.pg_namespace
            WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
            UNION ALL SELECT true, extname FROM pg_catalog.pg_extension
            """)
        var out: Set<ObjectID> = []
        for row in rows {
            let name = try row.text(1)
            out.insert(try row.bool(0) ? .extension(name) : .schema(name))
        }
        return out
    }
}

/// The settings with which a scratch session builds.
enum ScratchSession {
    /// No statement of a build runs longer than this, in milliseconds.
    static let statementTimeout = 60_000

    static func prepare(_ connection: PostgreSQLConnection) async throws {
        for (name, value) in [
            ("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"),
            ("extra_float_digits", "1"), ("quote_all_identifiers", "off"),
            ("check_function_bodies", "off"), ("standard_conforming_strings", "on"),
            ("synchronous_commit", "off"), ("client_min_messages", "error"),
            ("statement_timeout", String(statementTimeout)), ("lock_timeout", "10000"),
            ("search_path", ""),
        ] {
            try await connection.set(name, to: value)
        }
        // Only a superuser may: then messages come in the server's language.
        _ = try? await connection.set("lc_messages", to: "C")
    }
}

extension PostgreSQLError {
    /// Whether the server lacks a locale or a provider.
    fileprivate var isAboutLocale: Bool {
        guard kind == .server, let sqlstate else { return false }
        // 42809 "invalid locale name"; 0A000 "ICU is not supported in this build"; 22023 for a
        // locale that ICU or the provider refuses.
        return ["42809", "0A000", "22023", "42704"].contains(sqlstate.rawValue)
    }
}
