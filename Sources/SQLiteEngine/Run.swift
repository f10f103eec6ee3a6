// Owns how one action is run and what became of it. Invariant: everything that an action does is in
// the transaction that its record is in, so it is kept with it or not at all.

public import Planning
internal import SQLiteClient
internal import SchemaCore

extension SQLiteSession {
    /// The name of the one column of a check.
    static let problem: SQL = "lockstep_problem"

    /// Runs an action in the open transaction.
    ///
    /// A statement whose one column is named for it is a check: each row is a complaint, and the
    /// action fails. Other rows mean nothing: what an author wrote may give some.
    public func run(_ action: Action, limits: ExecutionLimits) async throws {
        switch action {
        case .statements(let statements):
            try await withLimits(limits) { timeout in
                for statement in statements { try await run(statement, timeout) }
            }
        case .concurrentBuild, .concurrentDrop, .concurrentDetach:
            throw EngineError(.unsupported, "SQLite builds and drops indexes in a transaction")
        }
    }

    private func run(_ statement: Statement, _ timeout: Duration?) async throws {
        // What an author wrote may be several statements.
        let rows = try await runScript(statement.text, timeout: timeout)
            .filter { $0.columns == [Self.problem.text(.sqlite)] }.flatMap { Array($0) }
        guard let first = rows.first else { return }
        let words = first.values.map { value in
            switch value {
            case .null: "NULL"
            case .integer(let number): String(number)
            case .real(let number): String(number)
            case .text(let text): text
            case .blob: "a blob"
            }
        }.joined(separator: " ")
        throw EngineError(
            .refused,
            "a check of the step found \(rows.count) problem\(rows.count == 1 ? "" : "s"); "
                + "the first is: \(words)", statement: statement.text)
    }

    /// Reads what became of an action that may have been cut off: nothing but a committed
    /// transaction is ever seen, and its record with it.
    public func outcome(of action: Action) -> Outcome {
        switch action {
        case .statements, .concurrentBuild, .concurrentDrop, .concurrentDetach: .notStarted
        }
    }

    /// Runs what removes a part that was left, outside a transaction.
    public func repair(_ statements: [Statement], limits: ExecutionLimits) async throws {
        try await withLimits(limits) { timeout in
            for statement in statements { try await query(statement.text, timeout: timeout) }
        }
    }

    /// Who locks the file: SQLite locks whole databases, so what a step touches does not matter.
    public func blockers() -> [LockHolder] { FileLockHolders.holders(of: summary) }

    private func withLimits(
        _ limits: ExecutionLimits, _ body: (Duration?) async throws -> Void
    ) async throws {
        connection.setBusyTimeout(.milliseconds(limits.lockTimeout))
        defer { connection.setBusyTimeout(.milliseconds(Self.lockTimeout)) }
        let timeout = limits.statementTimeout
        try await body(timeout == 0 ? nil : .milliseconds(timeout))
    }
}
