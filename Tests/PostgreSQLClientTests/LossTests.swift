import Glibc
import PostgreSQLClient
import TestSupport
import Testing

/// What is said when the server goes away.
@Suite struct LossTests {
    @Test(.timeLimit(.minutes(1)))
    func aServerKilledInMidStatementIsALossOfUnknownOutcome() async throws {
        let mine = try await PrivatePostgreSQL.start()
        let server = mine.server
        let connection = try await PostgreSQLConnection.connect(server.settings())
        try await connection.execute("CREATE TABLE t (n int)")
        let managed = try await PostgreSQLConnection.connect(server.settings())
        let waiting = Task { try await connection.query("SELECT pg_sleep(60)") }
        let inTransaction = Task {
            try await managed.transaction { try await $0.query("SELECT pg_sleep(60)") }
        }
        try await Task.sleep(for: .milliseconds(100))
        await mine.kill9()

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

        try await mine.restart()
        let again = try await PostgreSQLConnection.connect(server.settings())
        #expect(try await again.query("SELECT count(*) FROM t")[0].int(0) == 0)
        await mine.stop()
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
            try await other.query(
                "SELECT pg_terminate_backend($1::int, 5000)", ["\(victim.backendPID)"])
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

    /// A stopped process is there but never answers, like a server that hangs.
    @Test(.timeLimit(.minutes(1)))
    func aServerThatNeverAnswersIsGivenUp() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            var settings = database.settings
            settings.cancelPatience = .milliseconds(200)
            let connection = try await PostgreSQLConnection.connect(settings)
            kill(connection.backendPID, SIGSTOP)
            defer { kill(connection.backendPID, SIGCONT) }
            let error = try await failure {
                try await connection.query("SELECT 1", timeout: .milliseconds(50))
            }
            #expect(error.kind == .timedOut)
            #expect(error.isConnectionLost && error.outcomeUnknown)
            #expect(await !connection.isUsable)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func connectingToASilentPortEnds() async throws {
        let silent = try SilentPort()
        var settings = try ConnectionSettings(
            "host=127.0.0.1 port=\(silent.port) dbname=x user=y sslmode=disable")
        settings.connectTimeout = 1
        let late = try await failure { [settings] in
            _ = try await PostgreSQLConnection.connect(settings)
        }
        #expect(late.kind == .connection)
        #expect(late.message.contains("no answer within 1 s"))

        settings.connectTimeout = 600
        let task = Task { [settings] in try await PostgreSQLConnection.connect(settings) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        let cancelled = await #expect(throws: PostgreSQLError.self) { try await task.value }
        #expect(cancelled?.kind == .cancelled)
    }
}

/// A port of this machine that takes connections and says nothing.
private final class SilentPort {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        try #require(bound)
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
