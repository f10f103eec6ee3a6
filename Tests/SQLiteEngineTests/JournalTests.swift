import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("The journal in a SQLite database")
struct JournalTests {
    private func withJournal<Value>(
        _ events: Int, _ body: (SQLiteJournal, SQLiteSession) async throws -> Value
    ) async throws -> Value {
        let session = try await SQLiteSession.connect(.memory)
        let journal = SQLiteJournal(session)
        if events > 0 {
            try await journal.prepare()
            for number in 0..<events {
                try await journal.append(.stepStarted(attempt: 1, step: "étape \(number)"))
            }
        }
        let value = try await body(journal, session)
        await session.close()
        return value
    }

    @Test("without one there is nothing, and reading makes none")
    func empty() async throws {
        try await withJournal(0) { journal, session in
            let (head, entries) = (try await journal.head(), try await journal.entries())
            #expect(head == nil && entries.isEmpty)
            let (applied, place) = (try await journal.applied(), try await journal.firstBreak())
            #expect(applied == nil && place == nil)
            let attempt = try await journal.lastAttempt()
            #expect(attempt == nil)
            let tables = try await session.query("SELECT 1 FROM sqlite_schema")
            #expect(tables.isEmpty)
        }
    }

    @Test("entries follow from each other")
    func chain() async throws {
        try await withJournal(250) { journal, session in
            try await journal.prepare()
            let entries = try await journal.entries()
            #expect(entries.count == 250 && JournalChain.firstBreak(in: entries) == nil)
            #expect(try await journal.firstBreak() == nil)
            #expect(try await journal.head() == entries.last)
            let some = try await journal.entries(after: 10, limit: 2)
            #expect(some == Array(entries[10..<12]))
            #expect(entries[0].time.utf8.count == "2026-01-01T00:00:00.000000Z".utf8.count)
        }
    }

    @Test(
        "what somebody else changed is found",
        arguments: [
            (
                "UPDATE lockstep_journal SET event = replace(event, '6', '7') WHERE sequence = 207",
                JournalBreak.changed(207)
            ),
            ("UPDATE lockstep_journal SET event = 'x' WHERE sequence = 3", .changed(3)),
            ("UPDATE lockstep_journal SET hash = x'00' WHERE sequence = 3", .changed(3)),
            ("DELETE FROM lockstep_journal WHERE sequence = 201", .missing(before: 202)),
            ("DELETE FROM lockstep_journal WHERE sequence > 248", .truncated(250)),
            ("DELETE FROM lockstep_journal", .truncated(250)),
            ("UPDATE lockstep_journal SET previous = NULL WHERE sequence = 5", .unlinked(5)),
            ("UPDATE lockstep_meta SET head = NULL", .truncated(250)),
        ])
    func breaks(_ statement: String, _ expected: JournalBreak) async throws {
        try await withJournal(250) { journal, session in
            try await session.query(statement)
            #expect(try await journal.firstBreak() == expected)
        }
    }

    @Test("a record is kept or undone with what it records")
    func together() async throws {
        try await withJournal(1) { journal, session in
            try await session.query("CREATE TABLE t(a)")
            try await session.begin()
            try await session.query("INSERT INTO t VALUES (1)")
            try await journal.append(.stepDone(attempt: 1, step: "s", milliseconds: 1))
            await session.rollback()
            #expect(try await journal.entries().count == 1)
            #expect(try await journal.firstBreak() == nil)
            #expect(try await session.query("SELECT * FROM t").isEmpty)
        }
    }

    @Test("what is applied is kept in one place, and a newer form is refused")
    func applied() async throws {
        try await withJournal(1) { journal, session in
            for number in 0..<2 {
                let state = AppliedState(
                    objects: [.table("t\(number)"): Digest(of: "x")],
                    desiredDigest: Digest(of: "d"), revision: nil, scope: Scope(schemas: []))
                try await journal.record(state)
                #expect(try await journal.applied() == state)
            }
            try await session.query("UPDATE lockstep_meta SET format = 2")
            await #expect(throws: EngineError.self) { try await journal.head() }
        }
    }
}
