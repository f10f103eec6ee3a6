// Owns how the journal is read and written. Invariant: the newest entry's number and hash stand in
// `lockstep_meta` and move with every append, so that a removed end is seen too.

internal import Foundation
public import Planning
internal import SQLiteClient
internal import SchemaCore

/// The journal in tables `lockstep_…` of the target.
public struct SQLiteJournal: Journal {
    /// The form of the tables that this version of Lockstep reads and writes.
    static let format: Int64 = 1
    /// How many entries are fetched at once to check the chain.
    private static let page = 200

    private let session: SQLiteSession

    /// The journal of the session's database.
    public init(_ session: SQLiteSession) { self.session = session }

    /// Makes the tables where they are missing, in one transaction.
    public func prepare() async throws {
        if try await isThere() { return }
        try await session.inTransaction {
            guard try await !isThere() else { return }
            for statement in Self.tables { try await session.query(statement) }
        }
    }

    /// Appends an event in the open transaction, or in one of its own.
    @discardableResult
    public func append(_ event: JournalEvent) async throws -> JournalEntry {
        try await session.inTransaction {
            let rows = try await session.query(
                """
                SELECT length, head, strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'
                FROM lockstep_meta
                """)
            guard let row = rows.first else {
                throw EngineError(
                    .refused,
                    "table lockstep_meta is empty, so nothing can be added to the journal",
                    help: "Restore the row of lockstep_meta from a backup.")
            }
            let entry = try JournalEntry(
                sequence: try row.integer(0) + 1, time: try row.text(2), event: event,
                previous: try row.optionalText(1).flatMap { Digest($0) })
            let (sequence, hash) = (
                SQLiteValue.integer(entry.sequence), SQLiteValue.text(entry.hash.description)
            )
            try await session.query(
                """
                INSERT INTO lockstep_journal (sequence, time, event, previous, hash)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """,
                [
                    sequence, .text(entry.time), .text(entry.text),
                    entry.previous.map { .text($0.description) } ?? .null, hash,
                ])
            try await session.query(
                "UPDATE lockstep_meta SET length = ?1, head = ?2", [sequence, hash])
            return entry
        }
    }

    /// The newest entry.
    public func head() async throws -> JournalEntry? {
        guard try await isThere() else { return nil }
        return try await select("ORDER BY sequence DESC LIMIT 1").first
    }

    /// The entries behind a number.
    public func entries(after sequence: Int64, limit: Int?) async throws -> [JournalEntry] {
        guard try await isThere() else { return [] }
        return try await select(
            "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
            [.integer(sequence), .integer(limit.map { Int64($0) } ?? -1)])
    }

    /// The entries from the newest `attemptStarted` on.
    public func lastAttemptEntries() async throws -> [JournalEntry] {
        guard try await isThere() else { return [] }
        return try await select(
            """
            WHERE sequence >= (
              SELECT max(sequence) FROM lockstep_journal WHERE event GLOB '{"attemptStarted":*')
            ORDER BY sequence
            """)
    }

    /// Reads all entries, some at a time.
    public func firstBreak() async throws -> JournalBreak? {
        guard try await isThere() else { return nil }
        var last: JournalEntry?
        while true {
            let rows = try await rows(
                "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
                [.integer(last?.sequence ?? .min), .integer(Int64(Self.page))])
            for row in rows {
                // A text that is no event was changed by somebody else.
                guard let entry = try Self.entry(row) else { return .changed(try row.integer(0)) }
                if let found = JournalChain.firstBreak(in: [entry], after: last) { return found }
                last = entry
            }
            if rows.count < Self.page { break }
        }
        let ends = try await session.query("SELECT length, head FROM lockstep_meta")
        let length = try ends.first?.integer(0) ?? -1
        let head = try ends.first?.optionalText(1)
        if length == last?.sequence ?? 0, head == last?.hash.description { return nil }
        return .truncated(max(length, last?.sequence ?? 0))
    }

    /// What was last applied.
    public func applied() async throws -> AppliedState? {
        guard try await isThere() else { return nil }
        let rows = try await session.query("SELECT state FROM lockstep_applied")
        return try rows.first.map {
            try CanonicalJSON.decode(AppliedState.self, from: Data(try $0.text(0).utf8))
        }
    }

