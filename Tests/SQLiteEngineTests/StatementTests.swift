import Execution
import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Statements of SQLite")
struct StatementTests {
    private static let keep = """
        apiVersion: lockstep.dev/v1
        kind: Table
        name: keep
        columns: { id: integer, body: { type: text, nullable: true } }
        primaryKey: [id]
        indexes:
          keep_body: [body]
        ---

        """

    private static func statement(
        _ create: String, drop: String = "drop table ft", name: String = "search",
        finds: String = "ft"
    ) -> String {
        """
        apiVersion: lockstep.dev/v1
        kind: Statement
        name: \(name)
        create: "\(create)"
        drop: "\(drop)"
        identity: select 1 from sqlite_schema where lower(name) = '\(finds)'

        """
    }

    private static let start = """
        CREATE TABLE keep(id INTEGER NOT NULL PRIMARY KEY, body TEXT);
        CREATE INDEX keep_body ON keep(body);
        INSERT INTO keep VALUES (1, 'one');
        CREATE TABLE theirs(a);
        CREATE INDEX theirs_a ON theirs(a);
        CREATE VIEW seen AS SELECT * FROM theirs;
        CREATE TRIGGER fires AFTER INSERT ON theirs BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE other USING fts5(a);
        CREATE TABLE ft_plain(a)
        """

    @Test("what one makes may be called otherwise, and later plans find nothing to do")
    func otherName() async throws {
        try await withFile(Self.start) { file in
            let make = "create virtual table FT using fts5(body); insert into ft values ('x')"
            let text = Self.keep + Self.statement(make)
            let plan = try await file.lead(to: text)
            #expect(plan.steps == ["create-statement:search"])
            #expect(try await file.plan(text).plan.steps.isEmpty)
            #expect(try await file.rows("SELECT count(*) FROM ft") == ["1"])
            try await file.lead(to: Self.keep, ["drop-statement:search"])
        }
    }

    @Test(
        "one that reaches for what is not its own is refused, and nothing is done",
        arguments: [
            ("delete from keep", "deletes rows of keep"),
            ("update keep set body = null", "changes rows of keep"),
            ("insert or replace into keep values (1, 'two')", "writes rows to keep"),
            ("drop table keep", "drops keep"), ("drop table if exists theirs", "drops theirs"),
            ("alter table keep rename column body to b", "alters keep"),
            ("drop index if exists theirs_a", "drops theirs_a"),
            ("drop view if exists seen", "drops seen"),
            ("drop trigger if exists fires", "drops fires"),
            ("drop index keep_body", "drops keep_body"),
            ("insert into other values ('x')", "writes rows to other"),
        ])
    func reaching(_ reach: (sql: String, words: String)) async throws {
        try await withFile(Self.start) { file in
            let make = "create virtual table ft using fts5(a)"
            for (text, word) in [
                (Self.statement("\(make); \(reach.sql)"), "create"),
                (Self.statement("\(reach.sql); \(make)", name: "ft"), "create"),
                (Self.statement(make, drop: "drop table ft; \(reach.sql)"), "drop"),
            ] {
                let error = await #expect(throws: DiagnosticsError.self) {
                    try await file.plan(Self.keep + text)
                }
                let told = error?.diagnostics.filter { $0.code == "reaches-others" } ?? []
                #expect(
                    told.map(\.message).contains {
                        $0.hasSuffix(
                            ": its \(word) text \(reach.words), which is not its own")
                    }, "\(error?.diagnostics.map(\.message) ?? [])")
            }
        }
    }

    @Test("a table of the same name is in its way")
    func sameName() async throws {
        try await withFile(Self.start) { file in
            let text = Self.statement(
                "drop table if exists ft_plain; create virtual table ft_plain using fts5(a)",
                drop: "drop table ft_plain", name: "ft_plain", finds: "ft_plain_data")
            let error = await #expect(throws: DiagnosticsError.self) {
                try await file.plan(Self.keep + text)
            }
            #expect(
                error?.diagnostics.map(\.message) == [
                    "statement ft_plain: its create text drops ft_plain, which is not its own",
                    "statement ft_plain: its drop text drops ft_plain, which is not its own",
                ])
        }
    }

    @Test("one may write to what another one makes")
    func together() async throws {
        try await withFile(Self.start) { file in
            let text =
                Self.keep + Self.statement("create virtual table ft using fts5(a)") + "---\n"
                + Self.statement(
                    "insert into ft values ('x'); create virtual table two using fts5(a)",
                    drop: "delete from ft; drop table two", name: "two", finds: "two")
            try await file.lead(to: text)
            #expect(try await file.rows("SELECT a FROM ft") == ["'x'"])
        }
    }

    @Test(
        "what has a kind of its own is not made by one",
        arguments: [
            ("create trigger tr after insert on keep begin select 1; end", "trigger tr"),
            ("create index i on keep (id)", "index i"),
            ("create index i on theirs (a)", "index i"),
            ("create view v as select 1 as a", "view v"), ("create table made (a)", "table made"),
        ])
    func ownKind(_ made: (sql: String, what: String)) async throws {
        try await withFile(Self.start) { file in
            let text = Self.statement("create virtual table ft using fts5(a); \(made.sql); ")
            let error = await #expect(throws: DiagnosticsError.self) {
                try await file.plan(Self.keep + text)
            }
            #expect(
                error?.diagnostics.map(\.message) == [
                    "a statement makes \(made.what), which has a kind of its own"
                ])
        }
    }
}
