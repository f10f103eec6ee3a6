import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("What ANALYZE knows of SQLite's tables")
struct StatisticsTests {
    @Test("a rebuild keeps it, but for indexes that are other ones afterwards")
    func kept() async throws {
        let before = """
            CREATE TABLE t(a UNIQUE, b, c); CREATE INDEX i ON t(b); CREATE INDEX j ON t(c);
            CREATE TABLE plain(x); INSERT INTO plain VALUES (1);
            INSERT INTO t VALUES (1, 1, 1), (2, 1, 2); ANALYZE
            """
        try await withBench(before) { bench in
            let query = "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx"
            #expect(
                try await bench.rows(query) == [
                    "'plain',NULL,'1'", "'t','i','2 2'", "'t','j','2 1'",
                    "'t','sqlite_autoindex_t_1','2 1'",
                ])
            let planned = try await bench.lead(
                to: """
                    CREATE TABLE t(a UNIQUE, b TEXT, c); CREATE INDEX i ON t(b);
                    CREATE INDEX j ON t(c, a); CREATE TABLE plain(x TEXT)
                    """)
            #expect(planned.ids == ["rebuild-table:plain", "rebuild-table:t"])
            #expect(
                try await bench.rows(query) == [
                    "'plain',NULL,'1'", "'t','i','2 2'", "'t','sqlite_autoindex_t_1','2 1'",
                ])
            try await bench.undo(planned)
            #expect(try await bench.rows(query).count == 3)
            try await bench.lead(
                to: "CREATE TABLE t(a, b, c UNIQUE ON CONFLICT IGNORE); CREATE TABLE plain(x)")
        }
    }

    @Test("without it there is none")
    func none() async throws {
        try await withBench("CREATE TABLE t(a); INSERT INTO t VALUES (1)") { bench in
            let planned = try await bench.lead(to: "CREATE TABLE t(a TEXT)")
            #expect(!planned.statements.contains { $0.contains("sqlite_stat") })
        }
    }
}

@Suite("What AUTOINCREMENT remembers")
struct CounterTests {
    @Test("removing it loses the counter, and nothing else is told")
    func removed() async throws {
        let before = """
            CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b); INSERT INTO t(b) VALUES (1), (2);
            DELETE FROM t WHERE a = 2
            """
        try await withBench(before) { bench in
            let planned = try await bench.lead(to: "CREATE TABLE t(a INTEGER PRIMARY KEY, b)")
            let breaks = planned.result.steps.flatMap(\.effects.breaks)
            #expect(
                breaks.map(\.consequence) == [
                    "its counter is lost: numbers of deleted rows may be given again"
                ])
            #expect(breaks.allSatisfy { !$0.isFailure })
            #expect(
                planned.plan.steps.map(\.undo.claim) == [.shape(loses: "the counter of t")])
            try await bench.undo(planned)
            #expect(try await bench.rows("SELECT seq FROM sqlite_sequence") == ["1"])
        }
    }
}
