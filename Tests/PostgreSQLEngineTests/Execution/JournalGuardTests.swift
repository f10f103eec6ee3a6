import Planning
import PostgreSQLClient
import PostgreSQLEngine
import Testing
import TestSupport

@Suite struct JournalGuardTests {
    /// The tables as a stranger makes them who knows what an apply will find.
    private static let tables = [
        """
        create table lockstep.journal (sequence bigint primary key, time text not null,
          event text not null, previous text, hash text not null)
        """,
        """
        create table lockstep.applied (
          singleton boolean primary key default true check (singleton), state text not null)
        """,
        """
        create table lockstep.meta (singleton boolean primary key default true check (singleton),
          format integer not null, length bigint not null default 0, head text)
        """,
        "insert into lockstep.meta (format) values (1)",
    ]

    @Test(arguments: [false, true])
    func aRoleThatMayMakeSchemasGetsNoRightsOfWhoApplies(_ takesSchemaAlone: Bool) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.connect()
            let role = "mal_\(database.name)"
            try await admin.execute(
                "create role \(role) login; grant create on database \(database.name) to \(role)")
            let settings = database.server.settings(database: database.name, user: role)
            let mal = try await PostgreSQLSession.connect(settings)
            try await mal.connection.execute("create schema lockstep")
            if !takesSchemaAlone {
                for table in Self.tables { try await mal.connection.execute(table) }
                try await mal.connection.execute(
                    """
                    create function lockstep.f() returns trigger language plpgsql as
                    'begin execute ''alter role \(role) superuser''; return new; end';
                    create trigger t before insert on lockstep.journal
                      for each row execute function lockstep.f()
                    """)
            }
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            let error = await #expect(throws: EngineError.self) { try await journal.prepare() }
            #expect(error?.message.hasPrefix("schema lockstep belongs to \(role)") == true)
            // To take the schema is not enough where tables were made in it.
            try await admin.execute("alter schema lockstep owner to current_user")
            if takesSchemaAlone {
                try await journal.prepare()
            } else {
                let error = await #expect(throws: EngineError.self) { try await journal.prepare() }
                #expect(error?.message.contains("belongs to \(role)") == true)
                let read = await #expect(throws: EngineError.self) { try await journal.head() }
                #expect(read?.message.contains("trigger t on lockstep.journal") == true)
            }
            await mal.close()
            await session.close()
            try await admin.execute("drop owned by \(role) cascade; drop role \(role)")
            await admin.close()
        }
    }

    @Test func theOwnerOfTheDatabaseIsTrusted() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.connect()
            let role = "owner_\(database.name)"
            try await admin.execute(
                "create role \(role) login; alter database \(database.name) owner to \(role)")
            let settings = database.server.settings(database: database.name, user: role)
            let owner = try await PostgreSQLSession.connect(settings)
            try await PostgreSQLJournal(owner).prepare()
            let session = try await PostgreSQLSession.connect(database.url)
            try await PostgreSQLJournal(session).prepare()
            await owner.close()
            await session.close()
            try await admin.execute(
                "alter database \(database.name) owner to current_user; "
                    + "drop owned by \(role) cascade; drop role \(role)")
            await admin.close()
        }
    }

    @Test func whatHangsOnTheTablesIsRefused() async throws {
        let attachments: [(sql: String, word: String)] = [
            (
                "create trigger t before insert on lockstep.journal for each row "
                    + "execute function public.f()", "trigger t on lockstep.journal"
            ),
            (
                "create rule r as on insert to lockstep.applied do also select 1",
                "rule r on lockstep.applied"
            ),
            (
                "create policy p on lockstep.meta using (public.g(head))",
                "policy p on lockstep.meta"
            ),
            ("alter table lockstep.meta enable row level security", "row security"),
            ("create table public.c () inherits (lockstep.journal)", "a parent or a child"),
            ("alter table lockstep.journal add unique (hash)", "constraint journal_hash_key"),
            ("alter table lockstep.journal add check (public.g(event))", "function public.g"),
            ("alter table lockstep.meta alter format set default public.h()", "function public.h"),
            ("create index i on lockstep.journal (public.g(event))", "function public.g"),
        ]
        let harmless = [
            "create view public.v as select * from lockstep.journal",
            "create index i on lockstep.journal (time)",
            "grant select on lockstep.journal to public", "comment on table lockstep.meta is 'x'",
        ]
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            let journal = PostgreSQLJournal(session)
            try await journal.prepare()
            try await session.connection.execute(
                """
                create function public.f() returns trigger language plpgsql as 'begin end';
                create function public.g(text) returns boolean immutable language sql
                  as 'select true';
                create function public.h() returns integer language sql as 'select 1'
                """)
            for (sql, word) in attachments {
                try await session.begin()
                try await session.connection.execute(sql)
                let error = await #expect(throws: EngineError.self) { try await journal.prepare() }
                #expect(error?.message.contains(word) == true, "\(sql): \(error?.message ?? "")")
                await session.rollback()
            }
            for sql in harmless { try await session.connection.execute(sql) }
            try await journal.prepare()
            #expect(try await journal.head() == nil)
            await session.close()
        }
    }
}
