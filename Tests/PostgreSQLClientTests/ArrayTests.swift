import PostgreSQLClient
import TestSupport
import Testing

/// The text form of arrays, against the server's own.
@Suite struct ArrayTests {
    @Test func readsWhatTheServerWrites() async throws {
        let words: [String?] = [
            "a", "", nil, "NULL", "null", "b c", "q\"q", "back\\slash", "{x}", "a,b", " lead", "ü",
            "new\nline",
        ]
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let row = try await connection.query(
                """
                SELECT $1::text[], array_length($1::text[], 1), '[0:1]={a,b}'::text[],
                    '{}'::text[], '[-1:0][2:3]={{1,2},{3,4}}'::int[]
                """, [PostgreSQLArray.text(of: words)])[0]
            #expect(try row.optionalTexts(0) == words)
            #expect(try row.int(1) == words.count)
            #expect(try row.texts(2) == ["a", "b"])
            #expect(try row.texts(3) == [])
            #expect(try row.nestedTexts(3) == [])
            #expect(try row.nestedTexts(4) == [["1", "2"], ["3", "4"]])
        }
    }

    @Test(arguments: [
        "", "{", "}", "{a", "{a,", "{a,}", "{,a}", "{\"a}", "{\"a\\", "{a}b", "{a\"b}", "{{a}",
        "[0:1]", "[x]={a}", "{{{{{{{a}}}}}}}", "a", "{a b{}",
    ])
    func refusesWhatNoServerWrites(text: String) {
        #expect(PostgreSQLArray(text) == nil)
    }

    @Test func keepsTheShape() {
        #expect(
            PostgreSQLArray("{{a,NULL},{\"b\",c}}")
                == .array([
                    .array([.element("a"), .null]), .array([.element("b"), .element("c")]),
                ]))
        #expect(PostgreSQLArray("{{a},{b}}")?.texts == nil)
        #expect(PostgreSQLArray("{a}")?.nestedTexts == nil)
    }
}
