import Execution
import Foundation
import Manifest
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What is imported says all of a database: planned against it there is nothing to do, and a
/// database made from it is the same for `pg_dump`.
///
/// Time budget: 40 s on two processors.
@Suite(.serialized) struct RoundTripTests {
    /// One database that is imported and made again.
    struct Sample: Sendable {
        var name: String
        var major: Int
        var path: String

        /// What it has that is not modelled yet. This list only gets shorter.
        var missing: Set<String> { RoundTripTests.missing[name]?.told ?? [] }
        /// What does not come out as it went in, for that reason.
        var different: Set<String> { RoundTripTests.missing[name]?.different ?? [] }

        var script: String {
            get throws { try String(contentsOfFile: path, encoding: .utf8) }
        }
    }

    private static let missing: [String: (told: Set<String>, different: Set<String>)] = [
        "access": (
            told: [
                "table ac.t: rights that others than its owner gave",
                "subscription sub: comment on a subscription",
            ],
            different: ["ACL ac.TABLE t", "COMMENT SUBSCRIPTION sub"]
        )
    ]

    /// The roles of the samples, which the test makes and drops.
    private static let roles = ["roundtrip_owner", "roundtrip_reader", "roundtrip_writer"]

    /// Those of the corpus, and those of a folder that `LOCKSTEP_SCHEMAS` names. `since-15.sql` is
    /// for PostgreSQL 15 and later.
    private static func samples() throws -> [Sample] {
        let own = corpusFolder("roundtrip")
        let given = ProcessInfo.processInfo.environment["LOCKSTEP_SCHEMAS"]
        return try ([own] + (given.map { [$0] } ?? [])).flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                .filter { $0.hasSuffix(".sql") }
                .flatMap { file -> [Sample] in
                    let name = String(file.dropLast(4))
                    let since = name.hasPrefix("since-") ? Int(name.dropFirst(6)) ?? 0 : 0
                    return PrivatePostgreSQL.testMajors.filter { $0 >= since }.map {
                        Sample(name: name, major: $0, path: folder + "/" + file)
                    }
                }
        }
    }

    @Test func importMakesTheSameDatabase() async throws {
        for major in PrivatePostgreSQL.testMajors { try await Self.makeRoles(major) }
        var table = RoundTripTable()
        for sample in try Self.samples() {
            try await PrivatePostgreSQL.withDatabase(major: sample.major) { source in
                let different = try await Self.roundTrip(sample, from: source, into: &table)
                #expect(
                    Set(different) == sample.different, "\(sample.name) on \(sample.major)")
            }
        }
        for major in PrivatePostgreSQL.testMajors { try await Self.dropRoles(major) }
        FileHandle.standardError.write(Data((table.text + "\n").utf8))
        #expect(table.sorts.count > 45)
    }

    private static func roundTrip(
        _ sample: Sample, from source: TestDatabase, into table: inout RoundTripTable
    ) async throws -> [String] {
        let first = Bench(source)
        try await first.run(try sample.script)
        let imported = try await first.imported()
        let unmodelled = imported.unmodelled.map { "\($0.object): \($0.what)" }
        #expect(Set(unmodelled) == sample.missing, "\(sample.name) on \(sample.major)")
        let lowering = try first.lowered(imported.files)
        let nothing = try await first.plan(lowering)
        #expect(nothing.plan.isEmpty, "\(sample.name): \(nothing.text)")
        let (wanted, made) = try await PrivatePostgreSQL.withDatabase(major: sample.major) { copy in
            let second = Bench(copy)
            let result = try await second.apply(lowering)
            guard case .applied = result else {
                Issue.record("the manifests of \(sample.name) do not apply: \(result)")
                return (try await DumpedObjects(of: source), DumpedObjects(text: ""))
            }
            let dumps = (
                try await DumpedObjects(of: source), try await DumpedObjects(of: copy)
            )
            try await dropSubscriptions(second)
            return dumps
        }
        try await dropSubscriptions(first)
        return table.add(wanted, made).map(\.description)
    }

    /// The server drops no database that has some.
    private static func dropSubscriptions(_ bench: Bench) async throws {
        try await bench.run(
            """
            DO $$ DECLARE name text; BEGIN
                FOR name IN SELECT subname FROM pg_subscription WHERE subdbid =
                    (SELECT oid FROM pg_database WHERE datname = current_database())
                LOOP EXECUTE format('DROP SUBSCRIPTION %I', name); END LOOP;
            END $$
            """)
    }

    private static func makeRoles(_ major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            try await Bench(database).run(
                roles.map { "CREATE ROLE \($0);" }.joined(separator: "\n"))
        }
    }

    private static func dropRoles(_ major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            try await Bench(database).run("DROP ROLE \(roles.joined(separator: ", "))")
        }
    }

    @Test func equalStatesGiveEqualPlans() async throws {
        let wanted = DataChange.manifests([
            DataChange.table(
                "v: bigint, w: { type: text, default: \"'x'\" }", "indexes: { t_v_idx: [v] }"),
            DataChange.table("", "primaryKey: [id]", name: "other"),
            "kind: View\nschema: app\nname: all_t\nquery: select id, v from app.t",
        ])
        func document(rows: Int) async throws -> Data {
            try await PrivatePostgreSQL.withDatabase { database in
                let bench = Bench(database)
                try await bench.run(
                    """
                    CREATE SCHEMA app;
                    CREATE TABLE app.t (id integer NOT NULL, v integer NOT NULL, gone text);
                    CREATE INDEX t_gone_idx ON app.t (gone);
                    CREATE VIEW app.all_t AS SELECT v FROM app.t;
                    INSERT INTO app.t SELECT n, n FROM generate_series(1, \(rows)) n;
                    """)
                let lowering = try bench.lowered(wanted)
                let plan = try await bench.plan(lowering).plan
                #expect(plan.steps.count > 4)
                let again = try await bench.plan(lowering).plan
                #expect(try CanonicalJSON.data(again) == CanonicalJSON.data(plan))
                return try CanonicalJSON.data(plan)
            }
        }
        let one = try await document(rows: 10)
        #expect(try await document(rows: 1_000) == one)
    }

    @Test func whatIsNotModelledIsFound() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await bench.run(
                """
                CREATE SCHEMA app;
                CREATE TABLE app.t (id integer NOT NULL);
                CREATE FUNCTION app."m
                n"(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
                CREATE FUNCTION app."f
                g"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER watch BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app."f
                g"();
                """)
            let imported = try await bench.imported()
            let names = imported.unmodelled.map(\.object.description).joined(separator: "\n")
            #expect(names.contains("app.\"m\n") && names.contains("watch"))
            let assessed = try await bench.plan(bench.lowered(imported.files))
            #expect(assessed.plan.isEmpty)
            let found = assessed.assessment.findings.filter { $0.rule == UnmodelledRule.name }
            #expect(found.count == imported.unmodelled.count && found.count >= 2)
        }
    }
}
