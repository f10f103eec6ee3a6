import Planning
import PostgreSQLClient
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

/// Statements that each make something that is not modelled, and what is to be told of it.
struct UnmodelledCase: Sendable, CustomTestStringConvertible {
    let sql: String
    /// `kind path: what`.
    let finding: String
    var since = 14

    init(_ sql: String, _ finding: String, since: Int = 14) {
        self.sql = sql
        self.finding = finding
        self.since = since
    }

    var testDescription: String { finding }
}

extension UnmodelledCase {
    /// A table `app.t (id, a, b)` with a primary key, an index `t_a`, a function `app.f()`, an
    /// enum `app.e`, a sequence `app.s` and a view `app.v` are there.
    static let relations = [
        UnmodelledCase(
            "ALTER TABLE app.t ADD FOREIGN KEY (a) REFERENCES app.t; ALTER TABLE app.t "
                + "DISABLE TRIGGER ALL", "table app.t: constraint triggers that do not always fire")
    ]

    static let columns = [
        UnmodelledCase(
            "ALTER TABLE app.t ADD CONSTRAINT x EXCLUDE USING btree ((a + 1) WITH =);"
                + "ALTER INDEX app.x ALTER COLUMN 1 SET STATISTICS 9",
            "constraint app.t.x: statistics target of its column 1"),
        UnmodelledCase(
            "CREATE TABLE app.p (a int) PARTITION BY LIST (a); CREATE INDEX ON app.p (a);"
                + "CREATE TABLE app.x PARTITION OF app.p DEFAULT;"
                + "CREATE INDEX ON app.p ((a + 1));"
                + "ALTER INDEX app.x_expr_idx ALTER COLUMN 1 SET STATISTICS 9",
            "index app.x_expr_idx: statistics targets other than its parent's"),
        UnmodelledCase(
            "CREATE TABLE app.p (a int PRIMARY KEY) PARTITION BY LIST (a);"
                + "CREATE TABLE app.x PARTITION OF app.p DEFAULT;"
                + "COMMENT ON INDEX app.x_pkey IS 'x'",
            "index app.x_pkey: comment on the index of a key"),
        UnmodelledCase(
            "CREATE TABLE app.p (a int) PARTITION BY LIST (a);"
                + "ALTER TABLE app.p ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
                + "CREATE TABLE app.x PARTITION OF app.p FOR VALUES IN (1)",
            "constraint app.x.c: check from above that is validated, unlike there"),
        UnmodelledCase(
            "CREATE TABLE app.p (a int) PARTITION BY LIST (a);"
                + "CREATE TABLE app.x PARTITION OF app.p FOR VALUES IN (1);"
                + "ALTER TABLE ONLY app.p ADD CONSTRAINT k UNIQUE (a)",
            "constraint app.p.k: key that not all partitions have"),
        UnmodelledCase(
            "REVOKE SELECT ON app.t FROM CURRENT_USER; GRANT SELECT (a) ON app.t TO CURRENT_USER",
            "column app.t.a: rights of its owner"),
        UnmodelledCase(
            "GRANT SELECT ON app.t TO CURRENT_USER WITH GRANT OPTION",
            "table app.t: grant options of its owner"),
        UnmodelledCase(
            "ALTER TABLE app.t ALTER a SET NOT NULL, ALTER a ADD GENERATED ALWAYS AS IDENTITY;"
                + "ALTER SEQUENCE app.t_a_seq SET UNLOGGED",
            "column app.t.a: identity sequence with another persistence than its table", since: 15),
        UnmodelledCase(
            "COMMENT ON TYPE app._e IS 'x'", "enum app.e: comment on its array type"),
        UnmodelledCase(
            "CREATE TABLE app.p (a int NOT NULL) PARTITION BY LIST (a);"
                + "CREATE TABLE app.x PARTITION OF app.p FOR VALUES IN (1);"
                + "COMMENT ON CONSTRAINT p_a_not_null ON app.x IS 'x'",
            "column app.x.a: comment on the NOT NULL of what is had from elsewhere", since: 18),
    ]

    static let routinesAndTypes = [
        UnmodelledCase(
            """
            CREATE EXTENSION citext;
            DO $$ BEGIN
                EXECUTE format('CREATE FUNCTION app.w(citext) RETURNS int LANGUAGE c AS %L, %L',
                    (SELECT setting FROM pg_config WHERE name = 'PKGLIBDIR') || '/citext',
                    'citext_hash');
            END $$
            """, "function app.w(public.citext): function in language c")
    ]

    static let database = [
        UnmodelledCase(
            "CREATE EXTENSION citext; ALTER INDEX app.t_a DEPENDS ON EXTENSION citext",
            "index app.t_a: dependence on the extension citext"),
        UnmodelledCase(
            "CREATE EXTENSION citext SCHEMA app;"
                + "REVOKE EXECUTE ON FUNCTION app.citextout(app.citext) FROM public",
            "extension citext: rights on its function app.citextout(app.citext) that it does not "
                + "give"),
        UnmodelledCase(
            "CREATE EXTENSION citext; ALTER FUNCTION app.f DEPENDS ON EXTENSION citext",
            "function app.f: dependence on the extension citext"),
    ]

