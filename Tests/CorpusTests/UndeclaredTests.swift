import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// A text of a manifest that goes into a statement as it is makes no more than its field says.
/// Time budget: 60 s.
@Suite struct UndeclaredTests {
    /// By field, what a text may hold beside what the field is for.
    static let smuggled: [(field: String, manifest: String)] = [
        ("type: compression", table("columns: { a: text compression pglz }")),
        ("type: options", table("columns: { a: 'int) with (fillfactor=20) --' }")),
        ("type: partition", table("columns: { a: 'int) partition by list (a) --' }")),
        ("type: not null", table("columns: { a: { type: int not null, nullable: true } }")),
        (
            "default: option",
            table("columns: { a: { type: int, default: '1, set (fillfactor=20)' } }")
        ),
        ("default: unlogged", table("columns: { a: { type: int, default: '1, set unlogged' } }")),
        (
            "default: storage",
            table(
                "columns: { a: { type: text, default: 'null, alter a set storage external' } }")
        ),
        (
            "default: row security",
            table(
                "columns: { a: { type: int, default: '1, enable row level security' } }")
        ),
        (
            "default: another column",
            table(
                "columns: { a: { type: int, default: '1, alter b set default 2' }, b: int }")
        ),
        ("check: no inherit", table("columns: { a: int }\nchecks: { c: 'a > 0) no inherit --' }")),
        ("check: not valid", table("columns: { a: int }\nchecks: { c: 'a > 0) not valid --' }")),
        ("check without a name", table("columns: { a: int }\nchecks: ['a > 0) no inherit --']")),
        (
            "check: options",
            table(
                "columns: { a: int }\nchecks: { c: 'a > 0), set (fillfactor=20), add check (true' }"
            )
        ),
        (
            "generated: another",
            table(
                "columns: { a: int, b: { type: int, generated: 'a) stored unique --' } }")
        ),
        ("index: key", table("columns: { a: int }\nindexes: { i: ['(a), (1)'] }")),
        (
            "index: include",
            table("columns: { a: int, b: int }\nindexes: { i: ['(a+1)) include (b) --)'] }")
        ),
        (
            "index: where",
            table(
                "columns: { a: int }\nindexes: { i: { columns: ['(a+1)) where (a > 0) --)'] } }")
        ),
        (
            "exclusion: element",
            table(
                "columns: { a: int, b: int }\nexclusions: { x: { method: btree, elements: "
                    + "[{ column: a, with: '=, b with =' }] } }")
        ),
        (
            "exclusion: deferrable",
            table(
                "columns: { a: int }\nexclusions: { x: { method: btree, elements: "
                    + "[{ column: a, with: '=' }], where: 'a > 0) deferrable --' } }")
        ),
        (
            "view: check option",
            """
            apiVersion: lockstep.dev/v1
            kind: View
            schema: app
            name: v
            query: select 1 as a where true with check option
            """.replacing("select 1 as a where true", with: "select oid from pg_class")
        ),
        ("returns: security definer", function("returns: int security definer")),
        ("returns: immutable", function("returns: int immutable")),
        ("returns: strict", function("returns: int strict")),
        ("returns: parallel", function("returns: int parallel safe")),
        ("returns: cost", function("returns: int cost 7")),
        ("returns: rows", function("returns: setof int rows 7")),
        ("returns: setting", function("returns: int set work_mem = '1MB'")),
        ("returns: window", function("returns: int window")),
        ("argument: second", function("returns: int\narguments: ['int, b int']")),
        ("argument: default", function("returns: int\narguments: ['int default 1']")),
        ("argument: name", function("returns: int\narguments: [size int]")),
        ("argument: mode", function("returns: int\narguments: [inout int]")),
        (
            "argument default: second",
            function(
                "returns: int\narguments: { a: { type: int, default: '1, b int default 2' } }")
        ),
        (
            "argument of an overload",
            function("returns: int\narguments: [text]\nsecurityDefiner: true")
                + "\n---\n" + function("returns: int security definer\narguments: [int]")
        ),
    ]

