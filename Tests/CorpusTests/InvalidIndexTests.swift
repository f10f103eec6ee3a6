import Execution
import Manifest
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What a failed concurrent build left is not taken for an index. Time budget: 10 s.
@Suite struct InvalidIndexTests {
    /// A table with a key twice, and the index that could not be built for it.
    private func prepare(_ bench: Bench) async throws {
        try await bench.run(
            """
            CREATE SCHEMA app;
            CREATE TABLE app.t (v integer NOT NULL);
            INSERT INTO app.t VALUES (1), (1), (2);
            """)
        await #expect(throws: (any Error).self) {
            try await bench.run("CREATE UNIQUE INDEX CONCURRENTLY t_v_idx ON app.t (v)")
        }
    }

    private let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func importLeavesItOut(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            try await prepare(bench)
            #expect(try await bench.number(invalid) == 1)
            let imported = try await bench.imported()
            #expect(imported.warnings.map(\.code) == ["invalid-index"])
            let lowering = try bench.lowered(imported.files)
            #expect(!lowering.objects.contains { $0.id.name == "t_v_idx" })
            let assessed = try await bench.plan(lowering)
            #expect(assessed.plan.steps.map(\.id) == ["drop-index:app.t_v_idx"])
            #expect(assessed.text.contains("which a failed build left invalid"))
            #expect(assessed.assessment.risk == .safe, "\(assessed.text)")
            try await bench.apply(lowering)
            #expect(try await bench.number(invalid) == 0)
            #expect(try await bench.plan(lowering).plan.isEmpty)
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatIsDeclaredIsBuiltAgain(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            try await prepare(bench)
            let wanted = try bench.lowered(
                """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: t
                columns: { v: integer }
                indexes: { t_v_idx: { columns: [v], unique: true } }
                """)
            let assessed = try await bench.plan(wanted)
            let steps = assessed.plan.steps.map(\.id)
            #expect(steps == ["drop-index:app.t_v_idx", "create-index:app.t_v_idx"])
            let rules = Set(assessed.assessment.findings.map(\.rule))
            #expect(rules.isSuperset(of: [MayFailOnData.name]), "\(assessed.text)")
            try await bench.run("DELETE FROM app.t WHERE v = 1")
            guard case .applied = try await bench.apply(wanted) else {
                Issue.record("the index is not built")
                return
            }
            #expect(try await bench.number(invalid) == 0)
            #expect(try await bench.plan(wanted).plan.isEmpty)
        }
    }
}
