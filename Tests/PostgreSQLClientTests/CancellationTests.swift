import PostgreSQLClient
import TestSupport
import Testing

/// Cancelling hits the statement that runs and no other, and waiting blocks nobody.
@Suite struct CancellationTests {
    @Test(.timeLimit(.minutes(1)))
    func cancelsUnderStressAndHitsNoOtherStatement() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            var (cancelled, finished) = (0, 0)
            for round in 0..<300 {
                // Every other one lasts until it is cancelled; the rest end at about that time.
                let seconds = round % 2 == 0 ? "60" : "0.002"
                let task = Task { try await connection.query("SELECT pg_sleep(\(seconds))") }
                if round % 10 > 0 { try await Task.sleep(for: .microseconds(round % 10 * 300)) }
                task.cancel()
                switch await task.result {
                case .success: finished += 1
                case .failure(let error as PostgreSQLError):
                    #expect(error.kind == .cancelled)
                    cancelled += 1
                case .failure(let error): Issue.record(error)
                }
                for _ in 0..<3 { try await connection.query("SELECT 1") }
            }
            #expect(cancelled >= 150)
            #expect(finished + cancelled == 300)
            #expect(await connection.isUsable)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aStreamOfRowsIsCancelled() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let task = Task {
                try await connection.copyOut(
                    "COPY (SELECT generate_series(1, 10000000000)) TO STDOUT"
                ) { _ in }
            }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            let error = await #expect(throws: PostgreSQLError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(try await connection.query("SELECT 1")[0].int(0) == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func timeoutsCancelOnTheServer() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let error = try await failure {
                try await connection.query("SELECT pg_sleep(60)", timeout: .milliseconds(30))
            }
            #expect(error.kind == .timedOut)
            #expect(error.sqlstate == .queryCanceled)
            #expect(!error.isConnectionLost && error.isTransient)
            #expect(try await connection.query("SELECT 1", timeout: .seconds(30)).count == 1)
        }
    }

    @Test func aCancelledTaskSendsNothingExceptForCleaningUp() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let task = Task { () -> Bool in
                while !Task.isCancelled { await Task.yield() }
                let error = try await failure { try await connection.query("CREATE TABLE t ()") }
                #expect(error.kind == .cancelled)
                return try await connection.query(
                    "SELECT to_regclass('t') IS NULL", ignoresCancellation: true)[0].bool(0)
            }
            task.cancel()
            #expect(try await task.value)
        }
    }

    /// The pool is as wide as the machine has cores, so blocked calls on it would stop the ticks.
    @Test(.timeLimit(.minutes(1)))
    func manyWaitingConnectionsBlockNoOtherTask() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let clock = ContinuousClock()
            let begin = clock.now
            let ticks = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        let connection = try await database.connect()
                        try await connection.query("SELECT pg_sleep(1)")
                        return 0
                    }
                }
                group.addTask {
                    var ticks = 0
                    while clock.now - begin < .seconds(1) {
                        try await Task.sleep(for: .milliseconds(5))
                        ticks += 1
                    }
                    return ticks
                }
                return try await group.reduce(0, +)
            }
            #expect(ticks > 20)
            #expect(clock.now - begin < .seconds(15))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func readsManyRows() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let columns = (1...15).map { $0 == 7 ? "NULL::text" : "'value ' || n + \($0)" }
            let sql = "SELECT \(columns.joined(separator: ", ")) FROM generate_series(1, 100000) n"
            let rows = try await connection.query(sql)
            var total = 0
            for row in rows {
                for column in 0..<row.count { total += row[column]?.utf8.count ?? 0 }
            }
            #expect(rows.count == 100_000)
            #expect(rows[99_999][0] == "value 100001")
            #expect(rows[50_000].isNull(6))
            #expect(total > 14 * 100_000 * 7)
        }
    }
}
