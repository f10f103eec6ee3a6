import Execution
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What a role lacks is told with the plan, and nothing is begun; with no more than that, the plan
/// is carried out. Time budget: 40 s.
@Suite struct PrivilegeTests {
    /// A change that takes a privilege on something that it only refers to.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// What is there before, made by the superuser; `$ROLE` is the role.
        var before: String
        /// The whole of schema `app` as desired.
        var desired: String
        /// What the finding says.
        var told: String
        /// What gives the privilege, and no other.
        var grant: String

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "a foreign key needs REFERENCES",
            before: """
                CREATE TABLE app.pk (id integer NOT NULL, CONSTRAINT pk_pkey PRIMARY KEY (id));
                CREATE TABLE app.t (id integer NOT NULL); ALTER TABLE app.t OWNER TO $ROLE
                """,
            desired: table("pk", "id: integer", "primaryKey: [id]")
                + table(
                    "t", "id: integer", "foreignKeys: { t_fk: { columns: [id], references: pk } }"),
            told: "REFERENCES on column app.pk.id (its owner is postgres)",
            grant: "GRANT REFERENCES (id) ON app.pk TO $ROLE"),
        Case(
            name: "a column needs USAGE on its type",
            before: """
                CREATE TYPE app.e AS ENUM ('a'); REVOKE USAGE ON TYPE app.e FROM PUBLIC;
                CREATE TABLE app.t (id integer NOT NULL); ALTER TABLE app.t OWNER TO $ROLE
                """,
            desired: enumeration + table("t", "id: integer, c: { type: app.e, nullable: true }"),
            told: "USAGE on enum app.e (its owner is postgres)",
            grant: "GRANT USAGE ON TYPE app.e TO $ROLE"),
        Case(
            name: "a function needs USAGE on the types of its arguments",
            before: "CREATE TYPE app.e AS ENUM ('a'); REVOKE USAGE ON TYPE app.e FROM PUBLIC",
            desired: enumeration + function("arguments: ['app.e[]']"),
            told: "USAGE on enum app.e (its owner is postgres)",
            grant: "GRANT USAGE ON TYPE app.e TO $ROLE"),
        Case(
            name: "a view needs USAGE on the schemas that it reads",
            before: """
                CREATE SCHEMA hidden; CREATE TABLE hidden.t (id integer NOT NULL)
                """,
            desired: table("t", "id: integer", schema: "hidden") + """
                ---
                apiVersion: lockstep.dev/v1
                kind: View
                schema: app
                name: v
                query: select id from hidden.t

                """,
            told: "USAGE on schema hidden (its owner is postgres)",
            grant: "GRANT USAGE ON SCHEMA hidden TO $ROLE"),
        Case(
            name: "a check calls its functions",
            before: """
                CREATE FUNCTION app.f(integer) RETURNS boolean LANGUAGE sql IMMUTABLE
                    AS 'select $1 > 0';
                REVOKE EXECUTE ON FUNCTION app.f(integer) FROM PUBLIC;
                CREATE TABLE app.t (id integer NOT NULL); ALTER TABLE app.t OWNER TO $ROLE
                """,
            desired: table("t", "id: integer", "checks: { t_c: app.f(id) }") + """
                ---
                apiVersion: lockstep.dev/v1
                kind: Function
                schema: app
                name: f
                arguments: [integer]
                returns: boolean
                language: sql
                volatility: immutable
                body: select $1 > 0

                """,
            told: "EXECUTE on function app.f(integer) (its owner is postgres)",
            grant: "GRANT EXECUTE ON FUNCTION app.f(integer) TO $ROLE"),
        Case(
            name: "a sequence that comes to a column needs the table's owner itself",
            before: """
                CREATE ROLE $ROLE_group; GRANT $ROLE_group TO $ROLE;
                CREATE TABLE app.t (id integer NOT NULL); ALTER TABLE app.t OWNER TO $ROLE_group;
                CREATE SEQUENCE app.s; ALTER SEQUENCE app.s OWNER TO $ROLE
                """,
            desired: table("t", "id: integer") + """
                ---
                apiVersion: lockstep.dev/v1
                kind: Sequence
                schema: app
                name: s
                ownedBy: { table: t, column: id }

                """,
            told: "to be $ROLE_group itself: a sequence has the owner of its column's table",
            grant: "ALTER TABLE app.t OWNER TO $ROLE"),
        Case(
            name: "a function needs its language",
            before: "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
            desired: function("language: plpgsql", body: "begin return 1; end"),
            told: "to write functions in the language plpgsql",
            grant: "GRANT USAGE ON LANGUAGE plpgsql TO $ROLE"),
        Case(
            name: "only a superuser promises LEAKPROOF",
            before: "SELECT 1", desired: function("leakproof: true"),
            told: "to be a superuser, for LEAKPROOF or SUPPORT",
            grant: "ALTER ROLE $ROLE SUPERUSER"),
        Case(
            name: "only a superuser makes operator families",
            before: "SELECT 1",
            desired: """
                apiVersion: lockstep.dev/v1
                kind: OperatorFamily
                schema: app
                name: f
                method: btree

                """,
            told: "to be a superuser", grant: "ALTER ROLE $ROLE SUPERUSER"),
        Case(
            name: "a trusted extension needs CREATE on the database",
            before: "SELECT 1",
            desired: """
                apiVersion: lockstep.dev/v1
                kind: Extension
                schema: app
                name: citext

                """,
            told: "to be a superuser, or CREATE on the database for a trusted extension",
            grant: "GRANT CREATE ON DATABASE $DB TO $ROLE"),
        Case(
            name: "only its owner comments on an extension",
            before: "CREATE EXTENSION citext SCHEMA app; COMMENT ON EXTENSION citext IS NULL",
            desired: """
                apiVersion: lockstep.dev/v1
                kind: Extension
                schema: app
                name: citext
                comment: Texts in any case.

                """,
            told: "to own it (its owner is postgres)",
            grant: "UPDATE pg_extension SET extowner = '$ROLE'::regrole WHERE extname = 'citext'"),
        Case(
            name: "a new row needs INSERT",
            before: rows + "GRANT SELECT ON app.t TO $ROLE; GRANT INSERT (id) ON app.t TO $ROLE",
            desired: table(
                "t", "id: integer, n: { type: integer, nullable: true }", "primaryKey: [id]")
                + data("{ id: 1, n: 2 }"),
            told: "INSERT on column app.t.n (its owner is postgres)",
            grant: "GRANT INSERT ON app.t TO $ROLE"),
        Case(
            name: "another value needs UPDATE",
            before: rows + "INSERT INTO app.t VALUES (1, 1); GRANT SELECT ON app.t TO $ROLE",
            desired: table(
                "t", "id: integer, n: { type: integer, nullable: true }", "primaryKey: [id]")
                + data("{ id: 1, n: 2 }"),
            told: "UPDATE on column app.t.n (its owner is postgres)",
            grant: "GRANT UPDATE (n) ON app.t TO $ROLE"),
        Case(
            name: "a sequence that is led past a number needs UPDATE",
            before: """
                CREATE TABLE app.t (
                    id integer NOT NULL GENERATED BY DEFAULT AS IDENTITY,
                    CONSTRAINT t_pkey PRIMARY KEY (id));
                GRANT SELECT, INSERT ON app.t TO $ROLE;
                GRANT SELECT ON SEQUENCE app.t_id_seq TO $ROLE
                """,
            desired: table(
                "t", "id: { type: integer, identity: byDefault }", "primaryKey: [id]")
                + data("{ id: 7 }"),
            told: "UPDATE on sequence app.t_id_seq (its owner is postgres)",
            grant: "GRANT UPDATE ON SEQUENCE app.t_id_seq TO $ROLE"),
    ]

    private static func table(
        _ name: String, _ columns: String, _ more: String = "", schema: String = "app"
    ) -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: Table
        schema: \(schema)
        name: \(name)
        columns: { \(columns) }
        \(more)

        """
    }

    private static let rows = """
        CREATE TABLE app.t (id integer NOT NULL, n integer, CONSTRAINT t_pkey PRIMARY KEY (id));

        """

    private static func data(_ row: String) -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: Data
        schema: app
        table: t
        key: [id]
        rows: [\(row)]

        """
    }

    private static let enumeration = """
        ---
        apiVersion: lockstep.dev/v1
        kind: Enum
        schema: app
        name: e
        labels: [a]

        """

    private static func function(_ more: String, body: String = "select 1") -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: Function
        schema: app
        name: g
        returns: integer
        body: \(body)
        \(more.contains("language") ? "" : "language: sql")
        \(more)

        """
    }

    @Test(arguments: cases, PrivatePostgreSQL.testMajors)
    func isToldAndIsEnough(one: Case, major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let role = "\(database.name)_role"
            func filled(_ text: String) -> String {
                text.replacing("$ROLE", with: role).replacing("$DB", with: database.name)
            }
            let admin = Bench(database)
            try await admin.run(
                """
                CREATE ROLE \(role) LOGIN;
                CREATE SCHEMA lockstep AUTHORIZATION \(role);
                CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO \(role);
                \(filled(one.before))
                """)
            let bench = Bench(database, role: role)
            let lowering = try bench.lowered(one.desired)
            let told = try await bench.plan(lowering).assessment.findings.filter {
                $0.rule == NeedsPrivilege.name
            }
            #expect(
                Set(told.map(\.message)) == [
                    "The role of this session may not do this: it needs \(filled(one.told))."
                ])
            let before = try await admin.fingerprint()
            guard case .willFail = try await bench.apply(lowering, autoApprove: .destructive) else {
                Issue.record("begun without the privilege")
                return
            }
            #expect(try await admin.fingerprint() == before)
            try await admin.run(filled(one.grant))
            let result = try await bench.apply(lowering, autoApprove: .destructive)
            guard case .applied = result else {
                Issue.record("refused with the privilege: \(result)")
                return
            }
            try await admin.run("ALTER ROLE \(role) NOLOGIN; DROP OWNED BY \(role)")
        }
    }
}
