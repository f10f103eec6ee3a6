import Execution
import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("How SQLite's tables are changed")
struct StrategyTests {
    @Test("a column is added in place, with its checks and references")
    func add() async throws {
        let before = """
            CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
            CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (7, 'x')
            """
        let after = """
            CREATE TABLE p(id INTEGER PRIMARY KEY);
            CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c INT NOT NULL DEFAULT 5 CHECK (c > 1),
                d INT REFERENCES p(id) ON DELETE CASCADE, e AS (c + 1))
            """
        try await withBench(before) { bench in
            let planned = try await bench.lead(to: after)
            #expect(planned.statements.allSatisfy { $0.hasPrefix("ALTER TABLE t ADD COLUMN") })
            #expect(try await bench.rows("SELECT * FROM t") == ["7,'x',5,NULL,6"])
        }
    }

    @Test("one column that nothing uses is dropped in place; what is used goes by a rebuild")
    func drop() async throws {
        let before = """
            CREATE TABLE t(a, b, c CHECK (c > 0), d); INSERT INTO t(rowid, a, b, c, d)
            VALUES (9, 1, 2, 3, 4); CREATE INDEX i ON t(d)
            """
        try await withBench(before) { bench in
            let first = try await bench.lead(
                to: "CREATE TABLE t(a, c CHECK (c > 0), d); CREATE INDEX i ON t(d)")
            #expect(first.statements == ["ALTER TABLE t DROP COLUMN b"])
            let second = try await bench.lead(
                to: "CREATE TABLE t(a, d); CREATE INDEX i ON t(d)")
            #expect(second.ids == ["rebuild-table:t"])
            let third = try await bench.lead(to: "CREATE TABLE t(a)")
            #expect(third.ids == ["drop-index:i", "drop-column:t.d"])
            #expect(try await bench.rows("SELECT rowid, * FROM t") == ["9,1"])
        }
    }

    @Test("a rebuild keeps rows, rowids, counters, indexes, triggers and what refers to the table")
    func rebuild() async throws {
        let rest = """
            CREATE INDEX i ON t(b) WHERE b > 1;
            CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;
            CREATE VIEW v AS SELECT a FROM t;
            CREATE TABLE log(x);
            CREATE TRIGGER other AFTER INSERT ON log BEGIN DELETE FROM t WHERE a = new.x - 100; END;
            CREATE TABLE c(t INT REFERENCES t(a));
            """
        let before = """
            CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b INT);
            CREATE TABLE plain(x, y);
            \(rest)
            INSERT INTO t VALUES (1, 10), (900, 20); DELETE FROM t WHERE a = 900;
            INSERT INTO c VALUES (1); INSERT INTO plain(rowid, x, y) VALUES (33, 'a', 'b');
            """
        let after = """
            CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b INT NOT NULL CHECK (b > 0));
            CREATE TABLE plain(x TEXT, y UNIQUE);
            \(rest)
            """
        try await withBench(before) { bench in
            let planned = try await bench.lead(to: after)
            #expect(planned.ids == ["rebuild-table:plain", "rebuild-table:t"])
            #expect(Set(planned.plan.steps.map(\.transaction)) == [.shared(1)])
            #expect(try await bench.rows("SELECT * FROM t") == ["1,10"])
            #expect(try await bench.rows("SELECT rowid, * FROM plain") == ["33,'a','b'"])
            #expect(try await bench.rows("SELECT * FROM v, c") == ["1,1"])
            try await bench.session.query("INSERT INTO t(b) VALUES (3)")
            #expect(try await bench.rows("SELECT max(a) FROM t") == ["901"])
            #expect(try await bench.rows("SELECT * FROM log") == ["1", "900", "901"])
            try await bench.session.query("DELETE FROM log")
        }
    }

