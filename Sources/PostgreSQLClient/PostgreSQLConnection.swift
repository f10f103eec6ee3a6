// Owns one connection. Invariants: every libpq call is made on the connection's own thread; one
// statement runs at a time; after a loss the handle is never used for another statement.

import CPostgreSQL

/// A connection to a PostgreSQL server.
///
/// All calls are made on a thread that belongs to the connection, so waiting for the server takes
/// nothing from the tasks of the process. Cancelling a task cancels its statement on the server.
/// A connection belongs to one task at a time: statements of two tasks would share transactions.
public actor PostgreSQLConnection {
    /// `host:port/database as user`: for messages; without a password.
    public nonisolated let description: String
    /// The server's version as it numbers them: 150020 for 15.20.
    public nonisolated let serverVersion: Int
    /// The process that serves this connection, as `pg_stat_activity` and
    /// `pg_blocking_pids` show it.
    public nonisolated let backendPID: Int32

    private nonisolated let thread: BlockingThread
    private let notices: NoticeSink
    private let interrupt: Interrupt
    private let cancelPatience: Duration
    private var handle: OpaquePointer?
    private var generation = Connecting.generation
    /// Whether `begin` opened the transaction that is open: then no statement but ours commits.
    var isInManagedTransaction = false

    /// The executor of the connection's thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    /// The server's major version: 15 for 15.20.
    public nonisolated var serverMajor: Int { serverVersion / 10000 }

    /// Connects.
    ///
    /// Errors carry the server's SQLSTATE, so a missing database (3D000) is told from a server that
    /// is not up yet (57P03) or not there at all (no SQLSTATE).
    /// - Parameter onNotice: Called on the connection's thread with every notice, in order.
    public static func connect(
        _ settings: ConnectionSettings, onNotice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) async throws(PostgreSQLError) -> PostgreSQLConnection {
        guard !Task.isCancelled else { throw cancelledBeforeStart }
        let thread = BlockingThread()
        let interrupt = try Interrupt()
        try thread.start()
        let sink = NoticeSink(onNotice)
        let opened = await withTaskCancellationHandler {
            await thread.perform { Connecting(settings, interrupt).open(sink) }
        } onCancel: {
            interrupt.request(Connecting.generation)
        }
        do throws(PostgreSQLError) {
            let handle = try opened.get()
            let connection = PostgreSQLConnection(
                handle, thread, interrupt, sink, settings.cancelPatience)
            guard !Task.isCancelled else {
                await connection.close()
                throw cancelledBeforeStart
            }
            return connection
        } catch {
            thread.retire()
            throw error
        }
    }

    private init(
        _ opened: OpenedHandle, _ thread: BlockingThread, _ interrupt: Interrupt,
        _ notices: NoticeSink, _ cancelPatience: Duration
    ) {
        self.cancelPatience = cancelPatience
        self.thread = thread
        self.interrupt = interrupt
        self.notices = notices
        handle = opened.handle
        description = opened.description
        serverVersion = opened.serverVersion
        backendPID = opened.backendPID
    }

    isolated deinit {
        if let handle { PQfinish(handle) }
        thread.retire()
    }

    /// Ends the connection and its thread. An open transaction is rolled back by the server.
    /// Closing twice does nothing.
    public func close() {
        if let handle { PQfinish(handle) }
        handle = nil
        isInManagedTransaction = false
        thread.retire()
    }

    /// Whether another statement can be tried on this connection.
    public var isUsable: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

    /// Where the session stands.
    public var transactionStatus: TransactionStatus {
        guard let handle else { return .unknown }
        return switch PQtransactionStatus(handle) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_INTRANS: .inTransaction
        case PQTRANS_INERROR: .failed
        default: .unknown
        }
    }

    /// Sends a statement and receives its results, with everything that can end it.
    ///
    /// `body` runs without suspension on the connection's thread.
    func run<Value>(
        timeout: Duration?, ignoresCancellation: Bool,
        _ body: (inout StatementRun) throws(StatementFailure) -> Value
    ) async throws(PostgreSQLError) -> Value {
        guard let handle else {
            throw PostgreSQLError(
                kind: .closed, message: "the connection to \(description) is closed",
                isConnectionLost: true)
        }
        guard ignoresCancellation || !Task.isCancelled else {
            throw Self.cancelledBeforeStart
        }
        generation += 1
        let current = generation
        let interrupt = interrupt
        var statement = StatementRun(
            handle: handle, interrupt: interrupt, generation: current, timeout: timeout,
            patience: cancelPatience)
        let outcome: Result<Value, StatementFailure>
        if ignoresCancellation {
            outcome = outcomeOf(body, &statement)
        } else {
            // A closure that does not use `self` would run anywhere, not on this thread.
            outcome = await withTaskCancellationHandler {
                self.outcomeOf(body, &statement)
            } onCancel: {
                interrupt.request(current)
            }
        }
        switch outcome {
        case .success(let value): return value
        case .failure(let failure): throw error(failure, statement)
        }
    }

    private func outcomeOf<Value>(
        _ body: (inout StatementRun) throws(StatementFailure) -> Value,
        _ statement: inout StatementRun
    ) -> Result<Value, StatementFailure> {
        preconditionIsolated("a statement left the thread of its connection")
        return Result { () throws(StatementFailure) in try body(&statement) }
    }

    private func error(
        _ failure: StatementFailure, _ statement: StatementRun
    ) -> PostgreSQLError {
        switch failure {
        case .noAnswer:
            close()
            return PostgreSQLError(
                kind: statement.stop == .cancelled ? .cancelled : .timedOut,
                message: "the server at \(description) did not answer, also not to the request "
                    + "to cancel; the connection was given up",
                isConnectionLost: true, outcomeUnknown: !isInManagedTransaction)
        case .failed(var error):
            guard error.sqlstate == .queryCanceled, let stop = statement.stop else {
                return error
            }
            switch stop {
            case .cancelled:
                error.kind = .cancelled
                error.message = "the statement was cancelled"
            case .timedOut:
                error.kind = .timedOut
                error.message = "the statement took longer than it was given"
            }
            return error
        }
    }

    private static var cancelledBeforeStart: PostgreSQLError {
        PostgreSQLError(
            kind: .cancelled, message: "the task was cancelled before anything was sent")
    }
}

/// Where a session stands between statements.
public enum TransactionStatus: String, Sendable, Hashable, CaseIterable {
    /// No transaction is open.
    case idle
    /// A transaction is open.
    case inTransaction
    /// A transaction is open, a statement of it failed, and only a rollback is possible.
    case failed
    /// The connection is closed or lost.
    case unknown
}

/// Why a statement ended without a value.
enum StatementFailure: Error {
    case failed(PostgreSQLError)
    case noAnswer
}
