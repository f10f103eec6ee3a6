// Owns the one snapshot in which a catalog is read, and the count of the queries it takes.

import PostgreSQLClient
import Synchronization

/// A transaction with pinned settings in which the catalog does not move.
struct CatalogSnapshot: Sendable {
    private let connection: PostgreSQLConnection
    private let count = QueryCount()

    /// The server's version, for example 150020.
    var version: Int { connection.serverVersion }
    /// How many catalog queries have been run.
    var queries: Int { count.value }

    /// Runs `body` in a transaction of its own, or in the one that is open, whose settings are
    /// what they were when it returns.
    static func with<Value: Sendable>(
        _ connection: PostgreSQLConnection,
        _ body: (CatalogSnapshot) async throws -> Value
    ) async throws -> Value {
        let isOpen = await connection.transactionStatus == .inTransaction
        if isOpen {
            try await connection.execute("SAVEPOINT lockstep_inspection")
        } else {
            try await connection.begin(isolation: .repeatableRead, readOnly: true)
        }
        do {
            try await connection.pinSettings(isLocal: true)
            let value = try await body(CatalogSnapshot(connection: connection))
            try await end(connection, isOpen: isOpen)
            return value
        } catch {
            // What ended the inspection is what the caller has to know.
            try? await end(connection, isOpen: isOpen)
            throw error
        }
    }

    private init(connection: PostgreSQLConnection) { self.connection = connection }

    private static func end(
        _ connection: PostgreSQLConnection, isOpen: Bool
    ) async throws(PostgreSQLError) {
        guard isOpen else { return try await connection.rollback() }
        try await connection.execute(
            """
            ROLLBACK TO SAVEPOINT lockstep_inspection; RELEASE SAVEPOINT lockstep_inspection
            """, ignoresCancellation: true)
    }

    /// Runs one catalog query.
    func rows(_ sql: String, _ parameters: [String?] = []) async throws -> Rows {
        count.increment()
        return try await connection.query(sql, parameters)
    }
}

extension CatalogSnapshot {
    /// Runs catalog queries one after the other.
    func answers(to questions: [CatalogQuestion]) async throws -> CatalogAnswers {
        var answers: [Rows] = []
        for question in questions {
            answers.append(try await rows(question.text, question.parameters))
        }
        return CatalogAnswers(answers)
    }
}

/// Results in the order of the questions.
struct CatalogAnswers: Sendable {
    private var rest: ArraySlice<Rows>

    init(_ rows: [Rows]) { rest = rows[...] }

    /// The next one. It is a programming error to take more than was asked for.
    mutating func next() -> Rows { rest.removeFirst() }
}

private final class QueryCount: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .relaxed) }
    func increment() { number.add(1, ordering: .relaxed) }
}
