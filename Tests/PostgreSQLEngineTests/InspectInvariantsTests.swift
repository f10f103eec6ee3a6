import Planning
import PostgreSQLClient
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

/// What holds whatever stands in the database.
@Suite struct InspectInvariantsTests {
    @Test func numberOfQueriesIsConstant() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            var counts: Set<Int> = []
            for tables in [0, 10, 200] {
                for number in 0..<tables {
                    try await connection.execute(
                        """
                        CREATE TABLE t_\(tables)_\(number) (id serial PRIMARY KEY, a int DEFAULT 1,
                            b text, FOREIGN KEY (a) REFERENCES t_\(tables)_\(number));
                        CREATE INDEX ON t_\(tables)_\(number) (lower(b));
                        """)
                }
                let (found, queries) = try await PostgreSQLInspector.measuredInspection(
                    connection, scope: .everything, detail: .full)
                #expect(found.catalog.ids.filter { $0.kind == .table }.count >= tables)
                counts.insert(queries)
            }
            #expect(counts == [34])
            await connection.close()
        }
    }

    /// Names that break whoever forgets to quote or splits at dots.
    static let hostileNames = [
        "select", "User", "a.b", "a\"b", "it's", "semi;colon", "sp ace", "ünïcødé", "日本語", "(x)",
        "$1", "back\\slash", "{a,b}", "%s", "--", "null", "1st",
        String(repeating: "é", count: 31) + "x",
    ]

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func hostileNamesSurvive(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            for name in Self.hostileNames {
                let q = "\"" + name.replacing("\"", with: "\"\"") + "\""
                try await connection.execute(
                    """
                    CREATE SCHEMA \(q);
                    CREATE TYPE \(q).\(q) AS ENUM ('\(name.replacing("'", with: "''"))');
                    CREATE TABLE \(q)."T" (\(q) \(q).\(q), i int, CONSTRAINT \(q) CHECK (i > 0),
                        FOREIGN KEY (i) REFERENCES \(q)."T" (i), UNIQUE (i));
                    CREATE INDEX "I" ON \(q)."T" (\(q));
                    CREATE VIEW \(q)."V" AS SELECT \(q) FROM \(q)."T";
                    CREATE FUNCTION \(q).\(q)(\(q) \(q).\(q)) RETURNS int LANGUAGE sql
                        AS 'select 1';
                    COMMENT ON COLUMN \(q)."T".\(q) IS '\(name.replacing("'", with: "''"))';
                    """)
            }
            let found = try await PostgreSQLInspector.inspect(
                connection, scope: Scope(schemas: Self.hostileNames), detail: .full)
            #expect(found.unmodelled == [])
            for name in Self.hostileNames {
                let column = ObjectID.column(name, "T", name)
                #expect(
                    found.catalog[.enum(name, name)]?.definition
                        == .enum(EnumDefinition(labels: [name])))
                #expect(found.catalog[column]?.dependencies.contains(.enum(name, name)) == true)
                #expect(
                    found.catalog[column.comment]?.definition
                        == .comment(CommentDefinition(text: name)))
                #expect(found.catalog[.constraint(name, "T", name)] != nil)
                #expect(
                    found.catalog[.index(name, "I")]?.definition
                        == .index(IndexDefinition(table: "T", keys: [.init(.column(name))])))
                let functions = found.catalog.ids.filter {
                    $0.kind == .function && $0.path[0] == name
                }
                #expect(functions.map { $0.path[1] } == [name])
            }
            await connection.close()
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func orderOfCreationMakesNoDifference(major: Int) async throws {
        let parts = [
            "CREATE TABLE app.a (id int PRIMARY KEY, x text DEFAULT 'a', y int)",
            "CREATE TABLE app.b (id bigint GENERATED ALWAYS AS IDENTITY, x text COLLATE \"C\")",
            "CREATE TYPE app.e AS ENUM ('a', 'b')", "CREATE SEQUENCE app.s",
            "CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'select 1'",
            "CREATE EXTENSION citext SCHEMA app",
        ]
        let after = [
            "CREATE INDEX i ON app.a (lower(x))", "CREATE VIEW app.v AS SELECT x FROM app.b",
            "ALTER TABLE app.a ADD CHECK (y > 0)", "COMMENT ON TABLE app.b IS 'b'",
        ]
        func fingerprint(_ statements: [String]) async throws -> Digest {
            let script = "CREATE SCHEMA app;" + statements.joined(separator: ";")
            return try await InspectCatalogTests.read(script, major: major).catalog.fingerprint
        }
        let forwards = try await fingerprint(parts + after)
        #expect(try await fingerprint(parts.reversed() + after.reversed()) == forwards)
        #expect(try await fingerprint(parts + after.dropLast()) != forwards)
    }

    @Test func anOpenTransactionIsReadAndKeepsItsSettings() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute("SET search_path = public; SET datestyle = 'German'")
            try await connection.begin()
            try await connection.execute("CREATE TABLE t (d date DEFAULT '2020-01-02')")
            let found = try await PostgreSQLInspector.inspect(
                connection, scope: .everything, detail: .definitions)
            #expect(
                found.catalog[.columnDefault("public", "t", "d")]?.definition
                    == .columnDefault(
                        DefaultDefinition(expression: VerbatimSQL("'2020-01-02'::date"))))
            let settings = try await connection.query(
                "SELECT current_setting('search_path'), current_setting('datestyle')")
            #expect(settings[0][0] == "public")
            #expect(settings[0][1] == "German, DMY")
            try await connection.rollback()
            let after = try await PostgreSQLInspector.inspect(
                connection, scope: .everything, detail: .definitions)
            #expect(after.catalog.ids == [.schema("public")])
            #expect(await connection.transactionStatus == .idle)
            await connection.close()
        }
    }

    @Test func definitionsAloneHaveTheSameFingerprint() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(InspectUnmodelledTests.base)
            let full = try await PostgreSQLInspector.inspect(
                connection, scope: .everything, detail: .full)
            let short = try await PostgreSQLInspector.inspect(
                connection, scope: .everything, detail: .definitions)
            #expect(full.catalog.fingerprint == short.catalog.fingerprint)
            #expect(full.catalog == short.catalog)
            await connection.close()
        }
    }
}
