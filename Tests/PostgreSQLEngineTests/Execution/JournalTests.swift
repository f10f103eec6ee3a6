import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

@Suite struct JournalTests {
    private func started(_ project: String = "p") -> JournalEvent {
        let plan = Plan(
            project: project, environment: "e", engine: "postgresql", majorVersion: 15,
            scope: Scope(schemas: ["app"]), liveFingerprint: Digest(of: "a"),
            desiredDigest: Digest(of: "b"), options: PlanningOptions(), steps: [])
        return .attemptStarted(
            .init(
                plan: plan, risk: .safe, acknowledged: [], actor: "Zoë 😀 \\ \"q\" \u{1}",
                revision: nil, toolVersion: "0"))
    }

    private func events(_ attempt: Int64) -> [JournalEvent] {
        [
            .stepDone(attempt: attempt, step: "a", milliseconds: 1),
            .stepFailed(attempt: attempt, step: "b", code: "42P01", message: "no \u{0} such \n ß"),
            .attemptEnded(attempt: attempt, result: .failed, fingerprint: nil),
        ]
    }

    @Test func withoutAJournalNothingIsReadAndNothingWritten() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            try await session.connection.execute("set default_transaction_read_only = on")
            let journal = PostgreSQLJournal(session)
            #expect(try await journal.entries().isEmpty)
            #expect(try await journal.head() == nil)
            #expect(try await journal.lastAttempt() == nil)
            #expect(try await journal.applied() == nil)
            #expect(try await journal.firstBreak() == nil)
            await session.close()
        }
    }

    @Test(arguments: ["", "template template0 encoding 'LATIN1' locale 'C'"])
    func whatIsWrittenIsReadBackWithItsHashes(_ options: String) async throws {
        try await PrivatePostgreSQL.withDatabase(options: options) { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            try await journal.prepare()
            var written = [try await journal.append(started())]
            for event in events(1) { written.append(try await journal.append(event)) }
            #expect(written.map(\.sequence) == [1, 2, 3, 4])
            #expect(written.allSatisfy { $0.isIntact })
            #expect(written[0].event == started() && written[2].event == events(1)[1])
            #expect(written[0].time.count == 27 && written[0].time.hasSuffix("Z"))
            #expect(try await journal.entries() == written)
            #expect(try await journal.entries(after: 1, limit: 2) == Array(written[1...2]))
            #expect(try await journal.head() == written[3])
            #expect(try await journal.firstBreak() == nil)
            #expect(
                JournalChain.firstBreak(in: written, length: 4, head: written[3].hash) == nil)
            let attempt = try #require(try await journal.lastAttempt())
            #expect(attempt.number == 1 && attempt.done == ["a"] && attempt.result == .failed)
            await session.close()
        }
    }

    @Test func anAppendIsUndoneWithItsTransaction() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            try await session.begin()
            #expect(try await journal.append(started()).sequence == 1)
            #expect(try await journal.append(started("q")).sequence == 2)
            await session.rollback()
            #expect(try await journal.entries().isEmpty)
            try await session.begin()
            try await journal.append(started())
            try await session.commit()
            #expect(try await journal.head()?.sequence == 1)
            #expect(try await journal.firstBreak() == nil)
            await session.close()
        }
    }

    @Test func theLastAttemptIsFoundBehindOthers() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            try await journal.append(started())
            for event in events(1) { try await journal.append(event) }
            try await journal.append(started("q"))
            try await journal.append(.stepStarted(attempt: 5, step: "x"))
            let attempt = try #require(try await journal.lastAttempt())
            #expect(attempt.number == 5 && attempt.open == "x" && attempt.isUnfinished)
            #expect(attempt.started.plan.project == "q")
            await session.close()
        }
    }

    @Test func whatIsAppliedIsReplaced() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            for name in ["a", "ß\"'"] {
                let state = AppliedState(
                    objects: [Relation.table(name): Digest(of: name)],
                    desiredDigest: Digest(of: ""),
                    revision: nil, scope: .everything)
                try await journal.record(state)
                #expect(try await journal.applied() == state)
            }
            await session.close()
        }
    }

    @Test func whatSomebodyChangedIsFound() async throws {
        let changes: [(String, JournalBreak)] = [
            (
                "update lockstep.journal set event = replace(event, '\"a\"', '\"z\"') "
                    + "where sequence = 2", .changed(2)
            ),
            ("update lockstep.journal set time = '2020' where sequence = 3", .changed(3)),
            ("delete from lockstep.journal where sequence = 2", .missing(before: 3)),
            ("delete from lockstep.journal where sequence = 1", .missing(before: 2)),
            ("delete from lockstep.journal where sequence = 4", .truncated(4)),
            ("delete from lockstep.journal", .truncated(4)),
            (
                "insert into lockstep.journal select 5, time, event, hash, hash "
                    + "from lockstep.journal where sequence = 4", .changed(5)
            ),
            (
                "insert into lockstep.journal select 0, time, event, null, hash "
                    + "from lockstep.journal where sequence = 1", .missing(before: 0)
            ),
            ("update lockstep.journal set previous = null where sequence = 2", .unlinked(2)),
            ("update lockstep.meta set head = 'sha256:0'", .truncated(4)),
            ("delete from lockstep.meta", .truncated(4)),
        ]
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            try await journal.append(started())
            for event in events(1) { try await journal.append(event) }
            for (sql, place) in changes {
                try await session.begin()
                try await session.connection.execute(sql)
                #expect(try await journal.firstBreak() == place, "\(sql)")
                await session.rollback()
                #expect(try await journal.firstBreak() == nil)
            }
            await session.close()
        }
    }

    @Test func twoThatMakeItAtOnceBothSucceed() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let url = database.url
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let session = try await PostgreSQLSession.connect(url)
                        try await PostgreSQLJournal(session).prepare()
                        await session.close()
                    }
                }
                try await group.waitForAll()
            }
            let session = try await PostgreSQLSession.connect(database.url)
            #expect(try await PostgreSQLJournal(session).append(started()).sequence == 1)
            await session.close()
        }
    }

    @Test func aNewerFormIsRefused() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            try await session.connection.execute("update lockstep.meta set format = 9")
            for attempt in [{ try await journal.prepare() }, { _ = try await journal.head() }] {
                let error = await #expect(throws: EngineError.self) { try await attempt() }
                #expect(error?.kind == .unsupported && error?.message.contains("form 9") == true)
            }
            await session.close()
        }
    }

    @Test func aRoleThatMayNotMakeItIsToldWhatToGrant() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.connect()
            let role = "journal_\(database.name)"
            try await admin.execute("create role \(role) login")
            let settings = database.server.settings(database: database.name, user: role)
            let session = try await PostgreSQLSession.connect(settings)
            let journal = PostgreSQLJournal(session)
            let error = await #expect(throws: EngineError.self) { try await journal.prepare() }
            #expect(error?.kind == .privilege)
            let help = try #require(error?.help)
            let statements = try #require(help.split(separator: "run: ").last)
            try await admin.execute(String(statements))
            try await journal.prepare()
            #expect(try await journal.append(started()).sequence == 1)
            await session.close()
            try await admin.execute("drop owned by \(role) cascade; drop role \(role)")
            await admin.close()
        }
    }
}
