// Time budget: 20 s

import SQLiteClient
import Testing

@Suite("Statements of SQLite")
struct StatementTests {
    @Test("values come back as they went")
    func values() async throws {
        try await withFile { db, _ in
            let values: [SQLiteValue] = [
                nil, 1, .integer(.min), 1.5, "", "é\u{0}x", .blob([]), .blob([0, 255]),
            ]
            let list = (1...values.count).map { "?\($0)" }.joined(separator: ", ")
            let rows = try await db.query("SELECT \(list)", values)
            #expect(rows[0].values == values)
            let types = try await db.query("SELECT typeof(?1), typeof(?2)", ["", .blob([])])
            #expect(types[0].values == ["text", "blob"])
        }
    }

    @Test("rows know their columns, and changes are counted")
    func rows() async throws {
        try await withFile("CREATE TABLE t(a, b)") { db, _ in
            try await db.run("INSERT INTO t VALUES (?1, ?2)", forEach: [[1, "x"], [2, nil]])
            let rows = try await db.query("SELECT a AS one, b FROM t ORDER BY a")
            #expect(rows.columns == ["one", "b"] && rows.count == 2 && rows.changes == 0)
            #expect(try rows[0].integer(0) == 1 && rows[0].text(1) == "x")
            #expect(try rows[1].optionalText(1) == nil)
            let error = try await failure { _ = try rows[1].text(1) }
            #expect(error.kind == .decoding)
            #expect(try await db.query("DELETE FROM t").changes == 2)
        }
    }

    @Test("a text is one statement")
    func one() async throws {
        try await withFile { db, _ in
            #expect(try await db.query("SELECT 1; -- no more").count == 1)
            for text in ["SELECT 1; SELECT 2", "SELECT 1; x", "", "-- nothing", "SELECT 1\u{0}"] {
                let error = try await failure { _ = try await db.query(text) }
                #expect(error.kind == .usage, "\(text)")
            }
            let error = try await failure { _ = try await db.query("SELECT ?1") }
            #expect(error.kind == .usage)
        }
    }

    @Test("an error says where")
    func position() async throws {
        try await withFile("CREATE TABLE t(a)") { db, _ in
            let error = try await failure { _ = try await db.query("SELECT 'é', nope FROM t") }
            #expect(error.code == .error && error.position == 13)
            #expect(error.message == "no such column: nope")
            let syntax = try await failure { _ = try await db.query("CREATE TABEL u(a)") }
            #expect(syntax.position == 8)
        }
    }

    @Test("a broken constraint has its extended code")
    func constraints() async throws {
        try await withFile("CREATE TABLE t(a UNIQUE, CHECK(a > 0)); INSERT INTO t VALUES (1)") {
            db, _ in
            let twice = try await failure { _ = try await db.query("INSERT INTO t VALUES (1)") }
            #expect(twice.code?.description == "SQLITE_CONSTRAINT_UNIQUE" && twice.quotesRows)
            let check = try await failure { _ = try await db.query("INSERT INTO t VALUES (0)") }
            #expect(check.code?.description == "SQLITE_CONSTRAINT_CHECK")
        }
    }

    static let endless = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
        """

    @Test("a statement ends when its time is over, and the next one runs")
    func timeout() async throws {
        try await withFile { db, _ in
            let error = try await failure {
                _ = try await db.query(Self.endless, timeout: .milliseconds(50))
            }
            #expect(error.kind == .timedOut)
            #expect(try await db.query("SELECT 1").count == 1)
        }
    }

    @Test("a statement ends with its task, and the next one runs")
    func cancellation() async throws {
        try await withFile { db, _ in
            let task = Task { try await db.query(Self.endless) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            let error = try await failure { _ = try await task.value }
            #expect(error.kind == .cancelled)
            #expect(try await db.query("SELECT 1").count == 1)
            let late = Task {
                while !Task.isCancelled { await Task.yield() }
                _ = try await db.query("SELECT 1", ignoresCancellation: true)
                _ = try await db.query("SELECT 1")
            }
            late.cancel()
            let denied = try await failure { try await late.value }
            #expect(denied.kind == .cancelled)
        }
    }

    @Test("waiting for SQLite keeps no task of the process waiting")
    func threads() async throws {
        try await withFile { _, path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let db = try await SQLiteConnection.open(.init(path: path))
                        let error = try await failure {
                            _ = try await db.query(Self.endless, timeout: .milliseconds(300))
                        }
                        #expect(error.kind == .timedOut)
                        await db.close()
                    }
                }
                let time = try await ContinuousClock().measure {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(time < .seconds(2))
                try await group.waitForAll()
            }
        }
    }

    @Test("a closed connection says so")
    func closed() async throws {
        try await withFile { db, _ in
            await db.close()
            await db.close()
            let ended = try await failure { _ = try await db.query("SELECT 1") }
            #expect(ended.kind == .closed)
            await db.rollback()
        }
    }

    @Test("what a statement would touch is told, with the view or trigger that asks for it")
    func accesses() async throws {
        let script = """
            CREATE TABLE t(a, b); CREATE TABLE log(x);
            CREATE VIEW v AS SELECT a FROM t WHERE length(b) > 0;
            CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log SELECT count(*) FROM v; END;
            """
        try await withFile(script) { db, _ in
            let view = try await db.accesses(of: "SELECT * FROM v")
            #expect(view.contains { $0.kind == .read(table: "t", column: "b") && $0.within == "v" })
            #expect(view.contains { $0.kind == .function("length") && $0.within == "v" })
            let insert = try await db.accesses(of: "INSERT INTO t DEFAULT VALUES")
            #expect(insert.contains { $0.kind == .insert(table: "log") && $0.within == "g" })
            #expect(insert.contains { $0.kind == .insert(table: "t") && $0.within == nil })
            #expect(try await db.query("SELECT * FROM t").isEmpty)
        }
    }
}
