import Execution
import Manifest
import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What is not modelled, and what needs it, is told and left alone; and what would take it away, or
/// needs its name, is refused before anything is done. Time budget: 60 s on two processors.
@Suite(.serialized) struct AsideTests {
    static let leaning = """
        CREATE SCHEMA app;
        CREATE TABLE app."tab
        le" (id int);
        CREATE TABLE app."eve
        nts" (id int PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE app.base (id int PRIMARY KEY, t text, event int REFERENCES app."eve
        nts");
        CREATE TABLE app.of_odd (id int PRIMARY KEY, o app."tab
        le", n int DEFAULT 1 CHECK (n > 0));
        CREATE INDEX of_odd_n ON app.of_odd (n);
        COMMENT ON TABLE app.of_odd IS 'x';
        COMMENT ON COLUMN app.of_odd.n IS 'y';
        CREATE TABLE app.refers (id int REFERENCES app.of_odd);
        CREATE VIEW app.of_events AS SELECT id FROM app."eve
        nts";
        CREATE VIEW app.on_view AS SELECT * FROM app.of_events;
        COMMENT ON COLUMN app.on_view.id IS 'z';
        CREATE TEXT SEARCH CONFIGURATION app."t
        s" (COPY = pg_catalog.simple);
        CREATE INDEX base_ts ON app.base USING gin (to_tsvector(E'app."t\\ns"'::regconfig, t));
        CREATE FUNCTION app."nat
        ive"(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1';
        CREATE TABLE app.of_native (id int DEFAULT app."nat
        ive"(1));
        CREATE MATERIALIZED VIEW app.mat AS SELECT app."nat
        ive"(id) AS id FROM app.base;
        CREATE VIEW app.of_mat AS SELECT * FROM app.mat;
        CREATE FUNCTION app."nat
        ive_same"(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'select $1 = $2';
        CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = app."nat
        ive_same");
        CREATE POLICY p ON app.base USING (app."nat
        ive"(id) > 0);
        CREATE DOMAIN app.dm AS int CHECK (app."nat
        ive"(value) > 0);
        CREATE EXTENSION citext SCHEMA app;
        COMMENT ON EXTENSION citext IS 'mine';
        CREATE VIEW app.of_break AS SELECT * FROM app."tab
        le";
        CREATE TABLE app.broken ("a
        b" int);
        """

    private static let named = "with a name that has control characters"
    private static let native: String =
        "function \(named) app.\"nat\nive\"(integer), which is not modelled"
    private static let events = "table \(named) app.\"eve\nnts\", which is not modelled"
    private static let tableName = "table \(named) app.\"tab\nle\", which is not modelled"

