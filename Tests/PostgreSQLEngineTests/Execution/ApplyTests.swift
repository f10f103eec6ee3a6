import Execution
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

/// Hand-written plans on a real server, with everything that can come between.
@Suite struct ApplyTests {
    private var project: HandWritten {
        var project = HandWritten()
        project.table("a")
        project.table("b", in: .shared(1))
        project.column("note text", of: "b", becoming: "id integer, note text", in: .shared(1))
        project.index("b_idx", on: "b (id)")
        project.table("c")
        return project
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func aPlanIsAppliedOnce(_ major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let admin = try await database.prepared()
            let events = Collector<ApplyEvent>()
            let result = try await project.apply(
                to: database, progress: { events.add($0) })
            #expect(result == .applied(attempt: 1, steps: 5))
            #expect(try await database.relations() == project.desired)
            let done = events.all.compactMap {
                if case .stepDone(let step, _) = $0 { step.id } else { nil }
            }
            #expect(done == project.steps.map(\.id))
            let journal = try await database.journal()
            #expect(journal.isWhole && journal.last?.result == .applied)
            #expect(journal.last?.done == done)
            #expect(try await project.apply(to: database) == .nothingToDo)
            let rows = try await admin.query(
                "select count(*) from lockstep.journal where event like '{\"attemptStarted%'")
            #expect(try rows[0].int(0) == 1)
            await admin.close()
        }
    }

    @Test func aStalePlanDoesNothing() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            let plan = project.plan(from: [:], majorVersion: database.server.major)
            try await admin.execute("create table app.c (other text)")
            #expect(
                try await project.apply(to: database, fixed: plan)
                    == .stale(
                        PlanStale(
                            .live,
                            differences: [
                                .init(object: Relation.table("c"), kind: .unexpected)
                            ])))
            #expect(try await database.relations().count == 1)
            await admin.close()
        }
    }

    @Test func aSecondRunIsToldWhoHoldsTheLock() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            let session = try await PostgreSQLSession.connect(database.url)
            _ = try await PostgreSQLLock(session).acquire()
            guard case .busy(let holder) = try await project.apply(to: database) else {
                Issue.record("the lock is held")
                return
            }
            #expect(holder.summary.contains("process \(session.connection.backendPID)"))
            #expect(try await database.relations().isEmpty)
            await session.close()
            await admin.close()
        }
    }

    @Test func anErrorOfPlanningGivesTheLockBack() async throws {
        struct Problem: Error {}
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            let applier = Applier(
                engine: RelationEngine(), clock: ContinuousClock(),
                random: SystemRandomNumberGenerator()
            ) {
                RelationEngine.Session(
                    base: try await PostgreSQLSession.connect(database.url), hook: { _, _ in })
            }
            await #expect(throws: Problem.self) {
                try await applier.apply(ApplyRequest(actor: "a", toolVersion: "0")) { _ in
                    throw Problem()
                }
            }
            #expect(try await project.apply(to: database) == .applied(attempt: 1, steps: 5))
            await admin.close()
        }
    }

    @Test func aLockIsWaitedForWithTriesAndItsHolderNamed() async throws {
        try await HandWritten.withReader { database, reader, project in
            let events = Collector<ApplyEvent>()
            let tries = Counter()
            let result = try await project.apply(
                to: database,
                hook: { place, _ in
                    // The third try finds the lock released.
                    if place == .running, tries.next() == 3 { try await reader.execute("commit") }
                },
                progress: { events.add($0) })
            guard case .applied(_, steps: 1) = result else {
                Issue.record("\(result)")
                return
            }
            let retries = events.all.compactMap { event -> [LockHolder]? in
                if case .retry(_, let error, let holders, _, _) = event {
                    #expect(error.kind == .lockTimeout)
                    return holders
                }
                return nil
            }
            #expect(retries.count == 2)
            #expect(retries[0].first?.summary.contains("process \(reader.backendPID)") == true)
        }
    }

    @Test func aLockThatIsNeverHadFailsAndNamesItsHolder() async throws {
        try await HandWritten.withReader { database, reader, project in
            var limits = HandWritten.limits
            limits.attempts = 2
            guard
                case .failed(let failure) = try await project.apply(to: database, limits: limits)
            else {
                Issue.record("the lock is never had")
                return
            }
            #expect(failure.error.kind == .lockTimeout && !failure.isResumable)
            #expect(failure.step?.id == "add:a.n integer" && failure.done == 0)
            #expect(failure.blockers.first?.summary.contains("\(reader.backendPID)") == true)
            try await reader.execute("rollback")
            let journal = try await database.journal()
            #expect(journal.isWhole && journal.last?.result == .failed)
            guard case .applied = try await project.apply(to: database) else {
                Issue.record("the next run makes a new plan")
                return
            }
        }
    }

    @Test func aFailedBuildLeavesNoBrokenIndex() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            var project = HandWritten()
            project.table("a")
            _ = try await project.apply(to: database)
            try await admin.execute("insert into app.a values (1), (1)")
            project.index("a_key", on: "a (id)", unique: true)
            guard case .failed(let failure) = try await project.apply(to: database) else {
                Issue.record("there are duplicates")
                return
            }
            #expect(failure.error.code == "23505")
            #expect(try await database.relations().count == 1)
            await admin.close()
        }
    }

    @Test func aChangedJournalIsNotGoneOnWith() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            _ = try await project.apply(to: database)
            try await admin.execute("delete from lockstep.journal where sequence = 2")
            #expect(try await project.apply(to: database) == .journalBroken(.missing(before: 3)))
            await admin.close()
        }
    }

    @Test func cancellingEndsAtAPlaceFromWhichTheNextRunGoesOn() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            var project = HandWritten()
            project.table("a")
            project.table("b", also: ["select pg_sleep(30)"])
            let (started, plan) = (Counter(), project)
            let run = Task {
                try await plan.apply(
                    to: database,
                    progress: { if case .stepStarted = $0 { _ = started.next() } })
            }
            try await eventually { started.count == 2 }
            run.cancel()
            #expect(try await run.value == .interrupted(done: 1, of: 2))
            let journal = try await database.journal()
            #expect(journal.isWhole && journal.last?.isUnfinished == true)
            #expect(journal.last?.done == ["create:a"])
            // Its lock is free again.
            let session = try await PostgreSQLSession.connect(database.url)
            #expect(try await PostgreSQLLock(session).acquire() == nil)
            await session.close()
            await admin.close()
        }
    }
}
