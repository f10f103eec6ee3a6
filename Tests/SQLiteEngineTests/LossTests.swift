import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

/// One change that loses something, beside one like it that does not.
struct LossCase: Sendable, CustomTestStringConvertible {
    let what: String
    /// Makes the file, rows included.
    let before: String
    /// What loses.
    let bad: String
    /// What does not.
    let good: String
    /// What has to flag the bad one.
    let rule: String

    init(_ what: String, _ before: String, bad: String, good: String, _ rule: String) {
        self.what = what
        self.before = before
        self.bad = bad
        self.good = good
        self.rule = rule
    }

    var testDescription: String { what }

    static let all: [LossCase] = [
        .init(
            "a table is dropped",
            "CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT 1 AS x",
            bad: "CREATE VIEW v AS SELECT 1 AS x", good: "CREATE TABLE t(a)", "DestroysData"),
        .init(
            "a column is dropped in place", "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)",
            bad: "CREATE TABLE t(a)", good: "CREATE TABLE t(a, b, c)", "DestroysData"),
        .init(
            "a column is dropped by a rebuild",
            "CREATE TABLE t(a, b UNIQUE); INSERT INTO t VALUES (1, 2)",
            bad: "CREATE TABLE t(a)", good: "CREATE TABLE t(a, b)", "DestroysData"),
        .init(
            "a generated column is dropped",
            "CREATE TABLE t(a, b, g AS (a)); INSERT INTO t VALUES (1, 2)",
            bad: "CREATE TABLE t(a, g AS (a))", good: "CREATE TABLE t(a, b)", "DestroysData"),
        .init(
            "values give way to generated ones",
            "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)",
            bad: "CREATE TABLE t(a, b AS (a) STORED)", good: "CREATE TABLE t(a, b DEFAULT 5)",
            "DestroysData"),
        .init(
            "a column changes its name", "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)",
            bad: "CREATE TABLE t(a, c)", good: "CREATE TABLE t(a, B)", "DestroysData"),
        .init(
            "text becomes numbers", "CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('007')",
            bad: "CREATE TABLE t(a INTEGER)", good: "CREATE TABLE t(a VARCHAR(10))", "LosesValues"),
        .init(
            "untyped values become numbers", "CREATE TABLE t(a); INSERT INTO t VALUES ('1.50')",
            bad: "CREATE TABLE t(a NUMERIC)", good: "CREATE TABLE t(a BLOB)", "LosesValues"),
        .init(
            "reals become text", "CREATE TABLE t(a REAL); INSERT INTO t VALUES (0.1 + 0.2)",
            bad: "CREATE TABLE t(a TEXT)", good: "CREATE TABLE t(a NUMERIC)", "LosesValues"),
        .init(
            "integers become reals",
            "CREATE TABLE t(a INT); INSERT INTO t VALUES (9007199254740993)",
            bad: "CREATE TABLE t(a REAL)", good: "CREATE TABLE t(a BIGINT)", "LosesValues"),
        .init(
            "strict integers become reals",
            "CREATE TABLE t(a INT) STRICT; INSERT INTO t VALUES (9007199254740993)",
            bad: "CREATE TABLE t(a REAL) STRICT", good: "CREATE TABLE t(a TEXT) STRICT",
            "LosesValues"),
        .init(
            "a table becomes strict", "CREATE TABLE t(a ANY, b); INSERT INTO t VALUES ('abc', 1)",
            bad: "CREATE TABLE t(a INT, b ANY) STRICT", good: "CREATE TABLE t(a ANY, b ANY) STRICT",
            "MayFailOnData"),
        .init(
            "keys fall together by replacement",
            "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 1), (1, 2)",
            bad: "CREATE TABLE t(a UNIQUE ON CONFLICT REPLACE, b)",
            good: "CREATE TABLE t(a, b UNIQUE ON CONFLICT REPLACE)", "MayFailOnData"),
        .init(
            "rows are left out for a key",
            "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 1), (1, 2)",
            bad: "CREATE TABLE t(a UNIQUE ON CONFLICT IGNORE, b)",
            good: "CREATE TABLE t(a, b UNIQUE ON CONFLICT IGNORE)", "MayFailOnData"),
        .init(
            "rows are left out for NULL", "CREATE TABLE t(a, b); INSERT INTO t VALUES (NULL, 1)",
            bad: "CREATE TABLE t(a NOT NULL ON CONFLICT IGNORE, b)",
            good: "CREATE TABLE t(a, b NOT NULL ON CONFLICT IGNORE)", "MayFailOnData"),
        .init(
            "keys fall together by a collation",
            "CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES ('x'), ('X')",
            bad: "CREATE TABLE t(a COLLATE NOCASE UNIQUE)",
            good: "CREATE TABLE t(a COLLATE RTRIM UNIQUE)", "MayFailOnData"),
        .init(
            "keys fall together by an affinity",
            "CREATE TABLE t(a TEXT PRIMARY KEY); INSERT INTO t VALUES ('1'), ('01')",
            bad: "CREATE TABLE t(a NUMERIC PRIMARY KEY)",
            good: "CREATE TABLE t(a CHAR PRIMARY KEY)",
            "MayFailOnData"),
        .init(
            "rows break a check", "CREATE TABLE t(a); INSERT INTO t VALUES (1)",
            bad: "CREATE TABLE t(a CHECK (a > 1))", good: "CREATE TABLE t(a CHECK (a > 0))",
            "MayFailOnData"),
        .init(
            "a value is asked for that nothing gives",
            "CREATE TABLE t(a); INSERT INTO t VALUES (1)",
            bad: "CREATE TABLE t(a, b NOT NULL)", good: "CREATE TABLE t(a, b NOT NULL DEFAULT 0)",
            "MayFailOnData"),
        .init(
            "a unique index meets duplicates",
            "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 1), (1, 2)",
            bad: "CREATE TABLE t(a, b); CREATE UNIQUE INDEX i ON t(a)",
            good: "CREATE TABLE t(a, b); CREATE UNIQUE INDEX i ON t(a) WHERE b > 1",
            "MayFailOnData"),
        .init(
            "what becomes the rowid holds NULL",
            "CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (NULL)",
            bad: "CREATE TABLE t(a INTEGER PRIMARY KEY)", good: "CREATE TABLE t(a INTEGER UNIQUE)",
            "LosesValues"),
    ]
}