    /// What is told; `unmodelled` may hold more.
    static let told: [String] = [
        "table app.of_odd: table that needs \(tableName)",
        "view app.of_events: view that needs \(events)",
        "view app.on_view: view that needs \(events)",
        "constraint app.base.base_event_fkey: constraint that needs constraint \(named) "
            + "app.\"eve\nnts\".\"eve\nnts_pkey\", which is not modelled",
        "constraint app.refers.refers_id_fkey: constraint that needs \(tableName)",
        "index app.base_ts: index that needs text search configuration \(named) app.\"t\ns\", "
            + "which is not modelled",
        "function app.\"nat\nive\"(integer): function \(named)",
        "default app.of_native.id: default that needs \(native)",
        "materialized view app.mat: materialized view that needs \(native)",
        "view app.of_mat: view that needs \(native)",
        "operator app.\"===\"(integer, integer): operator that needs function \(named) "
            + "app.\"nat\nive_same\"(integer, integer), which is not modelled",
        "policy app.base.p: policy that needs \(native)",
        "domain constraint app.dm.dm_check: domain constraint that needs \(native)",
        "table app.\"tab\nle\": table \(named)",
        "view app.of_break: view that needs \(tableName)",
        "table app.broken: table \(named)",
    ]

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatNeedsItIsSetAside(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            try await bench.run(Self.leaning)
            let imported = try await bench.imported()
            let told = Set(imported.unmodelled.map { "\($0.object): \($0.what)" })
            #expect(Set(Self.told).subtracting(told).sorted() == [])
            // What belongs to something that is told is not told again.
            #expect(!told.contains { $0.contains("of_odd_n") || $0.contains("of_odd_pkey") })
            let lowering = try bench.lowered(imported.files)
            let assessed = try await bench.plan(lowering)
            #expect(assessed.plan.isEmpty, "\(assessed.text)")
            #expect(
                lowering.objects.contains {
                    $0.id == ObjectID(.init(rawValue: "table"), "app", "base")
                })
            #expect(!lowering.objects.contains { $0.id.path.contains("of_odd") })
            // In a steady state only definitions are read.
            let engine = bench.engine
            let session = try await engine.connect(database.url)
            let short = try await engine.inspect(session, scope: .everything, detail: .definitions)
            let full = try await engine.inspect(session, scope: .everything, detail: .full)
            await session.close()
            #expect(short.catalog == full.catalog)
            #expect(short.unmodelled == full.unmodelled)
            for object in full.catalog.objects.values {
                #expect(object.dependencies.allSatisfy { full.catalog[$0] != nil })
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let from: String
        /// What is made by hand behind `from`.
        let sql: String
        let to: String
        let message: String
        var testDescription: String { name }
    }

    static let manifest = """
        kind: Table
        schema: app
        name: t
        columns:
          id: integer
          a: integer
          b: { type: integer, generated: { expression: a + 1 } }
        primaryKey: [id]

        """
    static let view = "---\nkind: View\nschema: app\nname: v\nquery: select id, a from app.t\n"
    static let type = "---\nkind: Enum\nschema: app\nname: e\nlabels: [x, y]\n"
    static let function = """
        ---
        kind: Function
        schema: app
        name: f
        returns: trigger
        language: plpgsql
        body: begin return new; end

        """
    static let all = manifest + view + type + function
    private static func whole(_ manifests: String) -> String {
        manifests.replacing("kind: ", with: "apiVersion: lockstep.dev/v1\nkind: ")
    }
    private static func change(_ old: String, _ new: String) -> String {
        all.replacing(old, with: new)
    }
    private static let retyped = change("a: integer", "a: bigint").replacing(view, with: "")
    private static let thinner = change("select id, a", "select id")
    /// Functions that are not modelled, and a trigger that calls one.
    private static let own = "app.\"nat\nive\""
    private static let odd = "app.\"ty\npe\""
    private static let functions = """
        CREATE FUNCTION \(own)(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1';
        CREATE FUNCTION app."ow
        n"() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
        CREATE TYPE \(odd) AS ENUM ('a');

        """
    private static let calling = "FOR EACH ROW EXECUTE FUNCTION app.\"ow\nn\"()"

