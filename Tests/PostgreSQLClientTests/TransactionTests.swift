import PostgreSQLClient
import TestSupport
import Testing

/// Transactions end as they say.
@Suite struct TransactionTests {
    private struct Stop: Error {}

    @Test func commitsAndRollsBack() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute("CREATE TABLE t (n int)")
            let tag = try await connection.transaction { connection in
                #expect(await connection.transactionStatus == .inTransaction)
                return try await connection.query("INSERT INTO t VALUES (1), (2)").commandTag
            }
            #expect(tag == "INSERT 0 2")
            await #expect(throws: Stop.self) {
                try await connection.transaction { connection in
                    try await connection.query("DELETE FROM t")
                    throw Stop()
                }
            }
            #expect(await connection.transactionStatus == .idle)
            #expect(try await connection.query("SELECT count(*) FROM t")[0].int(0) == 2)
        }
    }

    @Test func aSwallowedFailureDoesNotLookCommitted() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let error = await #expect(throws: PostgreSQLError.self) {
                try await connection.transaction { connection in
                    try await connection.query("CREATE TABLE t ()")
                    _ = try? await connection.query("SELECT 1 / 0")
                    #expect(await connection.transactionStatus == .failed)
                }
            }
            #expect(error?.sqlstate == .inFailedTransaction)
            #expect(try await connection.query("SELECT to_regclass('t')")[0][0] == nil)
        }
    }

    @Test func isolationAndReadOnlyReachTheServer() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let level = try await connection.transaction(
                isolation: .repeatableRead, readOnly: true
            ) {
                let row = try await $0.query(
                    "SELECT current_setting('transaction_isolation'), "
                        + "current_setting('transaction_read_only')")[0]
                return [row[0], row[1]]
            }
            #expect(level == ["repeatable read", "on"])
        }
    }

    @Test func transactionsDoNotNest() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.begin()
            let error = try await failure { try await connection.begin() }
            #expect(error.sqlstate == .activeTransaction)
            try await connection.rollback()
            try await connection.rollback()
            #expect(await connection.transactionStatus == .idle)
        }
    }

    @Test func aCancelledTaskRollsBack() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let task = Task {
                try await connection.transaction { connection in
                    try await connection.query("CREATE TABLE t ()")
                    try await connection.query("SELECT pg_sleep(60)")
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            let error = await #expect(throws: PostgreSQLError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(await connection.transactionStatus == .idle)
            #expect(try await connection.query("SELECT to_regclass('t')")[0][0] == nil)
        }
    }
}
