// Owns one connection. Invariants: every call of SQLite is made on the connection's own queue, one
// statement at a time; nothing that a file holds can load code or reach another file.

internal import CSQLite

/// A connection to one SQLite database.
///
/// All calls are made on a queue that belongs to the connection, so waiting for a lock or a disk
/// takes nothing from the tasks of the process. Cancelling a task interrupts its statement. A
/// connection belongs to one task at a time: statements of two tasks would share transactions.
public actor SQLiteConnection {
    /// The database's path.
    public nonisolated let location: SQLiteLocation

    private nonisolated let queue: ConnectionQueue
    nonisolated let interrupt = Interrupt()
    var handle: OpaquePointer?

    /// The executor of the connection's queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        queue.asUnownedSerialExecutor()
    }

    /// The version of the library: `3.40.1`.
    public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Opens a database and reads its header, so that a file that is none is refused here.
    ///
    /// - Parameter busyTimeout: how long a statement waits for another connection's lock.
    public static func open(
        _ location: SQLiteLocation, busyTimeout: Duration = .seconds(5)
    ) async throws(SQLiteError) -> SQLiteConnection {
        let connection = SQLiteConnection(location)
        do throws(SQLiteError) {
            try await connection.open(busyTimeout)
            return connection
        } catch {
            await connection.close()
            throw error
        }
    }

    private init(_ location: SQLiteLocation) {
        self.location = location
        queue = ConnectionQueue()
    }

    isolated deinit { close() }

    /// Ends the connection. An open transaction is rolled back. Closing twice does nothing.
    public func close() {
        interrupt.disconnect()
        if let handle { sqlite3_close_v2(handle) }
        handle = nil
    }

    /// How long a statement waits for another connection's lock.
    public nonisolated func setBusyTimeout(_ timeout: Duration) {
        interrupt.busyTimeout = timeout
    }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false }

    private func open(_ busyTimeout: Duration) async throws(SQLiteError) {
        let flags =
            switch location.mode {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(
            location.fileName, &opened, flags | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        handle = opened
        guard code == SQLITE_OK, let opened else { throw failure(code, sql: nil) }
        interrupt.busyTimeout = busyTimeout
        interrupt.install(in: opened)
        try harden(opened)
        _ = try await query("PRAGMA schema_version")
        // A file that is write-protected is opened for reading without a word.
        if location.mode != .readOnly, sqlite3_db_readonly(opened, "main") == 1 {
            throw SQLiteError(
                .sqlite, "\(location) is write-protected", code: .readOnly,
                hint: "Give the file and its folder write permission, or open it with ?mode=ro.")
        }
    }

    /// <https://sqlite.org/security.html>: a file of somebody else must not run anything.
    ///
    /// Its schema is trusted all the same, as it is wherever applications open it: without that
    /// SQLite refuses schemas with functions that it does not call innocuous, among them, up to
    /// 3.40, those of JSON, and triggers that write to full-text tables. What trust would let in is
    /// functions and modules of the process that do something outside of the file. This connection
    /// registers none; of the library's own, `load_extension` and `fts3_tokenizer` are switched off
    /// here, what may only be used directly is refused in a schema whatever is trusted, no other
    /// file can be attached, and shadow tables cannot be written past their module.
    private func harden(_ handle: OpaquePointer) throws(SQLiteError) {
        let settings = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
            (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
            (SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0),
        ]
        for (option, value) in settings {
            let code = lockstep_sqlite_set(handle, option, Int32(value))
            guard code == SQLITE_OK else { throw failure(code, sql: nil) }
        }
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    }

    /// Whether a word in double quotes that names nothing is taken for a string, as SQLite does
    /// unless it is told otherwise (<https://sqlite.org/quirks.html>, section 8).
    public func setDoubleQuotedStrings(_ isAllowed: Bool) throws(SQLiteError) {
        guard let handle else { throw closed }
        for option in [SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL] {
            let code = lockstep_sqlite_set(handle, option, isAllowed ? 1 : 0)
            guard code == SQLITE_OK else { throw failure(code, sql: nil) }
        }
    }

    /// Takes collations that the library does not know for the order of bytes, so that a schema of
    /// an application with collations of its own can be read. For databases in memory only: an
    /// index of a file would be built in the wrong order.
    public func standInForUnknownCollations() throws(SQLiteError) {
        guard let handle else { throw closed }
        guard location.isMemory else {
            throw SQLiteError(.usage, "unknown collations may only be stood in for in memory")
        }
        sqlite3_collation_needed(handle, nil) { _, handle, encoding, name in
            _ = sqlite3_create_collation_v2(
                handle, name, encoding, nil,
                { _, leftCount, left, rightCount, right in
                    let a = UnsafeRawBufferPointer(start: left, count: Int(leftCount))
                    let b = UnsafeRawBufferPointer(start: right, count: Int(rightCount))
                    if a.lexicographicallyPrecedes(b) { return -1 }
                    return b.lexicographicallyPrecedes(a) ? 1 : 0
                }, nil)
        }
    }

    var closed: SQLiteError {
        SQLiteError(.closed, "the connection to \(location) is closed")
    }

    /// The error that SQLite told of last.
    func failure(_ code: Int32, sql: String?) -> SQLiteError {
        let code = SQLiteCode(rawValue: code)
        guard let handle, let words = sqlite3_errmsg(handle) else {
            return SQLiteError(.sqlite, "SQLite cannot go on with \(location)", code: code)
        }
        let isOurs = sqlite3_extended_errcode(handle) == code.rawValue
        let message =
            isOurs
            ? String(cString: words) : String(cString: sqlite3_errstr(code.rawValue))
        let offset = sqlite3_error_offset(handle)
        let position = sql.flatMap { sql -> Int? in
            guard isOurs, offset >= 0 else { return nil }
            return String(decoding: sql.utf8.prefix(Int(offset)), as: UTF8.self).unicodeScalars
                .count + 1
        }
        var error = SQLiteError(
            .sqlite, code.namesTheFile ? "\(location): \(message)" : message, code: code,
            hint: code.hint(location), position: position)
        if code.namesTheFile { error.file = location.path }
        return error
    }
}

extension SQLiteCode {
    /// Whether the failure is the file's and not the statement's.
    fileprivate var namesTheFile: Bool {
        switch primary {
        case .busy, .locked, .permission, .readOnly, .inputOutput, .corrupt, .full, .cannotOpen,
            .notADatabase:
            true
        default: false
        }
    }

    fileprivate func hint(_ location: SQLiteLocation) -> String? {
        switch primary {
        case .busy: "Another process uses the database; try again when it has finished."
        case .cannotOpen where location.mode != .create:
            "Check the path and its permissions. A database that is not there is made only "
                + "by \(location.creatingURL)."
        case .cannotOpen: "Check that the folder is there and may be written."
        case .readOnly, .permission:
            "Give this user the right to write the file and its folder."
        case .inputOutput:
            "See whether the disk is full, or the file as large as it may be; nothing was lost."
        case .full: "Make room on the disk of the database, or raise the limit; nothing was lost."
        case .corrupt:
            "Look at it with PRAGMA integrity_check, and restore it from a backup."
        case .notADatabase: "The file is no SQLite database, or an encrypted one; check the path."
        default: nil
        }
    }
}