@Suite("What SQLite's rows would lose")
struct LossTests {
    @Test("a loss is flagged, and its harmless twin is not", arguments: LossCase.all)
    func flagged(_ item: LossCase) async throws {
        try await withBench(item.before) { bench in
            let bad = try await bench.plan(to: item.bad)
            let findings = try await bench.assess(bad).findings
            #expect(
                findings.contains { $0.rule == item.rule && $0.severity >= .high },
                "\(findings.map { "\($0.rule) \($0.severity) \($0.evidence)" })")
            let good = try await bench.plan(to: item.good)
            let harmless = try await bench.assess(good)
            let loud = harmless.findings.filter { finding in
                ["DestroysData", "LosesValues"].contains(finding.rule)
                    || finding.rule == "MayFailOnData" && finding.severity > .info
            }
            #expect(loud.isEmpty, "\(loud.map { "\($0.rule) \($0.message) \($0.evidence)" })")
            let tables = "SELECT count(*) FROM t"
            let before = try await bench.rows(tables)
            try await bench.lead(to: item.good)
            #expect(try await bench.rows(tables) == before)
        }
    }

    @Test("what a copy does to values is counted before, and is what it does")
    func counted() async throws {
        let values = "('007'), ('12'), ('x'), (5), (2.5), (0.1 + 0.2), (NULL), (x'00'), ('1e2')"
        for type in ["INTEGER", "REAL", "TEXT", "NUMERIC", "BLOB"] {
            let before = "CREATE TABLE t(a); INSERT INTO t VALUES \(values)"
            try await withBench(before) { bench in
                let old = try await bench.rows("SELECT CAST(a AS TEXT) FROM t WHERE a IS NOT NULL")
                let planned = try await bench.plan(to: "CREATE TABLE t(a \(type))")
                let counts = try await bench.engine.observe(
                    planned.result.steps, in: bench.session
                ).answers.map(\.answer)
                try await bench.lead(to: "CREATE TABLE t(a \(type))")
                let new = try await bench.rows("SELECT CAST(a AS TEXT) FROM t WHERE a IS NOT NULL")
                let changed = zip(old, new).filter { $0 != $1 }.count
                switch type {
                // A real loses digits when it becomes text, and what was text of it before did too.
                case "TEXT": #expect(counts == [.count(1)])
                // 12 and 5 are written 12.0 and 5.0, and are the same numbers.
                case "REAL": #expect(changed == 4 && counts == [.count(2)], "\(new) \(counts)")
                case "BLOB": #expect(changed == 0 && counts.isEmpty)
                default: #expect(changed == 2 && counts == [.count(2)], "\(new) \(counts)")
                }
            }
        }
    }
}
