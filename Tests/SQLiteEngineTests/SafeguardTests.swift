import Execution
import Foundation
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("The backup before steps that lose data")
struct SafeguardTests {
    private static let before = "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)"

    private func backups(_ bench: PlanBench) throws -> [String] {
        let folder = (bench.session.summary as NSString).deletingLastPathComponent
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.contains(".lockstep-") }.sorted().map { folder + "/" + $0 }
    }

    @Test("it holds what is lost, is its owner's alone, and is taken for nothing else")
    func taken() async throws {
        try await withBench(Self.before) { bench in
            try await bench.lead(to: "CREATE TABLE t(a, b, c)")
            #expect(try backups(bench).isEmpty)
            let lost = try await bench.lead(to: "CREATE TABLE t(a, c)")
            let found = try backups(bench)
            #expect(found.count == 1)
            let path = try #require(found.first)
            #expect(path.hasSuffix("-\(lost.plan.digest.short).backup"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let copy = try await SQLiteConnection.open(SQLiteLocation(path: path, mode: .readOnly))
            #expect(try await copy.query("SELECT a, b FROM t")[0].values == [1, 2])
            await copy.close()
            // The same once more: the first stays.
            for end in ["lockstep-99-\(lost.plan.digest.short).backup", "-2.backup"] {
                let kept = try await bench.session.safeguard(lost.plan, attempt: 99)
                #expect(kept?.summary.hasSuffix(end) == true)
            }
            #expect(try backups(bench).count == 3)
        }
    }

    @Test("without a backup nothing is run")
    func refused() async throws {
        try await withBench(Self.before) { bench in
            let planned = try await bench.plan(to: "CREATE TABLE t(a)")
            let name = "\(bench.session.summary).lockstep-1-\(planned.plan.digest.short).backup"
            // A folder in the place of the file that the copy is made in.
            try FileManager.default.createDirectory(
                atPath: name + ".partial/x", withIntermediateDirectories: true)
            guard case .failed(let failure) = try await bench.apply(planned) else {
                Issue.record("data was lost without a backup")
                return
            }
            #expect(failure.error.message.hasPrefix("no backup could be made"))
            #expect(try await bench.rows("SELECT * FROM t") == ["1,2"])
        }
    }

    @Test("of a database with a write-ahead log it is one file")
    func alone() async throws {
        try await withBench("PRAGMA journal_mode = WAL; \(Self.before)") { bench in
            try await bench.lead(to: "CREATE TABLE t(a)")
            #expect(try backups(bench).count == 1)
        }
    }

    @Test("what only an application can look at is in it, and told")
    func foreign() async throws {
        let script = """
            PRAGMA writable_schema = ON;
            \(Self.before);
            CREATE TABLE words(w UNIQUE, x); INSERT INTO words VALUES ('a', 1), ('b', 2);
            UPDATE sqlite_schema SET sql = 'CREATE TABLE words(w COLLATE mine UNIQUE, x)'
            WHERE name = 'words';
            """
        try await withSessions(1) { sessions in
            try makeForeign(script, sessions[0].summary)
            let bench = PlanBench(session: try await SQLiteSession.connect(sessions[0].summary))
            let planned = try await bench.plan(
                to: try await bench.engine.inspect(
                    bench.session, scope: Scope(schemas: []), detail: .full
                ).catalog.filter { $0.id != .column("t", "b") })
            let kept = try await bench.session.safeguard(planned.plan, attempt: 1)
            let summary = kept?.summary ?? ""
            #expect(summary.contains("table words is in it, and was not looked over"))
            #expect(summary.contains("no such collation sequence: mine"))
            guard case .applied = try await bench.apply(planned) else {
                Issue.record("a table that nothing ails was not changed")
                return
            }
            await bench.session.close()
        }
    }

    /// As an application with a collation of its own leaves it; here nothing may write a schema.
    private func makeForeign(_ script: String, _ path: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])",
            path, script,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
