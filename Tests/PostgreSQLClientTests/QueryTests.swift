import PostgreSQLClient
import TestSupport
import Testing

@Suite struct QueryTests {
    @Test(arguments: PrivatePostgreSQL.testMajors)
    func readsValues(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            #expect(connection.serverMajor == major)
            let rows = try await connection.query(
                """
                SELECT 42::int8 AS number, NULL::text AS nothing, $1::text AS text, true AS yes,
                    ARRAY['a', 'b "c"', NULL, ''] AS texts, '1 2 3'::int2vector AS vector,
                    ARRAY[[1, 2], [3, 4]] AS nested, 1.5::float8 AS half
                """, ["grüße 🌍"])
            #expect(rows.count == 1)
            #expect(rows.columns.count == 8)
            let row = try #require(rows.first)
            #expect(try row.int(0) == 42)
            #expect(row[1] == nil)
            #expect(row.isNull(1))
            #expect(row[2] == "grüße 🌍")
            #expect(try row.bool(3))
            #expect(try row.optionalTexts(4) == ["a", "b \"c\"", nil, ""])
            #expect(try row.ints(5) == [1, 2, 3])
            #expect(try row.nestedTexts(6) == [["1", "2"], ["3", "4"]])
            #expect(try row.double(7) == 1.5)
            #expect(rows.column(named: "vector") == 5)
        }
    }
}
