// Owns the running of statements. Invariant: a text is exactly one statement, or it is run as a
// script by name; whatever ends a statement early, it is reset and gone.

internal import CSQLite

extension SQLiteConnection {
    /// Runs one statement and gives its rows.
    ///
    /// - Parameters:
    ///   - sql: Exactly one statement; parameters are `?1`, `?2`, …
    ///   - parameters: Their values.
    ///   - timeout: After this time the statement is interrupted; the error's kind is `timedOut`.
    ///   - ignoresCancellation: Whether it runs although the task is cancelled: for cleaning up.
    @discardableResult
    public func query(
        _ sql: String, _ parameters: [SQLiteValue] = [], timeout: Duration? = nil,
        ignoresCancellation: Bool = false
    ) async throws(SQLiteError) -> SQLiteRows {
        try await interruptible(timeout: timeout, ignoresCancellation: ignoresCancellation) {
            (handle) throws(SQLiteError) in
            let statement = try self.prepareOne(sql, in: handle)
            defer { sqlite3_finalize(statement) }
            try self.bind(parameters, to: statement)
            return try self.rows(of: statement, in: handle, sql)
        }
    }

    /// Runs one statement with parameters once for each set of values.
    public func run(
        _ sql: String, forEach sets: [[SQLiteValue]], timeout: Duration? = nil
    ) async throws(SQLiteError) {
        try await interruptible(timeout: timeout, ignoresCancellation: false) {
            (handle) throws(SQLiteError) in
            let statement = try self.prepareOne(sql, in: handle)
            defer { sqlite3_finalize(statement) }
            for values in sets {
                try self.bind(values, to: statement)
                _ = try self.rows(of: statement, in: handle, sql)
                sqlite3_reset(statement)
            }
        }
    }

    /// Runs statements one after the other, up to the first that fails. What the earlier ones did
    /// stays, unless a transaction is open and rolled back.
    ///
    /// - Returns: what each gave, in order.
    @discardableResult
    public func runScript(
        _ sql: String, timeout: Duration? = nil
    ) async throws(SQLiteError) -> [SQLiteRows] {
        try await interruptible(timeout: timeout, ignoresCancellation: false) {
            (handle) throws(SQLiteError) in
            var answers: [SQLiteRows] = []
            var rest = try Self.terminated(sql)[...]
            while let (statement, used) = try self.prepare(rest, in: handle) {
                defer { sqlite3_finalize(statement) }
                let text = String(decoding: rest.prefix(used), as: UTF8.self)
                answers.append(try self.rows(of: statement, in: handle, text))
                rest = rest.dropFirst(used)
            }
            return answers
        }
    }

    /// Prepares a statement without running it, and gives the names of the columns of its result.
    @discardableResult
    public func check(_ sql: String) async throws(SQLiteError) -> [String] {
        try await interruptible(timeout: nil, ignoresCancellation: false) {
            (handle) throws(SQLiteError) in
            let statement = try self.prepareOne(sql, in: handle)
            defer { sqlite3_finalize(statement) }
            return Self.columns(of: statement)
        }
    }

    /// Whether a statement would change the database; not so for what is no statement at all.
    public func changesData(_ sql: String) async throws(SQLiteError) -> Bool {
        try await interruptible(timeout: nil, ignoresCancellation: false) {
            (handle) throws(SQLiteError) in
            guard let statement = try? self.prepareOne(sql, in: handle) else { return false }
            defer { sqlite3_finalize(statement) }
            return sqlite3_stmt_readonly(statement) == 0
        }
    }

    /// Runs a body that calls SQLite, with everything that can end it early.
    func interruptible<Value: Sendable>(
        timeout: Duration?, ignoresCancellation: Bool,
        _ body: (OpaquePointer) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        guard let handle else { throw closed }
        guard ignoresCancellation || !Task.isCancelled else {
            throw SQLiteError(.cancelled, "the task was cancelled before anything was done")
        }
        let generation = interrupt.begin(timeout: timeout)
        let outcome: Result<Value, SQLiteError>
        if ignoresCancellation {
            outcome = outcomeOf(body, handle)
        } else {
            let interrupt = interrupt
            // A closure that does not use `self` would run anywhere, not on this queue.
            outcome = await withTaskCancellationHandler {
                self.outcomeOf(body, handle)
            } onCancel: {
                interrupt.request(generation)
            }
        }
        let stop = interrupt.end()
        switch outcome {
        case .success(let value): return value
        case .failure(var error):
            guard let stop, [.interrupted, .busy].contains(error.code?.primary) else { throw error }
            switch stop {
            case .cancelled:
                error = SQLiteError(.cancelled, "the statement was cancelled", code: error.code)
            case .timedOut:
                error = SQLiteError(
                    .timedOut, "the statement took longer than it was given", code: error.code)
            }
            throw error
        }
    }

