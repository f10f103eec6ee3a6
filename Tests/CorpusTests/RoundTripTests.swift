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
    struct Sample: Sendable, CustomTestStringConvertible {
        var name: String
        var major: Int
        var testDescription: String { "\(name) on \(major)" }
        func script() throws -> String {
            let path = corpusFolder("roundtrip") + "/\(name).sql"
            return try String(contentsOfFile: path, encoding: .utf8)
        }
    }
    static let samples = PrivatePostgreSQL.testMajors.flatMap { major in
        ["chinook", "rich", "kinds"].map { Sample(name: $0, major: major) }
    }

    @Test(arguments: samples)
    func importMakesTheSameDatabase(_ sample: Sample) async throws {
        try await PrivatePostgreSQL.withDatabase(major: sample.major) { source in
            let first = Bench(source)
            try await first.run(try sample.script())
            let imported = try await first.imported()
            #expect(imported.unmodelled == [])
            let lowering = try first.lowered(imported.files)
            let nothing = try await first.plan(lowering)
            #expect(nothing.plan.isEmpty, "\(nothing.text)")
            try await PrivatePostgreSQL.withDatabase(major: sample.major) { copy in
                let second = Bench(copy)
                guard case .applied = try await second.apply(lowering) else {
                    Issue.record("the imported manifests do not apply")
                    return
                }
                let wanted = try await Self.dump(source)
                let made = try await Self.dump(copy)
                #expect(!wanted.isEmpty)
                #expect(Array(Set(wanted).subtracting(made)).sorted() == [])
                #expect(Array(Set(made).subtracting(wanted)).sorted() == [])
            }
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
                CREATE FUNCTION app.m(int) RETURNS int LANGUAGE internal AS 'int4abs';
                CREATE FUNCTION app.f() RETURNS trigger LANGUAGE internal
                    AS 'suppress_redundant_updates_trigger';
                CREATE TRIGGER watch BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.f();
                """)
            let imported = try await bench.imported()
            let names = imported.unmodelled.map(\.object.description).joined(separator: "\n")
            #expect(names.contains("app.m") && names.contains("watch"))
            let assessed = try await bench.plan(bench.lowered(imported.files))
            #expect(assessed.plan.isEmpty)
            let found = assessed.assessment.findings.filter { $0.rule == UnmodelledRule.name }
            #expect(found.count == imported.unmodelled.count && found.count >= 2)
        }
    }

    /// The statements of `pg_dump --schema-only`, sorted; a database's columns keep their order.
    /// Storage parameters have none: a manifest and the server read them by name.
    private static func dump(_ database: TestDatabase) async throws -> [String] {
        let binaries = try LocalServer.Binaries.required(major: database.server.major)
        let folder = try TemporaryFolder()
        let file = folder.path + "/dump.sql"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binaries.directory + "/pg_dump")
        process.arguments = [
            "--schema-only", "--no-owner", "--exclude-schema=lockstep", "--file=\(file)",
            "--dbname=\(database.url)",
        ]
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        #expect(status == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("--") && !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict")
        }
        return lines.joined(separator: "\n").components(separatedBy: ";\n")
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
            .map { text in
                text.replacing(/\bWITH \((?<list>[^()]*)\)/) { match in
                    let list = match.list.components(separatedBy: ", ").sorted()
                    return "WITH (\(list.joined(separator: ", ")))"
                }
            }.sorted()
    }
}