    static let refusals = [
        Refusal(
            name: "retype under a materialized view", from: all,
            sql: functions + "CREATE MATERIALIZED VIEW app.m AS SELECT \(own)(a) FROM app.t",
            to: retyped,
            message: "column app.t.a cannot be given another type: materialized view app.m"),
        Refusal(
            name: "retype under a policy", from: all,
            sql: functions + "CREATE POLICY p ON app.t USING (\(own)(a) > 0)", to: retyped,
            message: "policy app.t.p"),
        Refusal(
            name: "retype under a condition of a trigger", from: all,
            sql: functions + "CREATE TRIGGER g BEFORE UPDATE ON app.t FOR EACH ROW "
                + "WHEN (\(own)(new.a) > 0) EXECUTE FUNCTION app.f()", to: retyped,
            message: "trigger app.t.g"),
        Refusal(
            name: "drop a column that a trigger names", from: all,
            sql: functions + "CREATE TRIGGER g BEFORE UPDATE OF b ON app.t \(calling)",
            to: change("  b: { type: integer, generated: { expression: a + 1 } }\n", ""),
            message: "column app.t.b cannot be dropped: trigger app.t.g"),
        Refusal(
            name: "make a generated column again under statistics", from: all,
            sql: functions + "CREATE STATISTICS app.s ON a, (\(own)(b)) FROM app.t",
            to: change("a + 1", "a + 2"), message: "statistics app.s ("),
        Refusal(
            name: "make a view again under a materialized view", from: all,
            sql: functions + "CREATE MATERIALIZED VIEW app.m AS SELECT \(own)(a) FROM app.v",
            to: thinner,
            message: "view app.v cannot be removed for its new form: materialized view app.m"),
        Refusal(
            name: "make a view again with a trigger", from: all,
            sql: functions + "CREATE TRIGGER g INSTEAD OF INSERT ON app.v \(calling)", to: thinner,
            message: "trigger app.v.g ("),
        Refusal(
            name: "make a view again with a rule", from: all,
            sql: functions + "CREATE RULE r AS ON UPDATE TO app.v DO INSTEAD SELECT \(own)(1)",
            to: thinner, message: "rule app.v.r ("),
        Refusal(
            name: "drop the function of a trigger", from: all,
            sql: functions + "CREATE TRIGGER g BEFORE INSERT ON app.t FOR EACH ROW "
                + "WHEN (\(own)(new.id) > 0) EXECUTE FUNCTION app.f()",
            to: all.replacing(function, with: ""),
            message: "function app.f() cannot be dropped: trigger app.t.g"),
        Refusal(
            name: "swap an enum under a function that is not modelled", from: all,
            sql: "CREATE FUNCTION app.\"n\nn\"(app.e) RETURNS int LANGUAGE sql AS 'select 1'",
            to: change("[x, y]", "[y]"),
            message: "enum app.e cannot be removed for its new form: "
                + "function app.\"n\nn\"(app.e)"),
        Refusal(
            name: "drop a column with a view of a function that is not modelled", from: all,
            sql: functions + "CREATE VIEW app.w AS SELECT \(own)(b) AS b FROM app.t",
            to: change("  b: { type: integer, generated: { expression: a + 1 } }\n", ""),
            message: "column app.t.b cannot be dropped: view app.w"),
        Refusal(
            name: "a table's name is that of a view that is set aside", from: all,
            sql: functions + "CREATE VIEW app.d AS SELECT \(own)(1) AS a",
            to: all + "---\nkind: Table\nschema: app\nname: d\ncolumns: { id: integer }\n",
            message: "table app.d cannot be made: view app.d (view that needs function"),
        Refusal(
            name: "a table that is set aside is declared", from: all,
            sql: functions + "CREATE TABLE app.d (id \(odd))",
            to: all + "---\nkind: Table\nschema: app\nname: d\ncolumns: { id: integer }\n",
            message: "table app.d is there, but Lockstep does not manage it: table that needs"),
        Refusal(
            name: "a table got a column of a type that is not modelled", from: all,
            sql: functions + "ALTER TABLE app.t ADD c \(odd)",
            to: manifest + type + function, message: "table app.t is there, but Lockstep"),
        Refusal(
            name: "a function's name is that of a procedure that is set aside", from: all,
            sql: functions + "CREATE PROCEDURE app.s(a int) BEGIN ATOMIC SELECT \(own)(a); END",
            to: all + """
                ---
                kind: Function
                schema: app
                name: s
                arguments: { a: int }
                returns: integer
                language: sql
                body: select a

                """, message: "has its name"),
        Refusal(
            name: "a view that is set aside is declared", from: all,
            sql: functions + "CREATE VIEW app.w AS SELECT \(own)(1) AS b",
            to: all + "---\nkind: View\nschema: app\nname: w\nquery: select 1 as b\n",
            message: "view app.w is there, but Lockstep does not manage it: view that needs"),
    ]

