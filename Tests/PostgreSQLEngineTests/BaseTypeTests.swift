import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// Time budget: 5 s.
@Suite("Base types and their functions")
struct BaseTypeTests {
    private static let schema = """
        CREATE SCHEMA app; CREATE TYPE app.number;
        CREATE FUNCTION app.number_in(cstring) RETURNS app.number LANGUAGE internal
            IMMUTABLE STRICT AS 'int4in';
        CREATE FUNCTION app.number_out(app.number) RETURNS cstring LANGUAGE internal
            IMMUTABLE STRICT AS 'int4out';
        CREATE TYPE app.number (INPUT = app.number_in, OUTPUT = app.number_out, LIKE = int4);
        """

    /// What makes it impossible, and what the catalogs have of the type afterwards.
    private static let users = [
        ("CREATE TABLE app.t (a app.number)", 4),
        ("CREATE TABLE app.t (a app.number[])", 4),
        ("CREATE DOMAIN app.d AS app.number", 4),
        ("CREATE CAST (app.number AS integer) WITHOUT FUNCTION", 4),
        ("CREATE VIEW app.v AS SELECT app.number_in('1') AS n", 4),
        ("SELECT 1", 0),
    ]

    @Test("they go together, and only while nothing else needs them", arguments: users)
    func removal(user: String, left: Int) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(Self.schema)
            let found = try await PostgreSQLInspector.inspect(
                connection, scope: .everything, detail: .full)
            let id = ObjectID(BaseTypes.kind, "app", "number")
            let type = try #require(found.catalog[id])
            let functions = BaseTypes.functions(of: type) { found.catalog[$0] }.map(\.id)
            #expect(functions.count == 2)
            try await connection.execute(user)
            let statements = BaseTypes.removal(of: id, with: functions)
            do {
                try await connection.transaction { connection in
                    for statement in statements {
                        try await connection.query(statement.text(.postgreSQL))
                    }
                }
                #expect(left == 0)
            } catch let error as PostgreSQLError {
                #expect(error.sqlstate == SQLState(rawValue: "2BP01") && left > 0)
            }
            let rows = try await connection.query(
                """
                SELECT (SELECT count(*) FROM pg_type WHERE typname IN ('number', '_number'))
                    + (SELECT count(*) FROM pg_proc WHERE proname LIKE 'number\\_%'),
                    (SELECT count(*) FROM pg_roles WHERE rolname = 'lockstep_leaving')
                """)
            #expect(try rows.map { [try $0.text(0), try $0.text(1)] } == [["\(left)", "0"]])
            await connection.close()
        }
    }
}
