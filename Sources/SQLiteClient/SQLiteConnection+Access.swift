// Owns the asking of SQLite what a statement would touch, names resolved as SQLite resolves them.

internal import CSQLite

extension SQLiteConnection {
    /// What a statement would do if it were run, triggers and views included, in main only.
    public func accesses(of sql: String) async throws(SQLiteError) -> Set<SQLiteAccess> {
        try await interruptible(timeout: nil, ignoresCancellation: false) {
            (handle) throws(SQLiteError) in
            let log = AccessLog()
            log.listen(to: handle)
            defer { sqlite3_set_authorizer(handle, nil, nil) }
            let statement = try self.prepareOne(sql, in: handle)
            sqlite3_finalize(statement)
            return withExtendedLifetime(log) { log.found }
        }
    }

    /// What the statements of a text did, which are run one after the other, as `runScript` does;
    /// what modules did for them included.
    public func accesses(ofRunning sql: String) async throws(SQLiteError) -> Set<SQLiteAccess> {
        guard let handle else { throw closed }
        let log = AccessLog()
        log.listen(to: handle)
        defer { withExtendedLifetime(log) { _ = sqlite3_set_authorizer(handle, nil, nil) } }
        try await runScript(sql)
        return log.found
    }
}

/// What the authorizer was asked for.
private final class AccessLog {
    private(set) var found: Set<SQLiteAccess> = []

    /// Hears of all that is prepared, until the connection is told otherwise; it has to live so
    /// long.
    func listen(to handle: OpaquePointer) {
        sqlite3_set_authorizer(
            handle,
            { context, action, first, second, _, within in
                guard let context else { return SQLITE_OK }
                Unmanaged<AccessLog>.fromOpaque(context).takeUnretainedValue()
                    .add(action, first, second, within)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func add(
        _ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?,
        _ within: UnsafePointer<CChar>?
    ) {
        let one = first.map { String(cString: $0) } ?? ""
        let two = second.map { String(cString: $0) } ?? ""
        let kind: SQLiteAccess.Kind? =
            switch action {
            case SQLITE_READ: .read(table: one, column: two)
            case SQLITE_INSERT: .insert(table: one)
            case SQLITE_UPDATE: .update(table: one, column: two)
            case SQLITE_DELETE: .delete(table: one)
            case SQLITE_FUNCTION: .function(two)
            case SQLITE_DROP_TABLE, SQLITE_DROP_VTABLE, SQLITE_DROP_VIEW, SQLITE_DROP_INDEX,
                SQLITE_DROP_TRIGGER:
                .drop(one)
            // The first is the database.
            case SQLITE_ALTER_TABLE: .alter(table: two)
            default: nil
            }
        guard let kind else { return }
        found.insert(SQLiteAccess(kind: kind, within: within.map { String(cString: $0) }))
    }
}
