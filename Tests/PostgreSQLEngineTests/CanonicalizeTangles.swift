/// Manifests of which each declares something before what it needs: most tools fail on them when
/// they start from an empty database.
enum CanonicalizeTangles {
    private static func function(
        _ name: String, _ arguments: String, _ returns: String, _ body: String, _ more: String = ""
    ) -> String {
        """
        kind: Function
        name: \(name)
        arguments: [\(arguments)]
        returns: \(returns)
        \(more.contains("sqlBody") || more.contains("language") ? "" : "language: sql")
        \(more.contains("sqlBody") ? "" : "body: \"\(body)\"")
        \(more)

        """
    }

    private static func table(_ name: String, _ rest: String) -> String {
        "kind: Table\nname: \(name)\n\(rest)\n"
    }

    private static func view(_ name: String, _ query: String) -> String {
        "kind: View\nname: \(name)\nquery: \"\(query)\"\n"
    }

    private static let plusOne = function(
        "f", "integer", "integer", "select $1 + 1", "volatility: immutable")

    /// Each with a name and documents in the worst order.
    static let all: [(name: String, documents: [String])] = [
        (
            "a function in a check",
            [
                table("t", "columns: { a: integer }\nchecks: { c: app.f(a) > 0 }"), plusOne,
            ]
        ),
        (
            "a function in a default",
            [
                table("t", "columns: { a: { type: integer, default: f(1) } }"), plusOne,
            ]
        ),
        (
            "a function in a generated column",
            [
                table(
                    "t", "columns: { a: integer, b: { type: integer, generated: f(a) }, c: text }"),
                plusOne,
            ]
        ),
        (
            "a function in an expression index and its condition",
            [
                table(
                    "t",
                    """
                    columns: { a: integer }
                    indexes: { i: { columns: [(f(a))], where: f(a) > 3 } }
                    """),
                plusOne,
            ]
        ),
        (
            "a function in an exclusion constraint",
            [
                table(
                    "t",
                    """
                    columns: { a: integer }
                    exclusions: { x: { method: btree, elements: [{ expression: f(a), with: "=" }] } }
                    """),
                plusOne,
            ]
        ),
        (
            "a function in an argument's default",
            [
                function("g", "", "integer", "select 1").replacing(
                    "arguments: []", with: "arguments: { x: { type: integer, default: f(2) } }"),
                plusOne,
            ]
        ),
        (
            "a view on a function on a table",
            [
                view("v", "select * from g()"),
                function("g", "", "setof t", "select * from app.t"),
                table("t", "columns: { a: integer }"),
            ]
        ),
        (
            "a function on a view's row type on a function",
            [
                function("h", "", "setof v", "select * from app.v"),
                view("v", "select f(a) as b from t"), plusOne,
                table("t", "columns: { a: integer }"),
            ]
        ),
        (
            "a chain of views, last first",
            (1...12).reversed().map { number in
                view("v\(number)", number == 1 ? "select 1 as a" : "select a from v\(number - 1)")
            }
        ),
        (
            "a view, a function that returns it, and a view on that",
            [
                view("outermost", "select * from rows_of()"),
                function("rows_of", "", "setof inner_view", "select * from app.inner_view"),
                view("inner_view", "select a from t"), table("t", "columns: { a: integer }"),
            ]
        ),
        (
            "tables that refer to each other",
            [
                table(
                    "a",
                    """
                    columns: { id: integer, b: integer }
                    primaryKey: [id]
                    foreignKeys: { k: { columns: [b], references: { table: b, columns: [id] } } }
                    """),
                table(
                    "b",
                    """
                    columns: { id: integer, a: integer }
                    primaryKey: [id]
                    foreignKeys: { k: { columns: [a], references: { table: a, columns: [id] } } }
                    """),
            ]
        ),
        (
            "a table that refers to itself",
            [
                table(
                    "a",
                    """
                    columns: { id: integer, up: { type: integer, nullable: true } }
                    primaryKey: [id]
                    foreignKeys: { k: { columns: [up], references: { table: a } } }
                    """)
            ]
        ),
        (
            "a foreign key to a unique index",
            [
                table(
                    "b",
                    """
                    columns: { a: integer }
                    foreignKeys: { k: { columns: [a], references: { table: a, columns: [x] } } }
                    """),
                table(
                    "a", "columns: { x: integer }\nindexes: { i: { columns: [x], unique: true } }"),
            ]
        ),
        (
            "an enum as a type and in a default",
            [
                table("t", "columns: { s: { type: status, default: \"'on'\" } }"),
                "kind: Enum\nname: status\nlabels: ['on', 'off']\n",
            ]
        ),
        (
            "an enum in a function in a default",
            [
                table("t", "columns: { s: { type: status, default: first() } }"),
                function("first", "", "status", "select 'on'::app.status"),
                "kind: Enum\nname: status\nlabels: ['on', 'off']\n",
            ]
        ),
        (
            "overloaded functions",
            [
                table("t", "columns: { a: { type: text, default: \"o(1)\" } }"),
                function("o", "bigint", "text", "select 'bigint'"),
                function("o", "integer", "text", "select 'integer'"),
                function("o", "text", "text", "select 'text'"),
            ]
        ),
        (
            "an SQL-standard body that calls what comes later",
            [
                function(
                    "g", "", "bigint", "",
                    "sqlBody: \"return (select sum(f(a)) from app.t)\""),
                table("t", "columns: { a: integer }"), plusOne,
            ]
        ),
        (
            "bodies that call each other",
            [
                function("ping", "integer", "integer", "select app.pong($1)"),
                function("pong", "integer", "integer", "select app.ping($1)"),
            ]
        ),
        (
            "one name in two schemas",
            [
                view("v", "select t.a, o.b from t, other.t o"),
                table("t", "columns: { a: integer }"),
                "schema: other\n" + table("t", "columns: { b: text }"),
                "schema: other\n" + view("v", "select b from t"),
            ]
        ),
        (
            "a column of another table's row type",
            [
                table("a", "columns: { whole: b }"), table("b", "columns: { x: integer }"),
            ]
        ),
        (
            "an array of another table's row type",
            [
                table("a", "columns: { whole: \"b[]\" }"), table("b", "columns: { x: integer }"),
            ]
        ),
        (
            "a function of a table's rows whose default calls it",
            [
                table("t", "columns: { a: { type: bigint, default: count_of() } }"),
                function("count_of", "", "bigint", "select count(*) from all_of()"),
                function("all_of", "", "setof t", "select * from app.t"),
            ]
        ),
        (
            "a function with a table's row as its argument in a view",
            [
                view("v", "select label(t) as l from t"),
                function("label", "t", "text", "select $1.a::text"),
                table("t", "columns: { a: integer }"),
            ]
        ),
        (
            "serial and identity",
            [
                table(
                    "t",
                    """
                    columns: { a: serial, b: { type: bigint, identity: always } }
                    primaryKey: [a]
                    """)
            ]
        ),
        (
            "a sequence that a column owns and counts with",
            [
                table("t", "columns: { a: { type: bigint, default: \"nextval('counter')\" } }"),
                "kind: Sequence\nname: counter\nownedBy: { table: t, column: a }\n",
            ]
        ),
        (
            "PL/pgSQL on what comes later",
            [
                function(
                    "p", "", "void", "",
                    "language: plpgsql\nbody: |\n  declare r app.t%rowtype;\n  begin\n"
                        + "    select * into r from app.t;\n  end"
                ).replacing("body: \"\"\n", with: ""),
                table("t", "columns: { a: integer }"),
            ]
        ),
        (
            "a view grouped by a primary key",
            [
                view("v", "select id, name, count(*) as n from t group by id"),
                table("t", "columns: { id: integer, name: text }\nprimaryKey: [id]"),
            ]
        ),
        (
            "comments on everything",
            [
                "kind: View\nname: v\ncomment: a view\nquery: select f(a) as b from app.t\n",
                table("t", "comment: a table\ncolumns: { a: { type: integer, comment: c } }"),
                plusOne + "comment: a function\n",
            ]
        ),
    ]

    /// The documents of one with what every document begins with.
    static func text(_ documents: [String]) -> String {
        documents.map { "apiVersion: lockstep.dev/v1\n\($0)" }.joined(separator: "---\n")
    }
}
