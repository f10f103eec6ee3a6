// Owns a session: which libraries are accepted and with which settings. Invariants: what is read or
// run does not depend on settings of the file or the library's build; while the session holds the
// target's lock, every transaction that writes looks first whether it still does.

public import Planning
public import SQLiteClient

/// A connection to one SQLite database with the settings that make its words comparable.
public struct SQLiteSession: EngineSession {
    /// The oldest library that is supported: it has `pragma_table_list` and strict tables.
    static let oldestVersion = (3, 37)
    /// How long a statement waits for another process, in milliseconds, where no step says else.
    static let lockTimeout = 5_000

    /// The connection. It belongs to one task at a time.
    public let connection: SQLiteConnection
    /// What the session holds of the target's lock.
    let hold = LockHold()

    /// The file's path.
    public var summary: String { connection.location.path }

    /// Opens a database and pins the settings.
    ///
    /// - Parameter url: `sqlite:///path`, `sqlite:path` or a path; `?mode=rwc` makes a file.
    /// - Throws: `EngineError`: `unreachable`, or `unsupported` for older libraries.
    public static func connect(_ url: String) async throws -> SQLiteSession {
        do {
            return try await connect(try SQLiteLocation(url))
        } catch let error as SQLiteError {
            throw EngineError(opening: error)
        }
    }

    /// Opens a database whose location is read already.
    public static func connect(_ location: SQLiteLocation) async throws -> SQLiteSession {
        let version = SQLiteConnection.libraryVersion
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        guard numbers.count > 1, (numbers[0], numbers[1]) >= oldestVersion else {
            throw EngineError(
                .unsupported, "the library of SQLite has version \(version)",
                help: "Install \(oldestVersion.0).\(oldestVersion.1) or a later one.")
        }
        do {
            let connection = try await SQLiteConnection.open(
                location, busyTimeout: .milliseconds(lockTimeout))
            do {
                for setting in pinned { try await connection.query("PRAGMA \(setting)") }
                return SQLiteSession(connection: connection)
            } catch {
                await connection.close()
                throw error
            }
        } catch let error as SQLiteError {
            throw EngineError(opening: error)
        }
    }

    /// Foreign keys are off for the whole connection, because they can be switched only outside of
    /// a transaction and would act while a table is rebuilt
    /// (<https://sqlite.org/lang_altertable.html>, section 7); what steps leave behind is looked at
    /// by `foreign_key_check` in the steps.
    ///
    /// `case_sensitive_like` is not among them, although a library can be built with another
    /// default: the pragma puts functions in the place of LIKE's that SQLite does not know to be
    /// deterministic, so an index or a generated column with LIKE would make the file unreadable.
    static let pinned = [
        "foreign_keys = OFF", "recursive_triggers = OFF", "legacy_alter_table = OFF",
        "ignore_check_constraints = OFF", "cell_size_check = ON", "synchronous = FULL",
        "locking_mode = NORMAL",
    ]

    private init(connection: SQLiteConnection) { self.connection = connection }

    /// Opens a transaction that may write; readers go on.
    ///
    /// - Throws: `EngineError` of kind `lockTimeout` while another process writes, or of kind
    ///   `connectionLost` if the target's lock, which this session held, is another's now.
    public func begin() async throws {
        // A step that failed in the middle may have left them on.
        for name in ["legacy_alter_table", "ignore_check_constraints"] {
            try await query("PRAGMA \(name) = OFF")
        }
        try await mapped("BEGIN IMMEDIATE") { () throws(SQLiteError) in
            try await connection.begin(.immediate)
        }
        do {
            try await SQLiteLock(self).confirm()
        } catch {
            await rollback()
            throw error
        }
    }

    /// Ends a transaction and keeps what it did.
    public func commit() async throws {
        do {
            try await connection.commit()
        } catch {
            throw EngineError(committing: error)
        }
    }

    /// Ends a transaction and undoes what it did; quiet if there is none.
    public func rollback() async { await connection.rollback() }

    /// Ends the connection.
    public func close() async {
        await connection.close()
        hold.token = nil
    }

    /// The library's version, whether there is a write-ahead log, and what ANALYZE has made
    /// (<https://sqlite.org/fileformat2.html>, section 2.6).
    public func capabilities() async throws -> Capabilities {
        let mode = try await query("PRAGMA journal_mode").first?[0]
        return Capabilities(
            majorVersion: 3, version: SQLiteConnection.libraryVersion,
            readersGoOn: mode == .text("wal"),
            statistics: try await query(
                """
                SELECT name FROM main.sqlite_schema
                WHERE type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4') ORDER BY name
                """
            ).map { row in try row.text(0) })
    }

    /// Runs one statement; errors come as `EngineError` with the statement.
    @discardableResult
    func query(
        _ sql: String, _ parameters: [SQLiteValue] = [], timeout: Duration? = nil,
        ignoresCancellation: Bool = false
    ) async throws -> SQLiteRows {
        try await mapped(sql) { () throws(SQLiteError) in
            try await connection.query(
                sql, parameters, timeout: timeout, ignoresCancellation: ignoresCancellation)
        }
    }

    /// Runs the statements of a text; errors come as `EngineError` with the text.
    func runScript(_ sql: String, timeout: Duration? = nil) async throws -> [SQLiteRows] {
        try await mapped(sql) { () throws(SQLiteError) in
            try await connection.runScript(sql, timeout: timeout)
        }
    }

    /// Runs a body in the open transaction, or in one of its own that may write.
    func inTransaction<Value>(_ body: () async throws -> Value) async throws -> Value {
        if await connection.isInTransaction { return try await body() }
        try await begin()
        do {
            let value = try await body()
            try await commit()
            return value
        } catch {
            await rollback()
            throw error
        }
    }

    private func mapped<Value>(
        _ statement: String, _ body: () async throws(SQLiteError) -> Value
    ) async throws(EngineError) -> Value {
        do {
            return try await body()
        } catch {
            throw EngineError(error, statement: statement)
        }
    }
}
