import Planning
import PostgreSQLClient
import PostgreSQLEngine
import Testing
import TestSupport

@Suite struct LockTests {
    @Test func oneSessionHoldsItAndTheOtherIsTold() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let first = try await PostgreSQLSession.connect(database.url)
            let second = try await PostgreSQLSession.connect(database.url)
            let (held, wanted) = (PostgreSQLLock(first), PostgreSQLLock(second))
            #expect(try await held.isHeld() == false)
            #expect(try await held.acquire() == nil)
            #expect(try await held.isHeld())

            let holder = try #require(try await wanted.acquire())
            #expect(holder.summary.contains("process \(first.connection.backendPID)"))
            #expect(holder.summary.contains("application lockstep"))
            #expect(holder.summary.contains("since 20"))
            #expect(try await wanted.isHeld() == false)

            try await held.release()
            #expect(try await held.isHeld() == false)
            #expect(try await wanted.acquire() == nil)
            // It ends with its session.
            await second.close()
            try await eventually { try await held.acquire() == nil }
            await first.close()
        }
    }

    @Test func anotherDatabaseHasItsOwn() async throws {
        try await PrivatePostgreSQL.withDatabase { one in
            try await PrivatePostgreSQL.withDatabase { other in
                let first = try await PostgreSQLSession.connect(one.url)
                let second = try await PostgreSQLSession.connect(other.url)
                #expect(try await PostgreSQLLock(first).acquire() == nil)
                #expect(try await PostgreSQLLock(second).acquire() == nil)
                await first.close()
                await second.close()
            }
        }
    }

    @Test func itsKeyIsTheOneThatIsDocumented() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            _ = try await PostgreSQLLock(session).acquire()
            let rows = try await session.connection.query(
                """
                select count(*) from pg_locks where locktype = 'advisory'
                and classid = 1819239275 and objid = 1937007984 and objsubid = 1
                and pid = pg_backend_pid()
                """)
            #expect(try rows[0].int(0) == 1)
            await session.close()
        }
    }

    @Test func aServerProcessThatOthersUseTooIsRefused() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            // Another client of a pooler took the lock on this very server process.
            let shared = try await PostgreSQLSession.connect(database.url)
            try await shared.connection.query("select pg_try_advisory_lock(7813573191660758384)")
            let error = await #expect(throws: EngineError.self) {
                try await PostgreSQLLock(shared).acquire()
            }
            #expect(error?.kind == .unsupported)
            #expect(error?.help?.contains("directly") == true)
            await shared.close()
        }
    }

    @Test func anotherServerProcessUnderTheSessionIsRefused() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let lock = PostgreSQLLock(session)
            _ = try await lock.acquire()
            // What a statement finds on a server process that another client of a pooler marked.
            try await session.connection.query(
                "select set_config('lockstep.lock', '1/2', false)")
            let error = await #expect(throws: EngineError.self) { try await lock.isHeld() }
            #expect(error?.kind == .unsupported)
            await session.close()
        }
    }

    @Test func aKilledSessionSaysSo() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let lock = PostgreSQLLock(session)
            _ = try await lock.acquire()
            let admin = try await database.connect()
            try await admin.kill(session)
            let error = await #expect(throws: EngineError.self) { try await lock.isHeld() }
            #expect(error?.kind == .connectionLost)
            await admin.close()
        }
    }
}

/// Waits for what another process does, for ten seconds at most.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<500 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it did not come")
}