    static let onlyEverything = [
        UnmodelledCase(
            "CREATE ROLE lockstep_set; ALTER ROLE lockstep_set SET work_mem = '1MB'",
            "role lockstep_set: settings: work_mem"),
        UnmodelledCase(
            "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM public",
            "function \"pg_catalog.pg_sleep(double precision)\": \(systemRights)"),
        UnmodelledCase(
            "GRANT SELECT ON pg_catalog.pg_authid TO pg_monitor",
            "table \"pg_catalog.pg_authid\": \(systemRights)"),
        UnmodelledCase(
            "GRANT SELECT (rolname) ON pg_catalog.pg_authid TO pg_monitor",
            "table column \"pg_catalog.pg_authid.rolname\": \(systemRights)"),
        UnmodelledCase(
            "REVOKE USAGE ON LANGUAGE plpgsql FROM public", "language plpgsql: \(systemRights)"),
        UnmodelledCase(
            "REVOKE USAGE ON TYPE pg_catalog.int4 FROM public", "type integer: \(systemRights)"),
        UnmodelledCase(
            "REVOKE USAGE ON SCHEMA pg_catalog FROM public",
            "schema pg_catalog: \(systemRights)"),
    ]

    private static let systemRights = "rights that the server does not give"
}

@Suite struct InspectUnmodelledTests {
    static let base = """
        CREATE SCHEMA app;
        CREATE TABLE app.t (id int PRIMARY KEY, a int, b text);
        CREATE INDEX t_a ON app.t (a);
        CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'select 1';
        CREATE TYPE app.e AS ENUM ('a');
        CREATE SEQUENCE app.s;
        CREATE VIEW app.v AS SELECT a FROM app.t;
        """

    static func findings(
        _ connection: PostgreSQLConnection, _ scope: Scope
    ) async throws -> Set<String> {
        let found = try await PostgreSQLInspector.inspect(
            connection, scope: scope, detail: .definitions)
        return Set(found.unmodelled.map { "\($0.object): \($0.what)" })
    }

    /// Each case on the same database, in a transaction that is rolled back.
    private func expectFindings(
        _ cases: [UnmodelledCase], _ scope: Scope, major: Int
    ) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute(Self.base)
            #expect(try await Self.findings(connection, scope) == [])
            for item in cases where item.since <= major {
                try await connection.execute("BEGIN; " + item.sql)
                let found = try await Self.findings(connection, scope)
                #expect(found.contains(item.finding), "\(item.sql)\nfound \(found.sorted())")
                try await connection.execute("ROLLBACK")
            }
            await connection.close()
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func everySortIsTold(major: Int) async throws {
        let app = Scope(schemas: ["app"])
        try await expectFindings(UnmodelledCase.relations, app, major: major)
        try await expectFindings(UnmodelledCase.columns, app, major: major)
        try await expectFindings(UnmodelledCase.routinesAndTypes, app, major: major)
        try await expectFindings(UnmodelledCase.database, app, major: major)
        try await expectFindings(UnmodelledCase.onlyEverything, .everything, major: major)
    }

    @Test func whatIsOutOfScopeIsNotTold() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(
                Self.base + """
                    CREATE SCHEMA other;
                    CREATE FUNCTION other."w
                    w"() RETURNS bigint LANGUAGE sql AS 'select 1';
                    CREATE VIEW other.v AS SELECT other."w
                    w"() AS n;
                    CREATE FOREIGN DATA WRAPPER w;
                    CREATE SCHEMA lockstep;
                    CREATE FUNCTION lockstep.w() RETURNS bigint LANGUAGE internal WINDOW
                        AS 'window_row_number';
                    """)
            #expect(try await Self.findings(connection, Scope(schemas: ["app"])) == [])
            let all = try await Self.findings(connection, .everything)
            let named = "with a name that has control characters"
            #expect(
                all == [
                    "function other.\"w\nw\"(): function \(named)",
                    "view other.v: view that needs function \(named) other.\"w\nw\"(), "
                        + "which is not modelled",
                ])
            await connection.close()
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func membersOfExtensionsAreNotTold(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute(
                Self.base + """
                    CREATE EXTENSION citext SCHEMA app; CREATE EXTENSION hstore SCHEMA app;
                    CREATE EXTENSION seg SCHEMA app; CREATE EXTENSION file_fdw SCHEMA app;
                    CREATE EXTENSION pg_stat_statements SCHEMA app;
                    CREATE EXTENSION isn SCHEMA app;
                    """)
            #expect(try await Self.findings(connection, .everything) == [])
            let found = try await PostgreSQLInspector.inspect(
                connection, scope: .everything, detail: .full)
            let kinds = Set(found.catalog.ids.filter { $0.path.count > 1 }.map(\.description))
            #expect(
                kinds.sorted() == [
                    "column app.t.a", "column app.t.b", "column app.t.id",
                    "constraint app.t.t_pkey", "enum app.e", "function app.f()", "index app.t_a",
                    "sequence app.s", "table app.t", "view app.v",
                ])
            await connection.close()
        }
    }

    @Test(arguments: [
        ("t_a_not_null", "t", "a", true), ("t_a_not_null1", "t", "a", true),
        ("t_a_not_null01", "t", "a", false), ("t_b_not_null", "t", "a", false),
        (
            String(repeating: "t", count: 27) + "_" + String(repeating: "c", count: 26)
                + "_not_null",
            String(repeating: "t", count: 40), String(repeating: "c", count: 40), true
        ),
    ])
    func namesOfNotNull(name: String, table: String, column: String, isDefault: Bool) {
        #expect(NotNullName.isDefault(name, table: table, column: column) == isDefault)
    }
}
