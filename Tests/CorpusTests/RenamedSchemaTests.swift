import Planning
import SchemaCore
import TestSupport
import Testing

/// What is declared is managed under the names that it has before a rename. Time budget: 10 s.
@Suite struct RenamedSchemaTests {
    @Test func isManagedWithItsComment() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run(
                """
                CREATE SCHEMA one;
                COMMENT ON SCHEMA one IS 'One.';
                CREATE TABLE one.t (id integer NOT NULL);
                """)
            let assessed = try await bench.plan(
                bench.lowered(
                    """
                    apiVersion: lockstep.dev/v1
                    kind: Schema
                    name: two
                    renamedFrom: one
                    comment: One.
                    ---
                    apiVersion: lockstep.dev/v1
                    kind: Table
                    schema: two
                    name: t
                    columns: { id: integer }
                    """))
            #expect(assessed.plan.steps.map(\.title) == ["Rename schema one to two"])
            #expect(assessed.target.unmanaged == [])
        }
    }
}
