import PostgreSQLClient
import TestSupport
import Testing

/// What is said when the server goes away.
@Suite struct LossTests {
    @Test(.timeLimit(.minutes(1)))
    func aServerKilledInMidStatementIsALossOfUnknownOutcome() async throws {
        let private_ = try await PrivatePostgreSQL.start()
        let server = private_.server
        let connection = try await PostgreSQLConnection.connect(server.settings())
        try await connection.execute("CREATE TABLE t (n int)")
        let managed = try await PostgreSQLConnection.connect(server.settings())
        let waiting = Task { try await connection.query("SELECT pg_sleep(60)") }
        let inTransaction = Task {
            try await managed.transaction { try await $0.query("SELECT pg_sleep(60)") }
        }
        try await Task.sleep(for: .milliseconds(100))
        await private_.kill9()

        let error = await #expect(throws: PostgreSQLError.self) { try await waiting.value }
        #expect(error?.kind == .connection)
        #expect(error?.isConnectionLost == true)
        #expect(error?.outcomeUnknown == true)
        #expect(error?.isTransient == true)
        #expect(await !connection.isUsable)
        // No COMMIT was sent, so nothing can have taken effect.
        let rolledBack = await #expect(throws: PostgreSQLError.self) {
            try await inTransaction.value
        }
        #expect(rolledBack?.isConnectionLost == true)
        #expect(rolledBack?.outcomeUnknown == false)

        try await private_.restart()
        let again = try await PostgreSQLConnection.connect(server.settings())
        #expect(try await again.query("SELECT count(*) FROM t")[0].int(0) == 0)
        await private_.stop()
        #expect(server.processID == nil)
    }

    @Test func aTerminatedSessionKnowsWhy() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let (victim, other) = (try await database.connect(), try await database.connect())
            let waiting = Task { try await victim.query("SELECT pg_sleep(60)") }
            var stopped = false
            while !stopped {
                stopped = try await other.query(
                    """
                    SELECT coalesce((SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE pid = $1 AND wait_event = 'PgSleep'), false)
                    """, ["\(victim.backendPID)"])[0].bool(0)
            }
            let error = await #expect(throws: PostgreSQLError.self) { try await waiting.value }
            #expect(error?.sqlstate == .adminShutdown)
            #expect(error?.kind == .connection)
            #expect(error?.isConnectionLost == true)
            #expect(error?.outcomeUnknown == true)
        }
    }

    @Test func aSessionThatDiedWhileIdleDidNothing() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let (victim, other) = (try await database.connect(), try await database.connect())
            try await other.query("SELECT pg_terminate_backend($1::int, 5000)", ["\(victim.backendPID)"])
            let error = try await failure { try await victim.query("SELECT 1") }
            #expect(error.isConnectionLost)
            #expect(await !victim.isUsable)
        }
    }

    /// A deferred constraint fires inside COMMIT, so the session can be killed in the midst of it.
    @Test(.timeLimit(.minutes(1)))
    func aConnectionLostInCommitSaysSo() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let (victim, other) = (try await database.connect(), try await database.connect())
            try await victim.execute(
                """
                CREATE TABLE t (n int);
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION slow()
                """)
            let waiting = Task {
                try await victim.transaction { _ = try await $0.query("INSERT INTO t VALUES (1)") }
            }
            var stopped = false
            while !stopped {
                stopped = try await other.query(
                    """
                    SELECT coalesce((SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE pid = $1 AND wait_event = 'PgSleep' AND query = 'COMMIT'), false)
                    """, ["\(victim.backendPID)"])[0].bool(0)
            }
            let error = await #expect(throws: PostgreSQLError.self) { try await waiting.value }
            #expect(error?.isConnectionLost == true)
            #expect(error?.outcomeUnknown == true)
            #expect("\(String(describing: error))".contains("not known"))
        }
    }
}