    /// Records what is now applied.
    public func record(_ applied: AppliedState) async throws {
        let text = String(decoding: try CanonicalJSON.data(applied), as: UTF8.self)
        try await session.query(
            "INSERT OR REPLACE INTO lockstep_applied (singleton, state) VALUES (1, ?1)",
            [.text(text)])
    }

    /// Whether there is a journal, in a form that this version knows.
    private func isThere() async throws -> Bool {
        let tables = try await session.query(
            "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'lockstep_meta'")
        guard !tables.isEmpty else { return false }
        let columns = try await session.query(
            """
            SELECT 1 FROM pragma_table_info('lockstep_meta', 'main')
            WHERE name IN ('format', 'length', 'head')
            """)
        guard columns.count == 3 else {
            throw EngineError(
                .unsupported, "the table lockstep_meta of \(session.summary) is not Lockstep's",
                help: "Give it another name: Lockstep keeps its journal in tables whose names "
                    + "begin with lockstep_.")
        }
        let rows = try await session.query("SELECT format FROM lockstep_meta")
        let found = try rows.first?.integer(0) ?? Self.format
        guard found <= Self.format else {
            throw EngineError(
                .unsupported,
                "the journal in \(session.summary) has form \(found); this version of Lockstep "
                    + "knows forms up to \(Self.format)",
                help: "Use the newer version of Lockstep that made it.")
        }
        return true
    }

    private func rows(
        _ rest: String, _ parameters: [SQLiteValue] = []
    ) async throws -> SQLiteRows {
        try await session.query(
            "SELECT sequence, time, event, previous, hash FROM lockstep_journal \(rest)",
            parameters)
    }

    private func select(
        _ rest: String, _ parameters: [SQLiteValue] = []
    ) async throws -> [JournalEntry] {
        try await rows(rest, parameters).map { row in
            guard let entry = try Self.entry(row) else {
                throw EngineError(
                    .refused, "entry \(try row.integer(0)) of lockstep_journal cannot be read",
                    help: "It was changed by hand, or written by a newer version of Lockstep.")
            }
            return entry
        }
    }

    private static func entry(_ row: SQLiteRow) throws -> JournalEntry? {
        guard case .text(let time) = row[1], case .text(let text) = row[2],
            case .text(let sum) = row[4], let hash = Digest(sum)
        else { return nil }
        var previous: Digest?
        if case .text(let before) = row[3] {
            previous = Digest(before)
            if previous == nil { return nil }
        }
        return try? JournalEntry(
            sequence: try row.integer(0), time: time, text: text, previous: previous, hash: hash)
    }

    /// What makes the tables, in order. SQLite keeps the comments, since they stand within.
    private static let tables = [
        """
        CREATE TABLE lockstep_journal (
          sequence INTEGER PRIMARY KEY, time TEXT NOT NULL, event TEXT NOT NULL, previous TEXT,
          hash TEXT NOT NULL
          /* Every plan that Lockstep (declarative schema reconciliation) applied here, step by
             step. Rows are chained: hash is "sha256:" and the hexadecimal SHA-256 of sequence,
             time, previous (or "-") and event, joined by line feeds; previous is the hash of the
             row before. Lockstep refuses to run when the chain is broken. */
        )
        """,
        """
        CREATE TABLE lockstep_applied (
          singleton INTEGER PRIMARY KEY CHECK (singleton = 1), state TEXT NOT NULL
          /* What Lockstep last applied: the objects that it manages with the digests of their
             definitions, against which drift is measured. */
        )
        """,
        """
        CREATE TABLE lockstep_meta (
          singleton INTEGER PRIMARY KEY CHECK (singleton = 1), format INTEGER NOT NULL,
          length INTEGER NOT NULL DEFAULT 0, head TEXT
          /* The form of these tables, and the number and hash of the newest row of
             lockstep_journal. */
        )
        """,
        "INSERT INTO lockstep_meta (singleton, format) VALUES (1, \(format))",
    ]
}
