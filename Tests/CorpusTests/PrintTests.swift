import Execution
import Manifest
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What a server prints in another way once it has read its own print is no difference, and neither
/// form is made again for the other. Time budget: 10 s.
@Suite struct PrintTests {
    private let script = """
        CREATE TABLE t (a integer);
        CREATE TABLE other (n integer);
        CREATE VIEW listed (p, q) AS VALUES (1, 'x'), (2, NULL);
        CREATE MATERIALIZED VIEW kept (p) AS VALUES (1), (2);
        CREATE UNIQUE INDEX kept_p ON kept (p);
        CREATE VIEW upon AS SELECT p FROM kept;
        CREATE VIEW joined AS SELECT * FROM t NATURAL LEFT JOIN other;
        CREATE VIEW both_of AS SELECT 1 AS a UNION (VALUES (1), (2));
        CREATE FUNCTION words() RETURNS SETOF text BEGIN ATOMIC
            SELECT 'x' UNION ALL SELECT 'b'; END;
        CREATE FUNCTION lists() RETURNS SETOF integer[] BEGIN ATOMIC
            WITH x AS (SELECT 'a' EXCEPT SELECT 'b') SELECT ARRAY[1] FROM x
            UNION ALL SELECT NULL; END;
        CREATE FUNCTION quiet() RETURNS integer SET session_replication_role = replica
            BEGIN ATOMIC SELECT n FROM (SELECT 1 AS n UNION SELECT 2) x; END;
        CREATE RULE watch AS ON INSERT TO t DO ALSO SELECT 1 UNION SELECT 2;
        CREATE POLICY few ON t USING (a IN (SELECT 1 UNION SELECT 2));
        CREATE TYPE pair AS (a integer, c text);
        CREATE TABLE uses (x pair DEFAULT ROW(1, 'x'), CHECK (x IS DISTINCT FROM ROW(2, 'y')));
        ALTER TYPE pair ADD ATTRIBUTE q numeric(3,1);
        """

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatIsPrintedAnewIsNoDifference(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            try await bench.run(script)
            let lowering = try bench.lowered(try await bench.imported().files)
            let nothing = try await bench.plan(lowering)
            #expect(nothing.plan.isEmpty, "\(nothing.text)")
            try await PrivatePostgreSQL.withDatabase(major: major) { copy in
                let second = Bench(copy)
                guard case .applied = try await second.apply(lowering) else {
                    Issue.record("the manifests do not apply")
                    return
                }
                let still = try await second.plan(lowering)
                #expect(still.plan.isEmpty, "\(still.text)")
                // The second form is the last one.
                let again = try second.lowered(try await second.imported().files)
                let first = try await bench.plan(again)
                #expect(first.plan.isEmpty, "\(first.text)")
                #expect(try await second.plan(again).plan.isEmpty)
            }
        }
    }

    @Test func aRealChangeBesideItIsSeen() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run(script)
            let lowering = try bench.lowered(try await bench.imported().files)
            try await bench.run(
                "CREATE OR REPLACE VIEW listed (p, q) AS VALUES (1, 'x'), (3, NULL)")
            let steps = try await bench.plan(lowering).plan.steps.map(\.id)
            #expect(steps == ["replace-view:public.listed"])
        }
    }
}
