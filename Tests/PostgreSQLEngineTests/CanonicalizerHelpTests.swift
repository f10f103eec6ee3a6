import Planning
import SchemaCore
import Testing

/// What is told to do about what a server refused to build.
extension CanonicalizeDiagnosticsTests {
    @Test func aDottedNameTellsHowANameInASchemaIsWritten() async throws {
        let found = try await refusals([
            "kind: Table\nname: t\ncolumns: { a: { type: text, collation: app.german } }\n"
        ])
        #expect(
            found.map(\.help) == [
                "This is one name with a dot in it; for a name in a schema write "
                    + "{ schema: app, name: german }."
            ])
        #expect(found.first?.span?.start.line == 4)
    }

    @Test func whatAStatementMakesIsNotThereForOthers() async throws {
        let found = try await refusals([
            "kind: Table\nname: t\ncolumns: { a: app.mood }\n",
            """
            kind: Statement
            name: mood
            create: create type app.mood as enum ('a')
            identity: select 'app.mood'::regtype

            """,
        ])
        #expect(found.map(\.code) == ["missing-reference"])
        #expect(found.first?.help?.hasPrefix("A statement makes what it needs") == true)
    }

    @Test func whatRunsInNoTransactionIsRefusedAsThat() async throws {
        let found = try await refusals([
            "kind: Table\nname: t\ncolumns: { a: integer }\n",
            """
            kind: Statement
            name: index
            create: create index concurrently t_a on app.t (a)
            identity: select 1

            """,
        ])
        #expect(found.map(\.code) == ["refused"])
        #expect(found.first?.help?.hasPrefix("A statement runs in a transaction") == true)
        #expect(found.first?.span != nil)
    }
}