    private func outcomeOf<Value>(
        _ body: (OpaquePointer) throws(SQLiteError) -> Value, _ handle: OpaquePointer
    ) -> Result<Value, SQLiteError> {
        preconditionIsolated("a statement left the queue of its connection")
        return Result { () throws(SQLiteError) in try body(handle) }
    }

    /// Prepares a text that has to be exactly one statement.
    func prepareOne(
        _ sql: String, in handle: OpaquePointer
    ) throws(SQLiteError) -> OpaquePointer {
        let bytes = try Self.terminated(sql)
        guard let (statement, used) = try prepare(bytes[...], in: handle) else {
            throw SQLiteError(.usage, "the text holds no statement")
        }
        do throws(SQLiteError) {
            guard let (second, _) = try prepare(bytes[used...], in: handle) else {
                return statement
            }
            sqlite3_finalize(second)
        } catch {
            // Whatever stands there, it is no comment.
        }
        sqlite3_finalize(statement)
        throw SQLiteError(
            .usage, "the text holds more than one statement",
            position: String(decoding: bytes[..<used], as: UTF8.self).unicodeScalars.count + 1)
    }

    /// A text as SQLite takes it without a copy: with a zero at the end, and only there.
    private static func terminated(_ sql: String) throws(SQLiteError) -> [UInt8] {
        let bytes = Array(sql.utf8)
        guard !bytes.contains(0) else {
            throw SQLiteError(.usage, "a statement may not hold a zero byte")
        }
        return bytes + [0]
    }

    /// The first statement of a text and how many bytes it took; nil where only comments are left.
    private func prepare(
        _ bytes: ArraySlice<UInt8>, in handle: OpaquePointer
    ) throws(SQLiteError) -> (statement: OpaquePointer, used: Int)? {
        var statement: OpaquePointer?
        var used = 0
        let code = bytes.withUnsafeBytes { raw -> Int32 in
            let start = raw.assumingMemoryBound(to: CChar.self).baseAddress
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(
                handle, start, -1, 0, &statement, &tail)
            if let start, let tail { used = tail - start }
            return code
        }
        guard code == SQLITE_OK else {
            throw failure(code, sql: String(decoding: bytes.dropLast(), as: UTF8.self))
        }
        return statement.map { ($0, used) }
    }

    private func bind(
        _ parameters: [SQLiteValue], to statement: OpaquePointer
    ) throws(SQLiteError) {
        let wanted = Int(sqlite3_bind_parameter_count(statement))
        guard wanted == parameters.count else {
            throw SQLiteError(
                .usage, "the statement has \(wanted) parameters and got \(parameters.count)")
        }
        for (index, value) in parameters.enumerated() {
            let number = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, number)
                case .integer(let integer): sqlite3_bind_int64(statement, number, integer)
                case .real(let real): sqlite3_bind_double(statement, number, real)
                case .text(let text):
                    Array(text.utf8).withUnsafeBytes {
                        lockstep_sqlite_bind_text(
                            statement, number,
                            $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                            UInt64($0.count))
                    }
                case .blob(let bytes):
                    bytes.withUnsafeBytes {
                        lockstep_sqlite_bind_blob(
                            statement, number, $0.baseAddress, UInt64($0.count))
                    }
                }
            guard code == SQLITE_OK else { throw failure(code, sql: nil) }
        }
    }

    private func rows(
        of statement: OpaquePointer, in handle: OpaquePointer, _ sql: String
    ) throws(SQLiteError) -> SQLiteRows {
        let width = sqlite3_column_count(statement)
        let before = sqlite3_total_changes64(handle)
        var rows: [SQLiteRow] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { break }
            guard code == SQLITE_ROW else { throw failure(code, sql: sql) }
            rows.append(SQLiteRow((0..<width).map { Self.value(of: statement, column: $0) }))
        }
        let isChange = sqlite3_total_changes64(handle) != before
        return SQLiteRows(
            columns: Self.columns(of: statement), rows: rows,
            changes: isChange ? Int(sqlite3_changes64(handle)) : 0)
    }

    private static func columns(of statement: OpaquePointer) -> [String] {
        (0..<sqlite3_column_count(statement)).map {
            sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? ""
        }
    }

    private static func value(of statement: OpaquePointer, column: Int32) -> SQLiteValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(
                String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}
