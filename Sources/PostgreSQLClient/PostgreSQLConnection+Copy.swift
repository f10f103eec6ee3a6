// Owns COPY from and to the client.

import CPostgreSQL

extension PostgreSQLConnection {
    /// Sends rows by `COPY … FROM STDIN`.
    ///
    /// - Parameters:
    ///   - sql: The COPY statement.
    ///   - lines: Rows in the format that the statement names; a missing line end is added.
    /// - Returns: How many rows the server took. After an error it took none.
    @discardableResult
    public func copyIn(
        _ sql: String, _ lines: some Sequence<String>, timeout: Duration? = nil
    ) async throws(PostgreSQLError) -> Int {
        try Self.refuseZeroBytes(in: [sql])
        let isInTransaction = isInManagedTransaction
        return try await run(timeout: timeout, ignoresCancellation: false) {
            (statement) throws(StatementFailure) in
            try statement.startCopy(sql, PGRES_COPY_IN, isInTransaction: isInTransaction)
            for var line in lines {
                if line.utf8.last != UInt8(ascii: "\n") { line += "\n" }
                let sent = line.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        PQputCopyData(statement.handle, $0.baseAddress, Int32($0.count))
                    }
                }
                // The results tell why it failed.
                guard sent == 1, !Task.isCancelled else { break }
            }
            PQputCopyEnd(statement.handle, Task.isCancelled ? "the task was cancelled" : nil)
            do throws(StatementFailure) {
                return try statement.lastRows(sent: 1, isInTransaction: isInTransaction)
                    .affectedRows
            } catch {
                throw Task.isCancelled ? error.asCancelledCopy : error
            }
        }
    }

    /// Receives rows by `COPY … TO STDOUT`, one after the other, on the connection's thread.
    ///
    /// - Parameters:
    ///   - sql: The COPY statement.
    ///   - receive: Called with each row, with its line end in the text formats.
    public func copyOut(
        _ sql: String, timeout: Duration? = nil,
        _ receive: @Sendable (UnsafeRawBufferPointer) -> Void
    ) async throws(PostgreSQLError) {
        try Self.refuseZeroBytes(in: [sql])
        let isInTransaction = isInManagedTransaction
        try await run(timeout: timeout, ignoresCancellation: false) {
            (statement) throws(StatementFailure) in
            try statement.startCopy(sql, PGRES_COPY_OUT, isInTransaction: isInTransaction)
            while try statement.copyChunk(receive) {}
            _ = try statement.lastRows(sent: 1, isInTransaction: isInTransaction)
        }
    }
}

extension StatementRun {
    /// Sends a COPY and reads up to its start.
    mutating func startCopy(
        _ sql: String, _ wanted: ExecStatusType, isInTransaction: Bool
    ) throws(StatementFailure) {
        try checkSent(PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0))
        guard let first = try next() else {
            throw .failed(
                PostgreSQLError(kind: .unexpectedReply, message: "the server sent no result"))
        }
        defer { PQclear(first) }
        let status = PQresultStatus(first)
        guard status != wanted else { return }
        if status == PGRES_COPY_IN {
            PQputCopyEnd(handle, "rows are received here, not sent")
        } else if status == PGRES_COPY_OUT {
            while try copyChunk({ _ in }) {}
        }
        while let rest = try next() { PQclear(rest) }
        guard status != PGRES_FATAL_ERROR else {
            throw .failed(
                PostgreSQLError(result: first, on: handle, isInTransaction: isInTransaction))
        }
        throw .failed(
            PostgreSQLError(
                kind: .unexpectedReply, message: "the statement is no COPY of this direction",
                hint: "copyIn takes COPY … FROM STDIN, copyOut takes COPY … TO STDOUT."))
    }
}

extension StatementFailure {
    /// The server reports our end of a COPY as 57014 in words of ours.
    fileprivate var asCancelledCopy: StatementFailure {
        guard case .failed(var error) = self, error.sqlstate == .queryCanceled else {
            return self
        }
        error.kind = .cancelled
        return .failed(error)
    }
}
