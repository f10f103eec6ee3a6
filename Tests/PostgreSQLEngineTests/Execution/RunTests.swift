import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

@Suite struct RunTests {
    private func statements(_ texts: String...) -> Action {
        .statements(texts.map { Statement($0) })
    }

    private let build = Action.concurrentBuild(
        .init(
            index: Relation.index("t_idx"),
            build: Statement("create unique index concurrently t_idx on app.t (id)"),
            cleanup: Statement("drop index concurrently app.t_idx")))

    @Test func errorsNameStatementAndObjectAndNoValues() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            try await session.connection.execute(
                """
                create schema app; create table app.t (id int);
                insert into app.t values (4711), (4711)
                """
            )
            let text = "alter table app.t add constraint t_key unique (id)"
            try await session.begin()
            let error = await #expect(throws: EngineError.self) {
                try await session.run(statements(text), limits: HandWritten.limits)
            }
            await session.rollback()
            #expect(error?.kind == .refused && error?.code == "23505")
            #expect(error?.statement == text)
            #expect(error?.message.contains("t_key") == true)
            #expect(error.map { "\($0)".contains("4711") } == false)
            await session.close()
        }
    }

    @Test func aStatementIsOneStatement() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            try await session.begin()
            let error = await #expect(throws: EngineError.self) {
                try await session.run(
                    statements("create schema a; create schema b"), limits: HandWritten.limits)
            }
            await session.rollback()
            #expect(error?.code == "42601")
            await session.close()
        }
    }

    @Test func limitsHoldForTheTransactionOnly() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            var limits = HandWritten.limits
            limits.statementTimeout = 50
            try await session.begin()
            let error = await #expect(throws: EngineError.self) {
                try await session.run(statements("select pg_sleep(5)"), limits: limits)
            }
            await session.rollback()
            #expect(error?.kind == .cancelled && error?.isTransient == false)
            let rows = try await session.connection.query(
                "select current_setting('statement_timeout'), current_setting('lock_timeout')")
            #expect(rows[0][0] == "0" && rows[0][1] == "0")
            await session.close()
        }
    }

    @Test func aLockThatIsNotHadIsTransientAndItsHoldersAreNamed() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute("create table app.t (id int)")
            try await admin.execute("begin; lock table app.t in access share mode")
            let session = try await PostgreSQLSession.connect(database.url)
            try await session.begin()
            let error = await #expect(throws: EngineError.self) {
                try await session.run(
                    statements("alter table app.t add n int"), limits: HandWritten.limits)
            }
            await session.rollback()
            #expect(error?.kind == .lockTimeout)
            let touch = Step.Touch(
                object: ObjectID(ObjectKind(rawValue: "column"), "app", "t", "n"), before: nil,
                after: nil)
            let holders = try await session.blockers(of: [touch])
            #expect(holders.count == 1)
            #expect(holders.first?.summary.contains("process \(admin.backendPID)") == true)
            #expect(try await session.blockers(of: []).isEmpty)
            await session.close()
            await admin.close()
        }
    }

    @Test func aBuildThatFailsLeavesAPartThatTheNextRemoves() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute(
                "create table app.t (id int); insert into app.t values (1), (1)")
            let session = try await PostgreSQLSession.connect(database.url)
            #expect(try await session.outcome(of: build) == .notStarted)
            await #expect(throws: EngineError.self) {
                try await session.run(build, limits: HandWritten.limits)
            }
            guard case .partial(let repair) = try await session.outcome(of: build) else {
                Issue.record("an invalid index is left")
                return
            }
            #expect(repair == [Statement("drop index concurrently app.t_idx")])

            try await admin.execute("delete from app.t")
            try await session.run(build, limits: HandWritten.limits)
            #expect(try await session.outcome(of: build) == .done)
            // An index that is there is never taken for the one that is to be built.
            let error = await #expect(throws: EngineError.self) {
                try await session.run(build, limits: HandWritten.limits)
            }
            #expect(error?.code == "42P07")

            try await session.repair(repair, limits: HandWritten.limits)
            #expect(try await session.outcome(of: build) == .notStarted)
            await session.close()
            await admin.close()
        }
    }

    @Test func anotherIndexOfTheNameIsNeitherTakenForTheOneWantedNorRemoved() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute(
                """
                create table app.t (id int, n int); insert into app.t values (1, 1), (2, 1);
                create index t_idx on app.t (n)
                """)
            let id = Relation.index("t_idx")
            let wanted = PostgreSQLObject(
                id,
                .index(IndexDefinition(table: "t", isUnique: true, keys: [.init(.column("id"))])))
            let build = Action.concurrentBuild(
                .init(
                    index: id,
                    build: Statement("create unique index concurrently t_idx on app.t (id)"),
                    cleanup: Statement("drop index concurrently app.t_idx"),
                    digest: wanted.digest))
            let session = try await PostgreSQLSession.connect(database.url)
            #expect(try await session.outcome(of: build) == .notStarted)
            try await admin.execute("drop index app.t_idx")
            await #expect(throws: PostgreSQLError.self) {
                try await admin.query("create unique index concurrently t_idx on app.t (n)")
            }
            #expect(try await session.outcome(of: build) == .notStarted)
            let error = await #expect(throws: EngineError.self) {
                try await session.run(build, limits: HandWritten.limits)
            }
            #expect(error?.code == "42P07")
            try await admin.execute("drop index app.t_idx; insert into app.t values (1, 5)")
            await #expect(throws: EngineError.self) {
                try await session.run(build, limits: HandWritten.limits)
            }
            guard case .partial = try await session.outcome(of: build) else {
                Issue.record("what the build left is not known")
                return
            }
            try await admin.execute("delete from app.t where n = 5")
            try await session.run(build, limits: HandWritten.limits)
            #expect(try await session.outcome(of: build) == .done)
            await session.close()
            await admin.close()
        }
    }

    @Test func aDetachmentThatIsCutOffIsFinished() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute(
                """
                create table app.p (id int) partition by list (id);
                create table app.c partition of app.p (constraint own check (id > 0))
                    for values in (1)
                """)
            let finalize = Statement("alter table app.p detach partition app.c finalize")
            let cleanup = Statement("alter table app.c drop constraint if exists c_id_check")
            let detach = Action.concurrentDetach(
                .init(
                    partition: Relation.table("c"), table: Relation.table("p"),
                    detach: Statement("alter table app.p detach partition app.c concurrently"),
                    finalize: finalize, cleanup: cleanup, checks: ["own"]))
            let session = try await PostgreSQLSession.connect(database.url)
            #expect(try await session.outcome(of: detach) == .notStarted)
            try await admin.execute("begin; select from app.p")
            var limits = HandWritten.limits
            limits.buildTimeout = 200
            await #expect(throws: EngineError.self) {
                try await session.run(detach, limits: limits)
            }
            #expect(
                try await session.outcome(of: detach) == .partial(repair: [finalize, cleanup]))
            try await admin.execute("commit")
            try await session.run(detach, limits: HandWritten.limits)
            #expect(try await session.outcome(of: detach) == .done)
            let checks = """
                select string_agg(conname, ' ') from pg_constraint
                where contype = 'c' and conrelid = 'app.c'::regclass
                """
            #expect(try await admin.query(checks)[0][0] == "own")
            try await admin.execute("alter table app.c add constraint c_id_check check (id = 1)")
            #expect(try await session.outcome(of: detach) == .partial(repair: [cleanup]))
            await session.close()
            await admin.close()
        }
    }

    @Test func aBuildObeysTheWallClock() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.prepared()
            try await admin.execute("create table app.t (id int)")
            // A build waits for transactions that may still write.
            try await admin.execute("begin; insert into app.t values (1)")
            let session = try await PostgreSQLSession.connect(database.url)
            var limits = HandWritten.limits
            limits.buildTimeout = 200
            let error = await #expect(throws: EngineError.self) {
                try await session.run(build, limits: limits)
            }
            #expect(error?.kind == .cancelled)
            let rows = try await session.connection.query(
                "select current_setting('statement_timeout')")
            #expect(rows[0][0] == "0")
            await session.close()
            await admin.close()
        }
    }

    @Test func anIndexIsDroppedConcurrently() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            try await session.connection.execute(
                "create schema app; create table app.t (id int); create index i on app.t (id)")
            let drop = Action.concurrentDrop(
                .init(
                    index: Relation.index("i"), drop: Statement("drop index concurrently app.i")))
            #expect(try await session.outcome(of: drop) == .notStarted)
            try await session.run(drop, limits: HandWritten.limits)
            #expect(try await session.outcome(of: drop) == .done)
            await session.close()
        }
    }

    @Test func settingsOfTheDatabaseDoNotMatter() async throws {
        let pinned = [
            ("search_path", ""), ("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"),
            ("IntervalStyle", "postgres"), ("extra_float_digits", "1"),
            ("application_name", "lockstep"), ("lock_timeout", "0"), ("statement_timeout", "0"),
            ("check_function_bodies", "off"), ("quote_all_identifiers", "off"),
            ("client_min_messages", "warning"), ("idle_in_transaction_session_timeout", "10min"),
        ]
        let others = [
            ("search_path", "public"), ("timezone", "Asia/Tokyo"), ("datestyle", "German"),
            ("intervalstyle", "iso_8601"), ("extra_float_digits", "-5"), ("lock_timeout", "1"),
            ("statement_timeout", "9000"), ("quote_all_identifiers", "on"),
            ("client_min_messages", "error"),
        ]
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.connect()
            for (name, value) in others {
                try await admin.execute(
                    "alter database \(database.name) set \(name) = '\(value)'")
            }
            await admin.close()
            let session = try await PostgreSQLSession.connect(database.url)
            for (name, value) in pinned {
                let rows = try await session.connection.query(
                    "select current_setting($1)", [name])
                #expect(rows[0][0] == value, "\(name)")
            }
            await session.close()
        }
    }

    @Test func whatCannotBeReachedSaysSo() async throws {
        let error = await #expect(throws: EngineError.self) {
            try await PostgreSQLSession.connect(
                "postgresql://somebody:s3cret@/nowhere?host=/nonexistent")
        }
        #expect(error?.kind == .unreachable && error?.help != nil)
        #expect(error.map { "\($0)".contains("s3cret") } == false)
    }
}
