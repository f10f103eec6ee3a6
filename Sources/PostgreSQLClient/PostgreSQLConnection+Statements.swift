// Owns the sending of statements and scripts.

import CPostgreSQL

extension PostgreSQLConnection {
    /// Runs one statement and gives its rows, in text form.
    ///
    /// - Parameters:
    ///   - sql: Exactly one statement; parameters are `$1`, `$2`, … Give a cast where the server
    ///     cannot tell a type (`$1::text`).
    ///   - parameters: The values in text form; nil is NULL.
    ///   - timeout: After this time the statement is cancelled and the error's kind is `timedOut`.
    ///   - ignoresCancellation: Whether it runs although the task is cancelled: for cleaning up.
    @discardableResult
    public func query(
        _ sql: String, _ parameters: [String?] = [], timeout: Duration? = nil,
        ignoresCancellation: Bool = false
    ) async throws(PostgreSQLError) -> Rows {
        try Self.refuseZeroBytes(in: [sql] + parameters)
        let values = CStrings(parameters)
        let isInTransaction = isInManagedTransaction
        return try await run(timeout: timeout, ignoresCancellation: ignoresCancellation) {
            (statement) throws(StatementFailure) in
            let sent = values.withPointers {
                PQsendQueryParams(
                    statement.handle, sql, Int32(parameters.count), nil, $0, nil, nil, 0)
            }
            return try statement.lastRows(sent: sent, isInTransaction: isInTransaction)
        }
    }

    /// Runs a script of any number of statements and gives the last one's rows and tag.
    ///
    /// Without `BEGIN` in it, the server runs a script of several statements in one transaction.
    @discardableResult
    public func execute(
        _ script: String, timeout: Duration? = nil, ignoresCancellation: Bool = false
    ) async throws(PostgreSQLError) -> Rows {
        try Self.refuseZeroBytes(in: [script])
        let isInTransaction = isInManagedTransaction
        return try await run(timeout: timeout, ignoresCancellation: ignoresCancellation) {
            (statement) throws(StatementFailure) in
            let sent = PQsendQuery(statement.handle, script)
            return try statement.lastRows(sent: sent, isInTransaction: isInTransaction)
        }
    }

    /// C strings end at a zero byte, so the rest would be lost without a word.
    static func refuseZeroBytes(in texts: [String?]) throws(PostgreSQLError) {
        for text in texts where text?.utf8.contains(0) == true {
            throw PostgreSQLError(
                kind: .configuration,
                message: "a statement or a parameter holds a zero byte, which PostgreSQL cannot "
                    + "store in text")
        }
    }

    /// Gives a setting its value, quoted by the server itself.
    ///
    /// - Parameter isLocal: Whether it ends with the transaction.
    public func set(
        _ name: String, to value: String, isLocal: Bool = false
    ) async throws(PostgreSQLError) {
        try await query(
            "SELECT pg_catalog.set_config($1, $2, $3::boolean)",
            [name, value, isLocal ? "true" : "false"])
    }

    /// Sets the server's own time limits; nil leaves one as it is, zero switches it off.
    ///
    /// Set them beside any limit of ours: the server keeps them also when we are gone.
    public func set(
        statementTimeout: Duration? = nil, lockTimeout: Duration? = nil,
        idleInTransactionTimeout: Duration? = nil, isLocal: Bool = false
    ) async throws(PostgreSQLError) {
        let wanted = [
            ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ]
        for (name, limit) in wanted {
            guard let limit else { continue }
            try await set(name, to: Self.serverText(limit), isLocal: isLocal)
        }
    }

    /// The server counts milliseconds in 32 bits; a limit is never rounded down to "none".
    static func serverText(_ limit: Duration) -> String {
        guard limit > .zero else { return "0" }
        guard limit < .milliseconds(Int32.max) else { return "\(Int32.max)ms" }
        let parts = limit.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        return "\(max(1, milliseconds))ms"
    }
}

extension StatementRun {
    /// All results up to the end, of which the last one's rows are given or the first error thrown.
    mutating func lastRows(
        sent: Int32, isInTransaction: Bool
    ) throws(StatementFailure) -> Rows {
        try checkSent(sent)
        var last: OpaquePointer?
        var failed: OpaquePointer?
        defer {
            PQclear(last)
            PQclear(failed)
        }
        var copied = false
        while let result = try next() {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                PQclear(last)
                last = result
            case PGRES_COPY_IN:
                PQclear(result)
                copied = true
                _ = PQputCopyEnd(handle, "no data is sent in a script")
            case PGRES_COPY_OUT:
                PQclear(result)
                copied = true
                try discardCopy()
            default:
                // The first error is the cause; what follows says that the connection broke.
                if failed == nil { failed = result } else { PQclear(result) }
            }
        }
        if copied {
            throw .failed(
                PostgreSQLError(
                    kind: .unexpectedReply, message: "the statement is a COPY with the client",
                    hint: "Use copyIn or copyOut."))
        }
        if let failed {
            throw .failed(
                PostgreSQLError(result: failed, on: handle, isInTransaction: isInTransaction))
        }
        guard let last else {
            throw .failed(
                PostgreSQLError(kind: .unexpectedReply, message: "the server sent no result"))
        }
        return Rows(result: last)
    }

    /// The next result, with a failure that the connection understands.
    mutating func next() throws(StatementFailure) -> OpaquePointer? {
        do { return try nextResult() } catch { throw .noAnswer }
    }

    /// Throws if libpq could not send.
    func checkSent(_ sent: Int32) throws(StatementFailure) {
        guard sent != 1 else { return }
        let lost = PQstatus(handle) == CONNECTION_BAD
        throw .failed(
            PostgreSQLError(
                kind: lost ? .connection : .unexpectedReply,
                message: onOneLine(PQerrorMessage(handle)), isConnectionLost: lost,
                outcomeUnknown: false))
    }

    /// Reads and forgets what a COPY sends.
    private mutating func discardCopy() throws(StatementFailure) {
        while try copyChunk({ _ in }) {}
    }

    /// Hands on one row of a COPY to the client; false after the last.
    mutating func copyChunk(
        _ receive: (UnsafeRawBufferPointer) -> Void
    ) throws(StatementFailure) -> Bool {
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(handle, &buffer, 1)
            if length > 0 {
                receive(UnsafeRawBufferPointer(start: buffer, count: Int(length)))
                PQfreemem(buffer)
                return true
            }
            guard length == 0 else { return false }
            do { try waitForServer() } catch { throw .noAnswer }
            PQconsumeInput(handle)
        }
    }
}
