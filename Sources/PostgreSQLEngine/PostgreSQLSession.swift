// Owns a session: which servers are accepted and with which settings. Invariant: what is read or
// run in a session does not depend on settings of the role, the database or the environment.

public import Planning
public import PostgreSQLClient

/// A connection to one PostgreSQL database with the settings that make its words comparable.
public struct PostgreSQLSession: EngineSession {
    /// The oldest major version that is supported.
    public static let oldestMajor = 14
    /// The newest major version that this version of Lockstep was tested with.
    public static let newestMajor = 18

    /// The connection. It belongs to one task at a time.
    public let connection: PostgreSQLConnection
    /// How it was reached; scratch databases on the same server are reached the same way.
    let settings: ConnectionSettings

    /// Where it leads, without secrets.
    public var summary: String { connection.description }

    /// Connects, checks the server's version and pins the settings.
    ///
    /// - Parameter url: a URL or a connection string as libpq takes it.
    /// - Throws: `EngineError`: `unreachable`, or `unsupported` for other versions.
    public static func connect(_ url: String) async throws -> PostgreSQLSession {
        do {
            var settings = try ConnectionSettings(url)
            settings.set("application_name", to: "lockstep")
            return try await connect(settings)
        } catch let error as PostgreSQLError {
            throw EngineError(connecting: error)
        }
    }

    /// Connects with settings that are read already.
    public static func connect(_ settings: ConnectionSettings) async throws -> PostgreSQLSession {
        do {
            let session = PostgreSQLSession(
                connection: try await PostgreSQLConnection.connect(settings), settings: settings)
            do {
                try checkVersion(session.connection)
                try await session.pinSettings()
                return session
            } catch {
                await session.close()
                throw error
            }
        } catch let error as PostgreSQLError {
            throw EngineError(connecting: error)
        }
    }

    private init(connection: PostgreSQLConnection, settings: ConnectionSettings) {
        self.connection = connection
        self.settings = settings
    }

    /// Opens a transaction.
    public func begin() async throws {
        try await mapped("BEGIN") { () throws(PostgreSQLError) in try await connection.begin() }
    }

    /// Ends a transaction and keeps what it did.
    ///
    /// - Throws: `EngineError` of kind `connectionLost` if nobody can say what became of it.
    public func commit() async throws {
        try await mapped("COMMIT") { () throws(PostgreSQLError) in try await connection.commit() }
    }

    /// Ends a transaction and undoes what it did; quiet if there is none.
    public func rollback() async {
        // A rollback that fails closes the connection, whose end the server takes as a rollback.
        try? await connection.rollback()
    }

    /// Ends the connection.
    public func close() async { await connection.close() }

    /// The server's major version and its own words for it.
    public func capabilities() async throws -> Capabilities {
        let rows = try await query("select current_setting('server_version')")
        return Capabilities(majorVersion: connection.serverMajor, version: try rows[0].text(0))
    }

    /// Runs one statement; server errors come as `EngineError` with the statement.
    @discardableResult
    func query(
        _ sql: String, _ parameters: [String?] = [], ignoresCancellation: Bool = false
    ) async throws -> Rows {
        try await mapped(sql) { () throws(PostgreSQLError) in
            try await connection.query(
                sql, parameters, ignoresCancellation: ignoresCancellation)
        }
    }

    private func mapped<Value>(
        _ statement: String, _ body: () async throws(PostgreSQLError) -> Value
    ) async throws(EngineError) -> Value {
        do {
            return try await body()
        } catch {
            throw EngineError(error, statement: statement)
        }
    }

    private static func checkVersion(_ connection: PostgreSQLConnection) throws {
        let major = connection.serverMajor
        guard major < oldestMajor || major > newestMajor else { return }
        throw EngineError(
            .unsupported,
            "\(connection.description) is PostgreSQL \(major); "
                + "versions \(oldestMajor) to \(newestMajor) are supported",
            help: major < oldestMajor
                ? "Upgrade the server."
                : "Use a newer version of Lockstep that was tested with PostgreSQL \(major).")
    }

    /// The settings on which it depends what a statement does, in a session or in a script.
    static let meaningful: [(name: String, value: String)] =
        PinnedSettings.values + [
            ("check_function_bodies", "off"), ("client_encoding", "UTF8"),
            ("client_min_messages", "warning"), ("default_transaction_isolation", "read committed"),
            ("default_transaction_deferrable", "off"),
            // What row security would hide is an error: no count and no statement leaves rows out.
            ("row_security", "off"),
        ]

    /// The settings that inspection, canonicalization and execution rely on.
    private static let pinned: [(name: String, value: String)] =
        meaningful + [
            ("application_name", "lockstep"),
            // A limit that a role carries would end a long step; the runner sets its own.
            ("lock_timeout", "0"), ("statement_timeout", "0"), ("idle_session_timeout", "0"),
            // If this process stops in the middle of a step, its locks end with this.
            ("idle_in_transaction_session_timeout", "10min"),
        ]

    private func pinSettings() async throws {
        let calls = Self.pinned.indices.map {
            "pg_catalog.set_config($\(2 * $0 + 1), $\(2 * $0 + 2), false)"
        }
        try await query(
            "select " + calls.joined(separator: ", "), Self.pinned.flatMap { [$0.name, $0.value] })
        // The server then notices during a statement that this process is gone, and ends its lock
        // soon. Servers on a few platforms refuse it; there the lock ends with the statement.
        _ = try? await connection.set("client_connection_check_interval", to: "5s")
    }
}
