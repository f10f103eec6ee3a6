import Execution
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

/// Runs whose connection is killed at every place. They end in the desired state with a whole
/// journal, in the same process or in the next.
@Suite struct ApplyCrashTests {
    /// Twenty steps of every sort.
    private static var twenty: HandWritten {
        var project = HandWritten()
        for number in 1...5 {
            project.table("own\(number)")
            project.table("shared\(number)", in: .shared(number))
            project.column(
                "n integer", of: "shared\(number)", becoming: "id integer, n integer",
                in: .shared(number))
            project.index("own\(number)_idx", on: "own\(number) (id)")
        }
        return project
    }

    @Test(arguments: [Place.beginning, .running, .ran, .committing, .committed])
    func aConnectionKilledAtEveryStepIsMadeAnew(_ place: Place) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            let project = Self.twenty
            #expect(project.steps.count == 20)
            // Seldom enough that a step is done in between, the record of its start included.
            let kills = Kills(every: place == .running || place == .ran ? 3 : 5)
            let result = try await project.apply(
                to: database,
                hook: { reached, session in
                    guard reached == place, kills.isDue() else { return }
                    try await admin.kill(session)
                    if reached == .committed || reached == .ran { throw Self.lost }
                })
            #expect(result == .applied(attempt: 1, steps: 20) && kills.count >= 4)
            #expect(try await database.relations() == project.desired)
            let journal = try await database.journal()
            #expect(journal.isWhole && journal.last?.result == .applied)
            #expect(journal.last?.done == project.steps.map(\.id))
            await admin.close()
        }
    }

    @Test func aProcessThatEndsAtEveryPlaceIsFollowedByOneThatGoesOn() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            let project = Self.twenty
            var runs = 0
            var result: ApplyResult?
            while runs < 200 {
                runs += 1
                // Later and later places within a run, over and over.
                let (count, last) = (Counter(), 6 + runs % 9)
                result = try await project.apply(
                    to: database, limits: Self.impatient,
                    hook: { _, session in
                        if count.next() == last { try await admin.kill(session) }
                    }, reconnects: false)
                if case .failed(let failure) = result {
                    #expect(failure.error.kind == .unreachable || failure.step == nil)
                    #expect(try await database.journal().isWhole)
                } else {
                    break
                }
            }
            guard case .applied(_, steps: _)? = result else {
                Issue.record("after \(runs) runs: \(String(describing: result))")
                return
            }
            #expect(runs > 5)
            #expect(try await database.relations() == project.desired)
            let journal = try await database.journal()
            #expect(journal.isWhole && journal.last?.result == .applied)
            await admin.close()
        }
    }

    @Test func aKillInTheMiddleOfABuildLeavesAnIndexThatIsRepaired() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            var project = HandWritten()
            project.table("a")
            _ = try await project.apply(to: database)
            project.index("a_idx", on: "a (id)")
            // The build waits for this transaction, which writes.
            try await admin.execute("begin; insert into app.a values (1)")
            let killer = try await database.connect()
            let events = Collector<ApplyEvent>()
            let runs = Counter()
            let result = try await project.apply(
                to: database,
                hook: { place, session in
                    guard place == .running, runs.next() == 1 else { return }
                    Task {
                        try await eventually { try await Self.isInvalid("a_idx", killer) }
                        try await killer.kill(session)
                        try await admin.execute("commit")
                    }
                }, progress: { events.add($0) })
            guard case .applied = result else {
                Issue.record("\(result)")
                return
            }
            #expect(events.all.contains(.repairing(project.steps[1])))
            #expect(runs.count == 2)
            #expect(try await database.relations() == project.desired)
            await killer.close()
            await admin.close()
        }
    }

    @Test func aKillInTheMiddleOfACommitIsLookedUp() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute(
                """
                create table app.slow (id int);
                create table public.victim (pid int);
                create function app.sleep() returns trigger language plpgsql as $$ begin
                  perform pg_sleep(30) from public.victim where pid = pg_backend_pid();
                  return null; end $$;
                create constraint trigger slow after insert on app.slow
                  deferrable initially deferred for each row execute function app.sleep()
                """)
            var project = HandWritten()
            project.table("slow", "id integer")
            project.table("a", also: ["insert into app.slow values (1)"])
            // The first step's state is there already.
            let plan = project.plan(
                from: try await database.relations(), majorVersion: database.server.major)
            let commits = Counter()
            let result = try await project.apply(
                to: database, fixed: plan,
                hook: { place, session in
                    // The first commit is that of the attempt's start.
                    guard place == .committing, commits.next() == 2 else { return }
                    try await admin.query(
                        "insert into public.victim values ($1::int)",
                        [String(session.connection.backendPID)])
                    Task {
                        try await eventually {
                            try await Self.isSleeping(session, seenBy: admin)
                        }
                        try await admin.kill(session)
                    }
                })
            #expect(result == .applied(attempt: 1, steps: 1))
            #expect(try await database.relations() == project.desired)
            #expect(try await database.journal().isWhole)
            await admin.close()
        }
    }

    @Test func whatSomebodyChangedMeanwhileIsNotGoneOnWith() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            var project = HandWritten()
            project.table("a")
            project.table("b")
            let plan = project.plan(from: [:], majorVersion: database.server.major)
            let runs = Counter()
            let first = try await project.apply(
                to: database, fixed: plan, limits: Self.impatient,
                hook: { place, session in
                    if place == .running, runs.next() == 2 { try await admin.kill(session) }
                }, reconnects: false)
            guard case .failed(let failure) = first else {
                Issue.record("\(first)")
                return
            }
            #expect(failure.isResumable && failure.done == 1)
            try await admin.execute("drop table app.a")
            let events = Collector<ApplyEvent>()
            // The plan of before fits again, but it is another attempt.
            let second = try await project.apply(
                to: database, fixed: plan, progress: { events.add($0) })
            guard case .applied(let attempt, steps: 2) = second else {
                Issue.record("\(second)")
                return
            }
            #expect(attempt > 1)
            #expect(
                events.all.first
                    == .abandoned(
                        attempt: 1,
                        .objectsChanged([.init(object: Relation.table("a"), kind: .missing)])))
            #expect(try await database.journal().isWhole)
            await admin.close()
        }
    }

    private static var impatient: ExecutionLimits {
        var limits = HandWritten.limits
        limits.attempts = 1
        return limits
    }

    private static let lost = EngineError(.connectionLost, "killed by the test")

    private static func isInvalid(
        _ index: String, _ connection: PostgreSQLConnection
    ) async throws -> Bool {
        try await connection.query(
            """
            select exists (select from pg_index i join pg_class c on c.oid = i.indexrelid
              where c.relname = $1 and not i.indisvalid)
            """, [index])[0].bool(0)
    }

    private static func isSleeping(
        _ session: PostgreSQLSession, seenBy connection: PostgreSQLConnection
    ) async throws -> Bool {
        try await connection.query(
            """
            select exists (select from pg_stat_activity
              where pid = $1::int and wait_event = 'PgSleep')
            """,
            [String(session.connection.backendPID)])[0].bool(0)
    }
}

/// Says every so many times that it is time to kill.
private final class Kills: Sendable {
    private let interval: Int
    private let calls = Counter()
    private let killed = Counter()
    var count: Int { killed.count }
    init(every interval: Int) { self.interval = interval }
    func isDue() -> Bool {
        guard calls.next() % interval == 0 else { return false }
        _ = killed.next()
        return true
    }
}
