import Execution
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

/// Who is in the way of a lock is seen before anybody waits for it.
///
/// Time budget: 10 s.
@Suite struct ObstacleTests {
    private static let modes = [
        "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE",
        "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
    ]

    private static func lock(_ mode: String) -> Effects.Lock {
        Effects.Lock(relation: Relation.table("a"), mode: mode, blocks: .reads)
    }

    /// The server itself says which modes conflict: by refusing the second with NOWAIT.
    @Test(arguments: modes)
    func conflictsAreThoseOfTheServer(_ held: String) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute("create table app.a (id integer)")
            try await admin.execute("begin; lock table app.a in \(held) mode")
            let session = try await PostgreSQLSession.connect(database.url)
            for wanted in Self.modes {
                let found = try await session.obstacles(to: [Self.lock(wanted)], olderThan: 0)
                var isRefused = false
                do {
                    try await session.connection.execute(
                        "begin; lock table app.a in \(wanted) mode nowait; rollback")
                } catch {
                    isRefused = true
                    try await session.connection.execute("rollback")
                }
                #expect(found.isEmpty != isRefused, "\(held) against \(wanted)")
                let names = found.map(\.summary).joined()
                #expect(!isRefused || names.contains("process \(admin.backendPID)"))
            }
            await session.close()
            await admin.close()
        }
    }

    @Test func youngTransactionsAndThoseOfOthersTablesAreNone() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute("create table app.a (id integer); create table app.b ()")
            try await admin.execute("begin; lock table app.b in access share mode")
            let session = try await PostgreSQLSession.connect(database.url)
            let lock = Self.lock("ACCESS EXCLUSIVE")
            #expect(try await session.obstacles(to: [lock], olderThan: 0).isEmpty)
            try await admin.execute("lock table app.a in access share mode")
            #expect(try await session.obstacles(to: [lock], olderThan: 600_000).isEmpty)
            #expect(try await session.obstacles(to: [lock], olderThan: 0).count == 1)
            // Its own transaction keeps nobody waiting but others.
            try await admin.execute("rollback")
            try await session.connection.execute("begin; lock table app.a")
            #expect(try await session.obstacles(to: [lock], olderThan: 0).isEmpty)
            await session.close()
            await admin.close()
        }
    }

    @Test func nothingIsBegunWhileAnOldTransactionIsInTheWay() async throws {
        try await HandWritten.withReader { database, reader, project in
            try await Task.sleep(for: .milliseconds(150))
            let (begun, told) = (Counter(), Counter())
            let events = Collector<ApplyEvent>()
            let result = try await project.apply(
                to: database, effects: Effects(locks: [Self.lock("ACCESS EXCLUSIVE")]),
                hook: { place, _ in if place == .running { _ = begun.next() } },
                progress: { event in
                    events.add(event)
                    guard case .retry = event, told.next() == 2 else { return }
                    Task { try await reader.execute("commit") }
                })
            guard case .applied = result else {
                Issue.record("\(result)")
                return
            }
            // The statement was sent once, and did not wait.
            #expect(begun.count == 1)
            let holders = events.all.compactMap { event -> String? in
                guard case .retry(_, _, let holders, _, _) = event else { return nil }
                return holders.first?.summary
            }
            #expect(holders.count >= 2)
            #expect(holders.allSatisfy { $0.contains("process \(reader.backendPID)") })
        }
    }
}
