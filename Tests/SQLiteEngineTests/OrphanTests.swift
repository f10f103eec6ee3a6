import Execution
import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

/// SQLite lets rows stand that refer to nothing: foreign keys are off unless an application
/// switches them on.
@Suite("SQLite's foreign keys that were broken before")
struct OrphanTests {
    private static let before = """
        CREATE TABLE p(id INTEGER PRIMARY KEY, n); INSERT INTO p VALUES (1, 'a');
        CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(id), b);
        INSERT INTO c VALUES (1, 1, 'x'), (2, 7, 'y');
        """

    @Test(
        "they are nobody's failure",
        arguments: [
            // Nothing of the key changes.
            "CREATE TABLE p(id INTEGER PRIMARY KEY, n TEXT); "
                + "CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(id), b)",
            "CREATE TABLE p(id INTEGER PRIMARY KEY, n); "
                + "CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(id), b TEXT)",
            // The column does.
            "CREATE TABLE p(id INTEGER PRIMARY KEY, n); "
                + "CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT REFERENCES p(id), b)",
        ])
    func old(after: String) async throws {
        try await withBench(Self.before) { bench in
            let planned = try await bench.plan(to: after)
            #expect(planned.ids.count == 1 && planned.ids[0].hasPrefix("rebuild"))
            let findings = try await bench.assess(planned).findings
            let rules = findings.filter { $0.risk > .safe }.map(\.rule)
            #expect(!rules.contains("MayFailOnData"))
            try await bench.lead(to: after)
            #expect(try await bench.rows("SELECT p FROM c WHERE id = 2").count == 1)
        }
    }

    @Test("new ones are found beside them, and counted before anything is done")
    func new() async throws {
        let after = """
            CREATE TABLE p(id INTEGER PRIMARY KEY, n);
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(id), b REFERENCES p(id))
            """
        try await withBench(Self.before) { bench in
            let planned = try await bench.plan(to: after)
            let observed = try await bench.engine.observe(
                planned.result.steps, renames: [], in: bench.session)
            let counts = observed.answers.map(\.answer)
            #expect(counts.contains(Observations.Answer.count(2)), "\(counts)")
            guard case .failed(let failure) = try await bench.apply(planned) else {
                Issue.record("rows that refer to nothing were let in")
                return
            }
            #expect(failure.error.message.contains("a row of c refers to no row of p"))
            #expect(try await bench.rows("SELECT count(*) FROM c") == ["2"])
        }
    }

    @Test("those of a key that goes excuse nothing of one that comes, and the count says so")
    func anotherKey() async throws {
        let after = """
            CREATE TABLE p(id INTEGER PRIMARY KEY, n);
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INT, b REFERENCES p(id))
            """
        let before = """
            CREATE TABLE p(id INTEGER PRIMARY KEY, n); INSERT INTO p VALUES (1, 'a');
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(id), b);
            INSERT INTO c VALUES (1, 7, 1), (2, 7, 'y');
            """
        try await withBench(before) { bench in
            let planned = try await bench.plan(to: after)
            let observed = try await bench.engine.observe(
                planned.result.steps, renames: [], in: bench.session)
            #expect(observed.answers.map(\.answer).contains(Observations.Answer.count(1)))
            guard case .failed = try await bench.apply(planned) else {
                Issue.record("a row that refers to nothing was let in")
                return
            }
        }
    }

    @Test("a key stays the same one by another name, and with another beside it")
    func renamedKey() async throws {
        let before = """
            CREATE TABLE p(id INTEGER PRIMARY KEY, n); INSERT INTO p VALUES (1, 'a');
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INT CONSTRAINT old REFERENCES p(id), b);
            INSERT INTO c VALUES (1, 7, 1), (2, 7, NULL);
            """
        let after = """
            CREATE TABLE p(id INTEGER PRIMARY KEY, n);
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INT, b REFERENCES p(id),
                CONSTRAINT new FOREIGN KEY (p) REFERENCES p(id))
            """
        try await withBench(before) { bench in
            let planned = try await bench.plan(to: after)
            let findings = try await bench.assess(planned).findings
            #expect(!findings.contains { $0.rule == "MayFailOnData" && $0.severity > .info })
            try await bench.lead(to: after)
            #expect(try await bench.rows("SELECT count(*) FROM c") == ["2"])
        }
    }

    @Test("a key that SQLite cannot look at stops nothing")
    func mismatch() async throws {
        let before = """
            CREATE TABLE p(id, n); INSERT INTO p VALUES (1, 2);
            CREATE TABLE c(p REFERENCES p(id), q REFERENCES gone(x), b);
            INSERT INTO c VALUES (5, 5, 5)
            """
        try await withBench(before) { bench in
            try await bench.lead(
                to: "CREATE TABLE p(id, n TEXT); "
                    + "CREATE TABLE c(p TEXT REFERENCES p(id), q TEXT REFERENCES gone(x), b TEXT)")
            #expect(try await bench.rows("SELECT * FROM c") == ["'5','5','5'"])
        }
    }
}
