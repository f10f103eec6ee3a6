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

    /// On a partitioned table such an index has parts that serve and refuse: it is declared, and
    /// what takes it away says so.
    @Test(arguments: PrivatePostgreSQL.testMajors)
    func onAPartitionedTableItHasParts(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            try await bench.run(
                """
                CREATE SCHEMA app;
                CREATE TABLE app.p (v integer) PARTITION BY RANGE (v);
                CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (1) TO (5);
                CREATE TABLE app.p2 PARTITION OF app.p FOR VALUES FROM (5) TO (9);
                CREATE UNIQUE INDEX px ON ONLY app.p (v);
                CREATE UNIQUE INDEX mine ON app.p1 (v);
                ALTER INDEX app.px ATTACH PARTITION app.mine;
                """)
            let imported = try await bench.imported()
            #expect(imported.warnings.map(\.code) == ["incomplete-index"])
            let lowering = try bench.lowered(imported.files)
            #expect(lowering.objects.contains { $0.id.name == "px" })
            let without = try bench.lowered(
                """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: p
                partitionBy: RANGE (v)
                columns: { v: { type: integer, nullable: true } }
                ---
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: p1
                partitionOf: { table: p, bound: FOR VALUES FROM (1) TO (5) }
                ---
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: p2
                partitionOf: { table: p, bound: FOR VALUES FROM (5) TO (9) }
                """)
            let gone = try await bench.plan(without)
            #expect(gone.plan.steps.map(\.id) == ["drop-index:app.px"])
            #expect(gone.text.contains("and its parts, which not all partitions have"))
            #expect(gone.text.contains("px no longer refuses"))
            let missing = try await bench.plan(lowering)
            #expect(
                missing.plan.steps.map(\.id) == [
                    "create-index:app.p2_v_idx", "attach-index:app.p2_v_idx",
                ])
            try await bench.apply(lowering)
            #expect(try await bench.number(invalid) == 0)
            let parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'app.px'::regclass"
            #expect(try await bench.number(parts) == 2)
            #expect(try await bench.plan(lowering).plan.isEmpty)
        }
    }

    /// Nobody but the server knows of partitions out of scope, so it makes all parts itself.
    @Test func partitionsOutOfScopeGetTheirPartsFromTheServer() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run(
                """
                CREATE SCHEMA app;
                CREATE SCHEMA other;
                CREATE TABLE app.p (v integer NOT NULL) PARTITION BY RANGE (v);
                CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (1) TO (5);
                CREATE TABLE other.p2 PARTITION OF app.p FOR VALUES FROM (5) TO (9);
                """)
            let wanted = try bench.lowered(
                """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: p
                partitionBy: RANGE (v)
                columns: { v: integer }
                indexes: { px: [v] }
                ---
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: p1
                partitionOf: { table: p, bound: FOR VALUES FROM (1) TO (5) }
                """)
            #expect(try await bench.plan(wanted).plan.steps.map(\.id) == ["create-index:app.px"])
            try await bench.apply(wanted)
            #expect(try await bench.number(invalid) == 0)
            #expect(try await bench.plan(wanted).plan.isEmpty)
        }
    }
}
