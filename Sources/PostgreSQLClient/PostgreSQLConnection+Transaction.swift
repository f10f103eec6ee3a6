// Owns transactions. Invariant: a commit whose answer is missing is reported as such, and a
// transaction that the server rolled back is never reported as committed.

/// How much a transaction sees of others.
public enum TransactionIsolation: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it.
    case readCommitted = "READ COMMITTED"
    /// All statements see one snapshot.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other.
    case serializable = "SERIALIZABLE"
}

extension PostgreSQLConnection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Transactions do not nest. If the connection is lost while COMMIT is under way, the error
    /// says `outcomeUnknown`; when `body` throws, its error is the one that is thrown.
    public nonisolated(nonsending) func transaction<Value>(
        isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false,
        _ body: nonisolated(nonsending) (PostgreSQLConnection) async throws -> Value
    ) async throws -> Value {
        try await begin(isolation: isolation, readOnly: readOnly)
        let value: Value
        do {
            value = try await body(self)
        } catch {
            // If this fails too, the connection is lost, and the server rolls back by itself.
            try? await rollback()
            throw error
        }
        try await commit()
        return value
    }

    /// Begins a transaction that `commit` or `rollback` ends.
    public func begin(
        isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false
    ) async throws(PostgreSQLError) {
        guard !isInManagedTransaction, transactionStatus != .inTransaction,
            transactionStatus != .failed
        else {
            throw PostgreSQLError(
                kind: .configuration, sqlstate: .activeTransaction,
                message: "a transaction is open on this connection already")
        }
        let mode = readOnly ? "READ ONLY" : "READ WRITE"
        try await execute("BEGIN ISOLATION LEVEL \(isolation.rawValue) \(mode)")
        isInManagedTransaction = true
    }

    /// Commits. A failed transaction, which the server rolls back instead, is an error.
    ///
    /// Once sent it is not cancelled: half a second later nobody could say what became of it.
    public func commit() async throws(PostgreSQLError) {
        isInManagedTransaction = false
        guard !Task.isCancelled else {
            try? await rollback()
            throw PostgreSQLError(
                kind: .cancelled, message: "the task was cancelled; the transaction is rolled back")
        }
        let tag = try await execute("COMMIT", ignoresCancellation: true).commandTag
        guard tag == "COMMIT" else {
            throw PostgreSQLError(
                kind: .server, sqlstate: .inFailedTransaction,
                message: "a statement of the transaction had failed, so the server rolled it back")
        }
    }

    /// Rolls back, also when the task is cancelled.
    public func rollback() async throws(PostgreSQLError) {
        isInManagedTransaction = false
        guard transactionStatus != .idle else { return }
        do {
            try await execute("ROLLBACK", timeout: .seconds(30), ignoresCancellation: true)
        } catch {
            // What is not committed and cannot be rolled back must not stay open.
            close()
            var failure = error
            failure.outcomeUnknown = false
            throw failure
        }
    }
}
