// Owns transactions. Invariant: after a commit that failed it is known whether one is still open.

extension SQLiteConnection {
    /// When a transaction takes its lock (<https://sqlite.org/lang_transaction.html>).
    public enum TransactionStart: String, Sendable, CaseIterable {
        /// With its first statement; a reader that then writes may be refused.
        case deferred = "DEFERRED"
        /// At once the lock that only one writer has; readers go on.
        case immediate = "IMMEDIATE"
    }

    /// Begins a transaction that `commit` or `rollback` ends.
    public func begin(_ start: TransactionStart = .immediate) async throws(SQLiteError) {
        try await query("BEGIN \(start.rawValue)")
    }

    /// Commits. It waits for readers as long as the busy timeout says, and is not cancelled while
    /// it runs; when it fails, the transaction is rolled back.
    public func commit() async throws(SQLiteError) {
        guard !Task.isCancelled else {
            await rollback()
            throw SQLiteError(.cancelled, "the task was cancelled; the transaction is rolled back")
        }
        do throws(SQLiteError) {
            try await query("COMMIT", ignoresCancellation: true)
        } catch {
            await rollback()
            throw error
        }
    }

    /// Rolls back, also when the task is cancelled; quiet if no transaction is open.
    public func rollback() async {
        guard isInTransaction else { return }
        do throws(SQLiteError) {
            try await query("ROLLBACK", ignoresCancellation: true)
        } catch {
            // What is not committed and cannot be rolled back must not stay open.
            if isInTransaction { close() }
        }
    }
}