    @Test(arguments: refusals)
    func whatTakesItAwayIsRefused(_ one: Refusal) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            guard case .applied = try await bench.apply(bench.lowered(Self.whole(one.from))) else {
                Issue.record("the first state does not apply")
                return
            }
            try await bench.run(one.sql)
            let before = try await bench.fingerprint()
            do {
                let assessed = try await bench.plan(bench.lowered(Self.whole(one.to)))
                Issue.record("not refused:\n\(assessed.text)")
            } catch let error as DiagnosticsError {
                let found = error.diagnostics.filter { $0.message.contains(one.message) }
                #expect(!found.isEmpty, "\(error.diagnostics)")
                for diagnostic in found where diagnostic.code == "name-taken" {
                    #expect(diagnostic.span != nil)
                }
            }
            #expect(try await bench.fingerprint() == before)
        }
    }

    /// What PostgreSQL does although something that is not modelled stands there.
    @Test func plainChangesStayPossible() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.apply(bench.lowered(Self.whole(Self.all)))
            try await bench.run(
                """
                \(Self.functions)
                CREATE MATERIALIZED VIEW app.m AS SELECT \(Self.own)(a) AS a FROM app.t;
                CREATE POLICY p ON app.t USING (\(Self.own)(a) > 0);
                CREATE TRIGGER g BEFORE UPDATE OF a ON app.t \(Self.calling);
                CREATE STATISTICS app.s ON id, (\(Self.own)(a)) FROM app.t;
                CREATE TRIGGER g INSTEAD OF INSERT ON app.v \(Self.calling);
                """)
            let wider = Self.change(
                "  a: integer\n",
                "  a: { type: integer, default: 1 }\n  n: { type: text, nullable: true }\n"
            )
            .replacing("  id: integer", with: "  id: bigint")
            .replacing(Self.view, with: "")
            // The view is dropped with its trigger, which goes as it should.
            let plan = try await bench.plan(bench.lowered(Self.whole(wider)))
            #expect(plan.text.contains("trigger app.v.g"))
            guard
                case .applied = try await bench.apply(
                    bench.lowered(Self.whole(wider)), acknowledged: ["drop-view:app.v"])
            else {
                Issue.record("does not apply")
                return
            }
            #expect(try await bench.number("select count(*) from pg_statistic_ext") == 1)
            #expect(try await bench.plan(bench.lowered(Self.whole(wider))).plan.isEmpty)
            // A table goes with its trigger, and then the trigger's function.
            try await bench.run("DROP MATERIALIZED VIEW app.m")
            let empty = try bench.lowered(Self.whole("kind: Schema\nname: app\n"))
            let last = try await bench.plan(empty)
            #expect(last.text.contains("policy app.t.p"))
            guard
                case .applied = try await bench.apply(
                    empty, acknowledged: Set(last.plan.steps.map(\.id)))
            else {
                Issue.record("does not apply")
                return
            }
        }
    }

    @Test func whatIsLostWithTheOldFormIsAcknowledged() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.apply(bench.lowered(Self.whole(Self.all)))
            try await bench.run("COMMENT ON TYPE app.v IS 'x'")
            let wanted = try bench.lowered(
                Self.whole(
                    Self.thinner.replacing("a + 1", with: "a + 2")
                        .replacing("[x, y]", with: "[y, x]")))
            let assessed = try await bench.plan(wanted)
            for (id, what) in [
                ("drop-view:app.v", "comment on its row type")
            ] {
                let step = try #require(
                    assessed.plan.steps.first { $0.id == id }, "\(assessed.text)")
                #expect(step.data >= .lossy)
                guard case .shape(let loses) = step.undo.claim else {
                    Issue.record("\(id) claims an exact undo")
                    continue
                }
                #expect(loses.contains(what))
                let finding = assessed.assessment.findings.first {
                    $0.step == id && $0.message.contains(what)
                }
                #expect(finding?.risk == .destructive, "\(assessed.text)")
            }
            guard case .refused = try await bench.apply(wanted, autoApprove: .breaking) else {
                Issue.record("not refused without acknowledgement")
                return
            }
        }
    }
}