    @Test("tables with other storage keep their rows")
    func storage() async throws {
        let before = """
            CREATE TABLE a(k TEXT PRIMARY KEY, v); INSERT INTO a VALUES ('x', 1), ('y', NULL);
            CREATE TABLE b(k TEXT PRIMARY KEY, g AS (k || '!'), v) WITHOUT ROWID;
            INSERT INTO b VALUES ('x', 1), ('y', 2);
            CREATE TABLE s(i, r, t, x); INSERT INTO s VALUES ('12', 1, 5, 'any'), (3, 2.5, 'q', 1)
            """
        let after = """
            CREATE TABLE a(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
            CREATE TABLE b(k TEXT PRIMARY KEY, g AS (k || '?') STORED, v);
            CREATE TABLE s(i INT, r REAL, t TEXT, x ANY) STRICT
            """
        try await withBench(before) { bench in
            try await bench.lead(to: after)
            #expect(try await bench.rows("SELECT * FROM a ORDER BY k") == ["'x',1", "'y',NULL"])
            #expect(
                try await bench.rows("SELECT * FROM b ORDER BY k") == ["'x','x?',1", "'y','y?',2"])
            #expect(
                try await bench.rows("SELECT * FROM s") == ["12,1.0,'5','any'", "3,2.5,'q',1"])
        }
    }

    @Test("renames take along what speaks of them; names that differ in case alone are renamed")
    func renames() async throws {
        let before = """
            CREATE TABLE old(a INTEGER PRIMARY KEY, b); CREATE INDEX i ON old(b);
            CREATE TABLE kid(x REFERENCES old(a)); CREATE VIEW v AS SELECT b FROM old;
            CREATE TABLE Kase(Aa, bb); INSERT INTO Kase VALUES (1, 2);
            CREATE TRIGGER tr AFTER DELETE ON old BEGIN DELETE FROM kid WHERE x = old.b; END;
            INSERT INTO old VALUES (1, 'x'); INSERT INTO kid VALUES (1)
            """
        let after = """
            CREATE TABLE new(a INTEGER PRIMARY KEY, c NOT NULL); CREATE INDEX j ON new(c);
            CREATE TABLE kid(x REFERENCES new(a)); CREATE VIEW w AS SELECT c FROM new;
            CREATE TABLE kase(aa, bb);
            CREATE TRIGGER tr AFTER DELETE ON new BEGIN DELETE FROM kid WHERE x = old.c; END
            """
        try await withBench(before) { bench in
            let planned = try await bench.lead(
                to: after,
                renames: [
                    Rename(from: .table("old"), to: .table("new")),
                    Rename(from: .column("old", "b"), to: .column("new", "c")),
                    Rename(from: .index("i"), to: .index("j")),
                    Rename(from: .view("v"), to: .view("w")),
                ])
            #expect(planned.ids == ["rename-table:kase", "rebuild-table:new"])
            #expect(try await bench.rows("SELECT * FROM new") == ["1,'x'"])
            #expect(try await bench.rows("SELECT * FROM kase") == ["1,2"])
        }
    }

    /// What stands beside the drop of a column, and what comes of it.
    struct DropCase: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var before = ""
        var after = ""
        var isNative = true
    }

    static let drops = [
        DropCase(testDescription: "a table comes", after: "CREATE TABLE u(x)"),
        DropCase(testDescription: "a table goes", before: "CREATE TABLE u(x)"),
        DropCase(
            testDescription: "a table goes with its view and its trigger's target",
            before: """
                CREATE TABLE u(x); CREATE VIEW v AS SELECT x FROM u;
                CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO u VALUES (new.a); END
                """),
        DropCase(
            testDescription: "a table comes with its view and trigger",
            after: """
                CREATE TABLE u(x); CREATE VIEW v AS SELECT x FROM u;
                CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO u VALUES (new.a); END
                """),
        DropCase(
            testDescription: "a view that names no column",
            before: "CREATE VIEW v AS SELECT * FROM t", after: "CREATE VIEW v AS SELECT * FROM t"),
        DropCase(
            testDescription: "a view that names it goes",
            before: "CREATE VIEW v AS SELECT b FROM t"),
        DropCase(
            testDescription: "a view that names it is made again",
            before: "CREATE VIEW v AS SELECT b FROM t", after: "CREATE VIEW v AS SELECT a FROM t",
            isNative: false),
        DropCase(
            testDescription: "another table is rebuilt", before: "CREATE TABLE u(x)",
            after: "CREATE TABLE u(x CHECK (x > 0))"),
        DropCase(
            testDescription: "a view cannot be read", before: "CREATE VIEW v AS SELECT x FROM no",
            after: "CREATE VIEW v AS SELECT x FROM no", isNative: false),
    ]

    @Test("a column is dropped in place wherever SQLite can", arguments: drops)
    func dropped(_ item: DropCase) async throws {
        let before = "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2); \(item.before)"
        try await withBench(before) { bench in
            let planned = try await bench.lead(to: "CREATE TABLE t(a); \(item.after)")
            let drop = "ALTER TABLE t DROP COLUMN b"
            #expect(planned.statements.contains(drop) == item.isNative, "\(planned.statements)")
            #expect(try await bench.rows("SELECT * FROM t") == ["1"])
            try await bench.undo(planned)
        }
    }

    @Test("where the library tells of no pages, sizes are at most those of the file")
    func sizes() async throws {
        let before = """
            CREATE TABLE t(a); CREATE TABLE u(a); CREATE INDEX i ON t(a);
            INSERT INTO t VALUES (1), (2); INSERT INTO u SELECT zeroblob(50000)
            """
        try await withBench(before) { bench in
            let planned = try await bench.plan(to: "CREATE TABLE t(a NOT NULL); CREATE TABLE u(a)")
            func size(_ pages: String) async throws -> Observations.Size? {
                try await Observer(bench.session, pages: pages).observe(planned.result.steps)
                    .sizes.first { $0.relation == .table("t") }?.size
            }
            let known = try await size("dbstat")
            #expect(known?.rows == 2 && known?.heapBytes == 4096 && known?.indexBytes == 4096)
            let unknown = try await size("no_such_table")
            #expect(unknown?.rows == 2 && unknown?.indexBytes == 0)
            #expect((unknown?.heapBytes ?? 0) > 50_000)
        }
    }

    @Test("what is known of long work is what SQLite can do", arguments: ["delete", "wal"])
    func notes(mode: String) async throws {
        try await withBench("CREATE TABLE t(a); INSERT INTO t VALUES (1)") { bench in
            _ = try await bench.session.query("PRAGMA journal_mode = \(mode)")
            let planned = try await bench.plan(to: "CREATE TABLE t(a CHECK (a > 0))")
            let effects = planned.result.steps[0].effects
            #expect(effects.locks.map(\.reach) == ["the whole database"])
            #expect(effects.notes.map(\.work) == [.rewrite])
            #expect((effects.notes[0].needs == nil) == (mode == "delete"))
            #expect(effects.notes[0].wayOut?.contains("WAL") == (mode == "delete" ? true : nil))
        }
    }

    @Test("a rename that SQLite refuses is told before anything is done")
    func refusedRename() async throws {
        let before = "CREATE TABLE t(a); CREATE VIEW v AS SELECT x FROM nowhere"
        try await withBench(before) { bench in
            await #expect(throws: DiagnosticsError.self) {
                try await bench.plan(
                    to: "CREATE TABLE u(a)",
                    renames: [Rename(from: .table("t"), to: .table("u"))])
            }
        }
    }

    @Test("names go from one sort of thing to another, and indexes from table to table")
    func names() async throws {
        let before = """
            CREATE TABLE one(a); CREATE TABLE two(a); CREATE INDEX i ON one(a);
            CREATE INDEX j ON two(a); CREATE VIEW v AS SELECT a FROM one; CREATE TABLE w(a);
            CREATE TRIGGER tr AFTER INSERT ON one BEGIN DELETE FROM two; END;
            CREATE TRIGGER tv INSTEAD OF INSERT ON v BEGIN DELETE FROM two; END;
            INSERT INTO one VALUES (1); INSERT INTO two VALUES (2)
            """
        let after = """
            CREATE TABLE one(a NOT NULL); CREATE TABLE two(a CHECK (a > 0)); CREATE INDEX j ON one(a);
            CREATE INDEX i ON two(a); CREATE TABLE v(x); CREATE VIEW w AS SELECT a FROM two;
            CREATE TRIGGER tr AFTER INSERT ON two BEGIN DELETE FROM one; END;
            CREATE TRIGGER tv INSTEAD OF INSERT ON w BEGIN DELETE FROM one; END
            """
        try await withBench(before) { bench in
            try await bench.lead(to: after)
            #expect(try await bench.rows("SELECT * FROM one, two") == ["1,2"])
            try await bench.lead(to: "CREATE TABLE one(a)")
        }
    }

    @Test("views and triggers change by themselves")
    func views() async throws {
        let before = """
            CREATE TABLE t(a, b); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v;
            CREATE TRIGGER tv INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a, 1); END
            """
        let after = """
            CREATE TABLE t(a, b); CREATE VIEW v AS SELECT a, b FROM t;
            CREATE VIEW w AS SELECT * FROM v; CREATE UNIQUE INDEX u ON t(a);
            CREATE TRIGGER tv INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a, 1); END
            """
        try await withBench(before) { bench in
            let planned = try await bench.lead(to: after)
            #expect(planned.ids == ["create-index:u", "replace-view:v"])
            try await bench.session.query("INSERT INTO v(a) VALUES (4)")
            #expect(try await bench.rows("SELECT * FROM w") == ["4,1"])
        }
    }

    @Test("a row that the new table does not take ends the plan, whatever conflict clauses say")
    func conflicts() async throws {
        let before = "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 1), (1, 2), (NULL, 3)"
        for after in [
            "CREATE TABLE t(a UNIQUE ON CONFLICT REPLACE, b)",
            "CREATE TABLE t(a UNIQUE ON CONFLICT IGNORE, b)",
            "CREATE TABLE t(a NOT NULL ON CONFLICT IGNORE, b)",
            "CREATE TABLE t(a NOT NULL ON CONFLICT REPLACE DEFAULT 5, b)",
            "CREATE TABLE t(a PRIMARY KEY ON CONFLICT REPLACE, b)",
        ] {
            try await withBench(before) { bench in
                let planned = try await bench.plan(to: after)
                guard case .failed(let failure) = try await bench.apply(planned) else {
                    Issue.record("rows were lost without a word: \(after)")
                    return
                }
                #expect(failure.error.kind == .refused)
                #expect(try await bench.rows("SELECT count(*) FROM t") == ["3"])
                let findings = try await bench.assess(planned).findings
                #expect(findings.contains { $0.rule == "MayFailOnData" && $0.severity == .high })
            }
        }
    }

    @Test("foreign keys are looked at before the commit")
    func orphans() async throws {
        let before = """
            CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p INT);
            INSERT INTO c VALUES (1), (NULL)
            """
        let after = """
            CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p INT REFERENCES p(id))
            """
        try await withBench(before) { bench in
            let planned = try await bench.plan(to: after)
            let answers = try await bench.engine.observe(
                planned.result.steps, in: bench.session
            ).answers
            #expect(answers.map(\.answer) == [.count(1)])
            guard case .failed(let failure) = try await bench.apply(planned) else {
                Issue.record("the orphan was kept")
                return
            }
            #expect(failure.error.message.contains("a row of c refers to no row of p"))
            try await bench.session.query("INSERT INTO p VALUES (1)")
            try await bench.lead(to: after)
        }
    }

    @Test("the steps' undo leads back")
    func undo() async throws {
        let before = """
            CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c); CREATE INDEX i ON t(b);
            CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END; CREATE VIEW v AS SELECT b FROM t;
            CREATE TABLE u(x); CREATE TABLE gone(y); INSERT INTO t VALUES (1, 'x', 2)
            """
        let after = """
            CREATE TABLE t(a INTEGER PRIMARY KEY, d TEXT NOT NULL, c UNIQUE);
            CREATE INDEX j ON t(d); CREATE VIEW v AS SELECT d FROM t;
            CREATE TABLE u(x, z DEFAULT 1); CREATE TABLE come(y)
            """
        try await withBench(before) { bench in
            let planned = try await bench.lead(
                to: after, renames: [Rename(from: .column("t", "b"), to: .column("t", "d"))])
            try await bench.undo(planned)
            #expect(try await bench.rows("SELECT * FROM t") == ["1,'x',2"])
        }
    }
}
