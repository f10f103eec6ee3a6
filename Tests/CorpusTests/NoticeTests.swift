import Execution
import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What running code notices of a change is said of the step, and a harmless twin says nothing.
/// Time budget: 60 s.
@Suite struct NoticeTests {
    /// A change and what is found in it by `BreaksRunningCode`.
    struct Change: Sendable, CustomTestStringConvertible {
        var name: String
        var before: [String]
        var after: [String]
        /// `RISK: consequence` of each finding, in the order of the steps.
        var notices: [String]
        var since = 14

        var testDescription: String { name }
    }

    @Test(arguments: changes)
    func isTold(_ change: Change) async throws {
        let majors = PrivatePostgreSQL.testMajors.filter { $0 >= change.since }
        let major =
            majors.contains(PrivatePostgreSQL.defaultMajor)
            ? PrivatePostgreSQL.defaultMajor : majors.min()
        guard let major else { return }
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            let before = try bench.lowered(DataChange.manifests(change.before))
            guard case .applied = try await bench.apply(before) else {
                Issue.record("the state before could not be made")
                return
            }
            let after = try bench.lowered(DataChange.manifests(change.after))
            let assessed = try await bench.plan(after)
            let found = assessed.assessment.findings
                .filter { $0.rule == BreaksRunningCode.name }
                .map { finding in
                    let text = finding.message.split(separator: ": ", maxSplits: 1).last ?? ""
                    return "\(finding.risk.rawValue): \(text.dropLast())"
                }
            #expect(found == change.notices, "\(assessed.text)")
            guard case .applied = try await bench.apply(after) else {
                Issue.record("the state after could not be made")
                return
            }
        }
    }

    private static let changes = keys + views + enums + retypes

    // MARK: - Keys

    private static func t(_ more: String) -> String {
        "kind: Table\nschema: app\nname: t\ncolumns: { id: integer, a: integer }\n" + more
    }

    private static func keyChange(
        _ name: String, _ before: String, _ after: String, _ notices: [String]
    ) -> Change {
        Change(name: name, before: [t(before)], after: [t(after)], notices: notices)
    }

    private static let keys: [Change] = [
        keyChange(
            "drop a primary key", "primaryKey: [id]", "",
            [
                "breaking: ON CONFLICT (id) finds no unique key any more",
                "breaking: a query that groups by its primary key and shows other columns, and "
                    + "UPDATE or DELETE where it is published, fail",
            ]),
        keyChange(
            "drop a unique constraint", "unique: { u: [a, id] }", "",
            ["breaking: ON CONFLICT (a, id) finds no unique key any more"]),
        keyChange(
            "drop a unique constraint that another one serves for",
            "primaryKey: [id, a]\nunique: { u: [a, id] }", "primaryKey: [id, a]",
            ["caution: u no longer refuses rows that repeat a key"]),
        keyChange(
            "a primary key gets another column", "primaryKey: [id]", "primaryKey: [id, a]",
            [
                "caution: a write that repeats a key is refused",
                "breaking: ON CONFLICT (id) finds no unique key any more",
                "breaking: a query that groups by its primary key and shows other columns, and "
                    + "UPDATE or DELETE where it is published, fail",
            ]),
        keyChange(
            "a primary key's columns change places", "primaryKey: [id, a]",
            "primaryKey: [a, id]", ["caution: a write that repeats a key is refused"]),
        keyChange(
            "a unique constraint becomes deferrable", "unique: { u: [a] }",
            "unique: { u: { columns: [a], deferrable: true } }",
            [
                "caution: a write that repeats a key is refused",
                "breaking: ON CONFLICT (a) finds no unique key any more",
            ]),
        keyChange(
            "drop a deferrable unique constraint",
            "unique: { u: { columns: [a], deferrable: true } }", "",
            ["caution: u no longer refuses rows that repeat a key"]),
        keyChange(
            "drop a unique index",
            "indexes: { i: { columns: [(a + 1)], unique: true, where: a > 0 } }", "",
            [
                "breaking: ON CONFLICT (((a + 1))) finds no unique key any more",
                "caution: queries that used it become slower",
            ]),
        keyChange(
            "drop an index", "indexes: { i: [a] }", "",
            ["caution: queries that used it become slower"]),
        keyChange(
            "drop an exclusion",
            "exclusions: { x: { method: btree, elements: [{ column: a, with: '=' }] } }", "",
            ["caution: rows that x kept apart are no longer refused"]),
        Change(
            name: "drop foreign keys",
            before: [
                "kind: Table\nschema: app\nname: p\ncolumns: { id: integer }\nprimaryKey: [id]",
                t(
                    """
                    foreignKeys:
                      f: { columns: [a], references: p, onDelete: cascade }
                      g: { columns: [id], references: p }
                    """),
            ],
            after: [
                "kind: Table\nschema: app\nname: p\ncolumns: { id: integer }\nprimaryKey: [id]",
                t(""),
            ],
            notices: [
                "caution: a DELETE from app.p leaves the rows of app.t that refer to it as they "
                    + "are",
                "caution: rows without a row in app.p are no longer refused",
                "caution: rows without a row in app.p are no longer refused",
            ]),
        Change(
            name: "keys go with what they belong to",
            before: [
                "kind: Table\nschema: app\nname: p\ncolumns: { id: integer }\nprimaryKey: [id]",
                t("unique: { u: [a] }\nforeignKeys: { f: { columns: [a], references: p } }"),
            ],
            after: [
                "kind: Table\nschema: app\nname: t\ncolumns: { id: integer }"
            ],
            notices: [
                "breaking: statements that use app.p fail", "breaking: statements that name a fail",
            ]),
    ]

    // MARK: - Views and enums

    private static func view(_ more: String) -> String {
        "kind: View\nschema: app\nname: v\nquery: select id, a from app.t where a > 0\n" + more
    }

    private static func viewChange(
        _ name: String, _ before: String, _ after: String, _ notices: [String], since: Int = 14
    ) -> Change {
        Change(
            name: name, before: [t(""), view(before)], after: [t(""), view(after)],
            notices: notices, since: since)
    }

    private static let views: [Change] = [
        viewChange(
            "a view checks its rows", "", "checkOption: local",
            ["breaking: a write through it is refused if it gives a row that it does not show"]),
        viewChange(
            "a view checks its rows no more", "checkOption: cascaded", "",
            ["caution: a write through it may leave a row that it does not show"]),
        viewChange(
            "a view checks only its own condition", "checkOption: cascaded",
            "checkOption: local",
            [
                "caution: a write through it is no longer held to the conditions of the views "
                    + "below"
            ]),
        viewChange(
            "a view asks for the privileges of its reader", "", "securityInvoker: true",
            ["breaking: it is refused to roles without privileges of their own on what it reads"],
            since: 15),
        viewChange(
            "a view asks for the privileges of its owner", "securityInvoker: true",
            "securityInvoker: false",
            [
                "caution: who may read it sees what its owner may see, whatever they may see "
                    + "themselves"
            ], since: 15),
        viewChange(
            "a view becomes no barrier", "securityBarrier: true", "",
            ["caution: conditions of a query may see rows that it filters out"]),
        Change(
            name: "a view gets another query and option",
            before: [t(""), view("")],
            after: [
                t(""),
                """
                kind: View
                schema: app
                name: v
                query: select id, a from app.t where a > 1
                checkOption: local
                """,
            ],
            notices: [
                "breaking: a write through it is refused if it gives a row that it does not show",
                "caution: its rows come from another query",
            ]),
    ]

    private static func labels(_ list: String) -> String {
        "kind: Enum\nschema: app\nname: e\nlabels: [\(list)]"
    }

    private static let enums: [Change] = [
        Change(
            name: "labels change places", before: [labels("a, b, c")], after: [labels("a, c, b")],
            notices: ["caution: its values compare and sort in another order"]),
        Change(
            name: "a label goes", before: [labels("a, b, c")], after: [labels("a, c")],
            notices: ["breaking: statements that name a removed label fail"]),
        Change(
            name: "a label comes between", before: [labels("a, c")], after: [labels("a, b, c")],
            notices: ["caution: code that does not know 'b' may meet it"]),
    ]

    // MARK: - Beside a type change

    private static func typed(_ type: String, _ view: String, _ function: String) -> [String] {
        [
            "kind: Table\nschema: app\nname: t\ncolumns: { id: \(type), a: integer, b: integer }",
            "kind: View\nschema: app\nname: v\nquery: select \(view) from app.t",
            """
            kind: Function
            schema: app
            name: f
            arguments: { x: integer }
            returns: \(function)
            """,
        ]
    }

    private static func retype(
        _ name: String, _ from: String, _ to: String, view: (String, String) = ("id, b", "id, b"),
        function: (String, String) = (plain, plain), _ notices: [String]
    ) -> Change {
        Change(
            name: name, before: typed(from, view.0, function.0),
            after: typed(to, view.1, function.1), notices: notices)
    }

    private static func body(_ result: String, _ value: String) -> String {
        "\(result)\nsqlBody: begin atomic select \(value) from app.t where id::text = x::text; end"
    }
    private static let plain = body("integer", "a")
    private static let loosened = "caution: code that expects integer gets bigint"

    private static let retypes: [Change] = [
        retype(
            "what stands on the column stays as it is", "integer", "bigint",
            [loosened, "caution: the type of id is another"]),
        retype(
            "what stands on a column that only lets more through", "varchar(5)", "varchar(10)",
            []),
        retype(
            "what the server prints otherwise is the same", "varchar(5)", "text",
            view: ("b, id || 'x' as y", "b, id || 'x' as y"), []),
        retype(
            "a view loses a column beside the change", "integer", "bigint",
            view: ("id, a, b", "id, b"),
            [loosened, "breaking: it has no a any more", "caution: the type of id is another"]),
        retype(
            "a view gets another condition beside the change", "integer", "bigint",
            view: ("b", "b + 1 as b"), ["caution: its rows come from another query", loosened]),
        retype(
            "a function gets another body beside the change", "integer", "bigint",
            function: (plain, body("integer", "-a")),
            [
                loosened, "caution: callers get what the new body gives",
                "caution: the type of id is another",
            ]),
        retype(
            "a function gives another type beside the change", "integer", "bigint",
            function: (body("integer", "id"), body("bigint", "id")),
            [
                loosened, "breaking: callers that expect integer get bigint",
                "caution: the type of id is another",
            ]),
    ]
}
