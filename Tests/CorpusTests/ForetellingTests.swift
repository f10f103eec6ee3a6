import Execution
import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// On which rows a step fails is counted before the plan begins, and where that cannot be, it is
/// not said to succeed. Time budget: 60 s.
@Suite struct ForetellingTests {
    struct Change: Sendable, CustomTestStringConvertible {
        enum End: Sendable { case applied, willFail, failed }

        var name: String
        var before: [String]
        var after: [String]
        /// What is run before the change.
        var seed: String
        /// `SEVERITY: evidence` of what `MayFailOnData` finds, in the order of the steps.
        var told: [String]
        var end: End

        var testDescription: String { name }
    }

    @Test(arguments: changes)
    func isTold(_ change: Change) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            let before = try bench.lowered(DataChange.manifests(change.before))
            let made = try await bench.apply(before)
            guard case .applied = made else {
                Issue.record("the state before could not be made: \(made)")
                return
            }
            try await bench.run(change.seed)
            let after = try bench.lowered(DataChange.manifests(change.after))
            let assessed = try await bench.plan(after)
            let acknowledged = Set(assessed.plan.destructiveSteps.map(\.id))
            #expect(Self.findings(assessed) == change.told, "\(assessed.text)")
            let result = try await bench.apply(after, acknowledged: acknowledged)
            switch (result, change.end) {
            case (.applied, .applied), (.willFail, .willFail), (.failed, .failed): break
            default: Issue.record("\(result)\n\(assessed.text)")
            }
        }
    }

    @Test func rowsThatARoleDoesNotSeeAreNotCountedAsNone() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            let role = "fore_\(database.name)"
            try await bench.run(
                """
                CREATE ROLE \(role) LOGIN;
                GRANT CREATE ON DATABASE \(database.name) TO \(role);
                CREATE SCHEMA app AUTHORIZATION \(role);
                CREATE TABLE app.t (id integer NOT NULL, a integer);
                ALTER TABLE app.t OWNER TO \(role);
                INSERT INTO app.t VALUES (1, NULL), (2, 2);
                ALTER TABLE app.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY p ON app.t USING (a IS NOT NULL);
                """)
            let limited = Bench(database, role: role)
            let wanted = try bench.lowered(
                DataChange.manifests([
                    "kind: Table\nschema: app\nname: t\ncolumns: { id: integer, a: integer }"
                ]))
            let assessed = try await limited.plan(wanted)
            #expect(
                Self.findings(assessed) == [
                    "medium: rows of app.t whose a is NULL: not known: SQLSTATE 42501"
                ], "\(assessed.text)")
            try await bench.run("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    private static func findings(_ assessed: Bench.Assessed) -> [String] {
        assessed.assessment.findings.filter { $0.rule == MayFailOnData.name }
            .map { "\($0.severity.rawValue): \($0.evidence.joined())" }
    }

    // MARK: - Changes

    private static let changes =
        exclusions + keys + newColumns + retypes + earlier + domains + conversions

    private static func t(_ columns: String, _ more: String = "") -> String {
        "kind: Table\nschema: app\nname: t\ncolumns: { id: integer, \(columns) }\n\(more)"
    }

    private static func change(
        _ name: String, _ before: String, _ after: String, seed: String, _ told: [String],
        _ end: Change.End
    ) -> Change {
        Change(
            name: name, before: [before], after: [after], seed: seed, told: told, end: end)
    }

    private static func exclusion(
        _ name: String, seed: String, _ severity: String, _ count: Int, _ end: Change.End
    ) -> Change {
        change(
            name, t("r: int4range"),
            t(
                "r: int4range",
                """
                exclusions:
                  x: { method: gist, elements: [{ column: r, with: '&&' }], where: id > 0 }
                """), seed: "insert into app.t values \(seed)",
            ["\(severity): pairs of rows of app.t that conflict: \(count)"], end)
    }

    private static let exclusions: [Change] = [
        exclusion(
            "an exclusion over rows that conflict",
            seed: "(1, '[1,5)'), (2, '[3,7)'), (3, '[6,9)'), (-1, '[1,9)')", "high", 2, .willFail),
        exclusion(
            "an exclusion over rows that do not", seed: "(1, '[1,5)'), (2, '[5,7)'), (3, 'empty')",
            "info", 0, .applied),
    ]

    private static let parent =
        "kind: Table\nschema: app\nname: p\ncolumns: { x: integer, y: integer }\n"
        + "primaryKey: [x, y]\nunique: [[x]]"

    private static func key(
        _ name: String, _ columns: (String, String), _ keys: (String, String), seed: String,
        _ severity: String, _ count: Int, _ end: Change.End
    ) -> Change {
        func table(_ columns: String, _ keys: String) -> String {
            t(columns, keys.isEmpty ? "" : "foreignKeys: { f: \(keys) }")
        }
        return Change(
            name: name, before: [parent, table(columns.0, keys.0)],
            after: [parent, table(columns.1, keys.1)], seed: seed,
            told: ["\(severity): rows of app.t without a row in app.p: \(count)"], end: end)
    }

    private static let pair =
        "a: { type: integer, nullable: true }, b: { type: integer, nullable: true }"
    private static let whole = "{ columns: [a, b], references: { table: p, columns: [x, y] }"
    private static let one = "{ columns: [a], references: { table: p, columns: [x] }"

    private static let keys: [Change] = [
        key(
            "validate a key with an orphan", ("a: integer", "a: integer"),
            ("\(one), notValid: true }", "\(one) }"),
            seed: """
                alter table app.t disable trigger all;
                insert into app.t values (1, 7); alter table app.t enable trigger all
                """, "high", 1, .willFail),
        key(
            "a whole match of rows with some NULL", (pair, pair), ("", "\(whole), match: full }"),
            seed: "insert into app.t values (1, 1, null), (2, null, null)", "high", 1, .willFail),
        key(
            "a simple match of rows with some NULL", (pair, pair), ("", "\(whole) }"),
            seed: "insert into app.t values (1, 1, null), (2, null, null)", "info", 0, .applied),
        key(
            "a new column whose default refers to no row",
            ("b: integer", "b: integer, a: { type: integer, default: '1' }"), ("", "\(one) }"),
            seed: "insert into app.t values (1, 1)", "high", 1, .willFail),
        key(
            "a new column whose default refers to a row",
            ("b: integer", "b: integer, a: { type: integer, default: '1' }"), ("", "\(one) }"),
            seed: "insert into app.p values (1, 1); insert into app.t values (1, 1)", "info", 0,
            .applied),
        Change(
            name: "a key to a new table", before: [t("a: integer")],
            after: [parent, t("a: integer", "foreignKeys: { f: \(one) } }")],
            seed: "insert into app.t values (1, 1)",
            told: ["high: rows of app.t without a row in app.p: 1"], end: .willFail),
    ]

    private static let rows = "insert into app.t values (1, 1), (2, null)"

    private static let newColumns: [Change] = [
        change(
            "a unique column with a default", t("a: { type: integer, nullable: true }"),
            t(
                "a: { type: integer, nullable: true }, b: { type: integer, default: '0' }",
                "unique: [[b]]"), seed: rows,
            ["high: keys that more than one row of app.t has: 1"], .willFail),
        change(
            "a unique column without one", t("a: { type: integer, nullable: true }"),
            t(
                "a: { type: integer, nullable: true }, b: { type: integer, nullable: true }",
                "unique: [[b]]"), seed: rows, [], .applied),
        change(
            "a unique column that is numbered", t("a: { type: integer, nullable: true }"),
            t(
                "a: { type: integer, nullable: true }, b: { type: integer, identity: always }",
                "unique: [[b]]"), seed: rows, [], .applied),
        change(
            "a computed column that refuses NULL", t("a: { type: integer, nullable: true }"),
            t("a: { type: integer, nullable: true }, g: { type: integer, generated: a + 1 }"),
            seed: rows, ["high: rows of app.t whose g would be NULL: 1"], .willFail),
        change(
            "a computed column of a new one", t("a: { type: integer, nullable: true }"),
            t(
                "a: { type: integer, nullable: true }, b: { type: integer, default: '4' }, "
                    + "g: { type: integer, generated: b + id }", "checks: { c: g < 6 }"),
            seed: rows,
            [
                "info: rows of app.t whose g would be NULL: 0",
                "high: rows of app.t that violate the condition: 1",
            ], .willFail),
    ]

    private static let retypes: [Change] = [
        change(
            "elements of an array that are too long", t("a: 'varchar(20)[]'"),
            t("a: 'varchar(2)[]'"), seed: "insert into app.t values (1, '{ab,abc}')",
            ["high: rows of app.t whose a cannot be converted: 1"], .willFail),
        change(
            "elements of an array that fit", t("a: 'varchar(20)[]'"),
            t("a: 'varchar(2)[]'"), seed: "insert into app.t values (1, '{ab,c}')",
            ["info: rows of app.t whose a cannot be converted: 0"], .applied),
        change(
            "a value that breaks a check when it is rounded",
            t("a: 'numeric(6,2)'", "checks: { c: a <= 9.96 }"),
            t("a: 'numeric(6,1)'", "checks: { c: a <= 9.96 }"),
            seed: "insert into app.t values (1, 9.96)",
            [
                "high: rows of app.t that violate c with a as numeric(6,1): 1",
                "info: rows of app.t whose a cannot be converted: 0",
            ], .willFail),
    ]

    private static func labels(_ list: String) -> String {
        "kind: Enum\nschema: app\nname: e\nlabels: [\(list)]"
    }

    private static func limit(_ value: String) -> String {
        """
        kind: Function
        schema: app
        name: f
        returns: integer
        volatility: immutable
        sqlBody: return app.g()
        ---
        apiVersion: lockstep.dev/v1
        kind: Function
        schema: app
        name: g
        returns: integer
        volatility: immutable
        language: sql
        body: select \(value)
        """
    }

    private static func positive(_ bound: Int) -> String {
        "kind: Domain\nschema: app\nname: d\ntype: integer\nchecks: { c: VALUE > \(bound) }"
    }

    private static let domains: [Change] = [
        Change(
            name: "a domain's check that comes in place of another",
            before: [positive(0), t("d: app.d")], after: [positive(1), t("d: app.d")],
            seed: "insert into app.t values (1, 1), (2, 2)",
            told: ["high: values of app.t.d that do not hold c: 1"], end: .willFail),
        Change(
            name: "one that all values hold",
            before: [positive(0), t("d: app.d")], after: [positive(1), t("d: app.d")],
            seed: "insert into app.t values (2, 2)",
            told: ["info: values of app.t.d that do not hold c: 0"], end: .applied),
    ]

    private static let conversions: [Change] = [
        change(
            "a value on which the conversion fails", t("a: jsonb"), t("a: integer"),
            seed: "insert into app.t values (1, '1'), (2, '[]'), (3, '{}')",
            ["high: rows of app.t whose a cannot be converted: at least 1: SQLSTATE 22023"],
            .willFail),
        change(
            "values that can be converted", t("a: jsonb"), t("a: integer"),
            seed: "insert into app.t values (1, '1'), (2, '2')",
            ["info: rows of app.t whose a cannot be converted: 0"], .applied),
    ]

    private static let earlier: [Change] = [
        Change(
            name: "a check by an order that changes", before: [labels("a, b, c"), t("e: app.e")],
            after: [labels("c, b, a"), t("e: app.e", "checks: { k: e <= 'b' }")],
            seed: "insert into app.t values (1, 'a')",
            told: ["low: rows of app.t that violate the condition: 0"], end: .failed),
        Change(
            name: "a check by a function that changes", before: [limit("1"), t("a: integer")],
            after: [limit("5"), t("a: integer", "checks: { k: a >= app.f() }")],
            seed: "insert into app.t values (1, 3)",
            told: ["low: rows of app.t that violate the condition: 0"], end: .failed),
    ]
}
