import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What steps claim of undo and of locks holds on a real server. Time budget: 20 s.
@Suite struct ClaimTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// What is there before.
        var before: String
        /// The desired manifests, without their heads.
        var desired: String

        var testDescription: String { name }
    }

    private static func table(_ columns: String, _ more: String = "") -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: Table
        schema: app
        name: t
        columns: { \(columns) }
        \(more)

        """
    }

    private static func view(_ query: String) -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: View
        schema: app
        name: v
        query: \(query)

        """
    }

    /// What is done online, without what runs outside a transaction.
    static let forms: [Case] = [
        Case(
            name: "a column comes to refuse NULL", before: "CREATE TABLE app.t (a integer)",
            desired: table("a: integer")),
        Case(
            name: "a check gets another condition",
            before: """
                CREATE TABLE app.t (a integer NOT NULL CONSTRAINT t_a_check CHECK (a > 0));
                COMMENT ON CONSTRAINT t_a_check ON app.t IS 'x'
                """,
            desired: table("a: integer", "checks: { t_a_check: a > 1 }")),
        Case(
            name: "a foreign key gets another action",
            before: """
                CREATE TABLE app.t (a integer NOT NULL PRIMARY KEY, b integer NOT NULL,
                    CONSTRAINT t_b_fkey FOREIGN KEY (b) REFERENCES app.t)
                """,
            desired: table(
                "a: integer, b: integer",
                """
                primaryKey: [a]
                foreignKeys: { t_b_fkey: { columns: [b], references: t, onDelete: cascade } }
                """)),
        Case(
            name: "an index becomes a unique constraint",
            before: "CREATE TABLE app.t (a integer NOT NULL); CREATE UNIQUE INDEX u ON app.t (a)",
            desired: table("a: integer", "unique: { u: [a] }")),
    ]

    static let undone: [Case] = [
        Case(
            name: "a serial column goes",
            before: "CREATE TABLE app.t (a integer NOT NULL, b serial)",
            desired: table("a: integer")),
        Case(
            name: "a table with a serial column goes",
            before: "CREATE TABLE app.t (a serial, b integer NOT NULL)",
            desired: ""),
        Case(
            name: "an owned sequence goes and its column stays",
            before: "CREATE TABLE app.t (a serial)", desired: table("a: integer")),
        Case(
            name: "a view with a comment gets a column",
            before: """
                CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL);
                CREATE VIEW app.v AS SELECT a FROM app.t; COMMENT ON VIEW app.v IS 'x'
                """,
            desired: table("a: integer, b: integer") + view("select a, b from app.t\ncomment: x")),
        Case(
            name: "a varchar gets longer",
            before: "CREATE TABLE app.t (a varchar(5) NOT NULL)", desired: table("a: varchar(9)")),
    ]

    /// With the undo of all steps the database is as it was.
    @Test(arguments: undone + forms)
    func undoLeadsBack(one: Case) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run("CREATE SCHEMA app; \(one.before)")
            let empty = "---\napiVersion: lockstep.dev/v1\nkind: Schema\nname: app\n"
            let lowering = try bench.lowered(empty + one.desired)
            let before = try await bench.fingerprint()
            let steps = try await bench.plan(lowering).target.plan.steps
            #expect(!steps.isEmpty)
            let statements = steps.flatMap { step -> [Statement] in
                guard case .statements(let statements) = step.action else { return [] }
                return statements
            }
            for statement in statements { try await bench.run(statement.text) }
            #expect(try await bench.fingerprint() != before)
            for step in steps.reversed() {
                for statement in step.undo.statements { try await bench.run(statement.text) }
            }
            #expect(try await bench.fingerprint() == before)
        }
    }

    /// An undo that can cut values does not say that it is exact, nor does one that cannot run.
    @Test(arguments: [
        ("varchar(5)", "varchar(10)"), ("numeric(5,2)", "numeric(7,2)"), ("cidr", "inet"),
        ("varchar(5)", "text"), ("text", "varchar"),
    ])
    func aTypeChangeSaysWhatItsUndoLoses(_ from: String, _ to: String) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run("CREATE SCHEMA app; CREATE TABLE app.t (a \(from) NOT NULL)")
            let lowering = try bench.lowered(Self.table("a: '\(to)'"))
            let step = try #require(try await bench.plan(lowering).target.plan.steps.first)
            let isExact = from == "text"
            #expect((step.undo.claim == .exact) == isExact, "\(step.undo)")
        }
    }

    @Test func aViewUnderAnotherHasNoUndoOfItsNewColumn() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run(
                """
                CREATE SCHEMA app; CREATE TABLE app.t (a integer NOT NULL, b integer NOT NULL);
                CREATE VIEW app.v AS SELECT a FROM app.t; CREATE VIEW app.w AS SELECT a FROM app.v
                """)
            let upper = Self.view("select a from app.v").replacing("name: v", with: "name: w")
            let lowering = try bench.lowered(
                Self.table("a: integer, b: integer") + Self.view("select a, b from app.t") + upper)
            let step = try #require(try await bench.plan(lowering).target.plan.steps.first)
            guard case .none = step.undo.claim else {
                Issue.record("claims \(step.undo.claim)")
                return
            }
        }
    }

    static let locking: [Case] = [
        Case(
            name: "an identity goes",
            before: "CREATE TABLE app.t (a integer GENERATED ALWAYS AS IDENTITY)",
            desired: table("a: integer")),
        Case(
            name: "the sequence of an identity counts otherwise",
            before: "CREATE TABLE app.t (a integer GENERATED ALWAYS AS IDENTITY)",
            desired: table("a: { type: integer, identity: { mode: always, increment: 2 } }")),
        Case(
            name: "a table with sequences becomes unlogged",
            before: "CREATE TABLE app.t (a integer GENERATED ALWAYS AS IDENTITY, b serial)",
            desired: table(
                "a: { type: integer, identity: always }, b: serial", "unlogged: true")),
    ]

    /// The locks that stop others on tables and sequences that were there are all named.
    @Test(arguments: locking + forms)
    func locksAreNamed(one: Case) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run("CREATE SCHEMA app; \(one.before)")
            let lowering = try bench.lowered(one.desired)
            let target = try await bench.plan(lowering).target
            let connection = try await database.connect()
            for (step, effects) in zip(target.plan.steps, target.effects) {
                guard case .statements(let statements) = step.action else { continue }
                let there = try await connection.query(
                    "SELECT coalesce(max(oid), 0) FROM pg_class")[0].text(0)
                try await connection.execute("BEGIN")
                for statement in statements { try await connection.query(statement.text) }
                let held = try await connection.query(
                    """
                    SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                    WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'S') AND l.mode IN
                        ('AccessExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')
                        AND c.relnamespace = 'app'::regnamespace AND c.oid <= $1::oid
                    """, [there])
                let named = Set(effects.locks.map(\.relation.name))
                for row in held { #expect(named.contains(try row.text(0)), "\(step.title)") }
                try await connection.execute("COMMIT")
            }
            await connection.close()
        }
    }
}
