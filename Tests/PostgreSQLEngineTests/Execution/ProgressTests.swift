import Execution
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import Testing
import TestSupport

/// How far a step is, as a second session sees it.
///
/// Time budget: 10 s.
@Suite struct ProgressTests {
    private static var limits: ExecutionLimits {
        var limits = HandWritten.limits
        limits.firstLook = 20
        limits.longestLook = 40
        return limits
    }

    @Test func aBuildTellsForWhomItWaits() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let writer = try await database.prepared()
            var project = HandWritten()
            project.table("a")
            _ = try await project.apply(to: database)
            try await writer.execute("begin; insert into app.a values (1)")
            project.index("i", on: "a (id)")
            let (events, ended) = (Collector<ApplyEvent>(), Counter())
            let result = try await project.apply(
                to: database, limits: Self.limits,
                progress: { event in
                    events.add(event)
                    guard case .stepProgress = event, ended.next() == 1 else { return }
                    Task { try await writer.execute("commit") }
                })
            guard case .applied = result else {
                Issue.record("\(result)")
                return
            }
            guard
                case .stepProgress(let step, let told, let milliseconds) = events.all.first(where: {
                    if case .stepProgress = $0 { true } else { false }
                })
            else {
                Issue.record("nothing was told")
                return
            }
            #expect(step.id == "index:i" && milliseconds >= 20)
            #expect(told.activity == "waiting for writers before build")
            #expect(told.share == .init(done: 0, total: 1, unit: "transactions"))
            #expect(told.waitsFor.count == 1)
            #expect(told.waitsFor[0].summary.contains("process \(writer.backendPID)"))
            await writer.close()
        }
    }

    @Test func whoDoesNothingIsNowhere() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let (one, other) = (
                try await PostgreSQLSession.connect(database.url),
                try await PostgreSQLSession.connect(database.url)
            )
            #expect(try await other.progress(of: one) == nil)
            await one.close()
            #expect(try await other.progress(of: one) == nil)
            await other.close()
        }
    }

    @Test func scansOfAnIndexBuildCountBlocks() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute(
                "create table app.t as select i, repeat('x', 500) x from generate_series(1, 20000) i"
            )
            let (one, other) = (
                try await PostgreSQLSession.connect(database.url),
                try await PostgreSQLSession.connect(database.url)
            )
            // An expression that takes its time.
            try await admin.execute(
                """
                create function app.slow(i integer) returns integer language plpgsql immutable as
                  $$ begin if i % 100 = 0 then perform pg_sleep(0.01); end if; return i; end $$
                """)
            let build = Task {
                try await one.connection.execute("create index on app.t (app.slow(i))")
            }
            var shares: [StepProgress.Share] = []
            while shares.count < 3 {
                try await Task.sleep(for: .milliseconds(30))
                guard let told = try await other.progress(of: one) else { continue }
                guard told.activity == "building index: scanning table" else { continue }
                if let share = told.share { shares.append(share) }
            }
            try await build.value
            #expect(shares.allSatisfy { $0.unit == "blocks" && $0.done <= $0.total })
            #expect(shares[0].done < shares[2].done)
            await one.close()
            await other.close()
            await admin.close()
        }
    }
}