    /// What looks like that and is one text.
    static let whole: [(field: String, manifest: String)] = [
        (
            "types",
            table(
                "columns: { a: 'double precision', b: 'timestamp(3) with time zone', "
                    + "c: 'character varying(20)[]', d: 'interval day to second(3)', e: '\"char\"' }"
            )
        ),
        ("serial", table("columns: { a: bigserial, b: serial }\nprimaryKey: [a]")),
        (
            "default",
            table(
                "columns: { a: { type: text, default: \"'a, not null) --'\" }, "
                    + "b: { type: int, default: '(1, 2) = (1, 3) is not null and 1::bool::int' } }"
                    .replacing(
                        "(1, 2) = (1, 3) is not null and 1::bool::int", with: "coalesce(null, 1)"))
        ),
        (
            "checks",
            table("columns: { a: text }\nchecks: [\"a <> ') no inherit --'\", a is not null]")
        ),
        (
            "indexes",
            table("columns: { a: text, b: int }\nindexes: [['(coalesce(a, \"b\"::text))', b]]")
        ),
        (
            "view",
            """
            apiVersion: lockstep.dev/v1
            kind: View
            schema: app
            name: v
            query: with x as (select 1 as a), y as (select 'with check option'::text as b) table x
            """
        ),
        (
            "functions",
            function("returns: 'table (a int, b text)'", body: "select 1, 'x'")
                + "\n---\n"
                + function(
                    "returns: setof record\narguments: { n: int, x: { type: int, "
                        + "mode: out }, y: { type: text, mode: out } }", body: "select 1, 'x'")
                + "\n---\n"
                + function("returns: int\narguments: [{ type: 'int[]', mode: variadic }]")
                + "\n---\n"
                + function(
                    "arguments: { a: { type: text, mode: inout, default: \"'x, y'\" } }",
                    body: "select $1")
        ),
        (
            "overloads",
            function("returns: int\narguments: [text]\nstrict: true") + "\n---\n"
                + function("returns: int\narguments: [int]\nvolatility: stable\nrows: 3")
                .replacing(
                    "returns: int\narguments: [int]", with: "returns: setof int\narguments: [int]")
        ),
    ]

    private static func table(_ more: String) -> String {
        "apiVersion: lockstep.dev/v1\nkind: Table\nschema: app\nname: t\n\(more)\n"
    }

    private static func function(_ more: String, body: String = "select 1") -> String {
        """
        apiVersion: lockstep.dev/v1
        kind: Function
        schema: app
        name: f
        language: \(more.contains("window") ? "internal" : "sql")
        body: \(more.contains("window") ? "window_row_number" : body)
        \(more)
        """
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatNoFieldSaysIsRefused(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            for (field, manifest) in Self.smuggled + Self.smuggledKinds {
                do {
                    let plan = try await bench.plan(try bench.lowered(manifest))
                    Issue.record("\(field) is taken:\n\(plan.text)")
                } catch let error as DiagnosticsError {
                    let codes = Set(error.diagnostics.map(\.code))
                    // Where the text breaks the statement itself, the server refuses it.
                    #expect(
                        codes == ["undeclared"] || codes == ["sql-syntax"],
                        "\(field): \(error.diagnostics.map { $0.rendered() })")
                    #expect(error.diagnostics.allSatisfy { $0.span != nil }, "\(field)")
                }
            }
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatIsOneTextIsTaken(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            for (field, manifest) in Self.whole {
                do {
                    let plan = try await bench.plan(try bench.lowered(manifest)).plan
                    #expect(!plan.isEmpty)
                } catch let error as DiagnosticsError {
                    Issue.record("\(field): \(error.diagnostics.map { $0.rendered() })")
                }
            }
        }
    }
}
