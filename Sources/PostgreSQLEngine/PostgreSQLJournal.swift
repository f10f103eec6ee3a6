// Owns how the journal is read and written. Invariant: the newest entry's number and hash stand in
// `lockstep.meta` and move with every append, so that a removed end is seen too.

internal import Foundation
public import Planning
internal import PostgreSQLClient
internal import SchemaCore

/// The journal in schema `lockstep` of the target.
public struct PostgreSQLJournal: Journal {
    /// The schema of what Lockstep keeps in a target.
    public static let schema = "lockstep"
    /// The form of the tables that this version of Lockstep reads and writes.
    static let format = 1

    private let session: PostgreSQLSession
    private var strangers: JournalGuard { JournalGuard(session: session) }

    /// The journal of the session's database.
    public init(_ session: PostgreSQLSession) { self.session = session }

    /// Makes the schema and the tables where they are missing, in one transaction.
    ///
    /// It comes before all that an apply reads or writes there, and in each of its sessions.
    public func prepare() async throws {
        try await strangers.refuseStrangers()
        if try await isThere() { return }
        do {
            try await session.begin()
            // Two processes that both find nothing make it one after the other.
            try await session.query("select pg_advisory_xact_lock('\(PostgreSQLLock.key + 1)')")
            try await strangers.refuseStrangers()
            if try await !isThere() {
                let rows = try await session.query("select to_regnamespace('lockstep') is null")
                if try rows[0].bool(0) { try await session.query("create schema lockstep") }
                for statement in JournalTables.statements {
                    try await session.query(statement)
                }
            }
            try await session.commit()
        } catch {
            await session.rollback()
            guard let error = error as? EngineError, error.kind == .privilege else { throw error }
            throw try await missingPrivilege(error)
        }
    }

    /// Appends an event in the open transaction, or in one of its own.
    @discardableResult
    public func append(_ event: JournalEvent) async throws -> JournalEntry {
        let text = try JournalEntry.text(of: event)
        // All parts see the state before the statement, so `before` is the entry that was newest.
        let rows = try await session.query(
            """
            with before as (
              select length + 1 as sequence, head as previous, \(JournalTables.now) as time
              from lockstep.meta),
            entry as (
              insert into lockstep.journal (sequence, time, event, previous, hash)
              select sequence, time, $1::text, previous, \(JournalTables.hash("$1::text"))
              from before returning sequence, time, previous, hash),
            moved as (
              update lockstep.meta set length = entry.sequence, head = entry.hash from entry)
            select sequence, time, $1::text, previous, hash from entry
            """, [text])
        guard let row = rows.first else {
            throw EngineError(
                .refused, "table lockstep.meta is empty, so nothing can be added to the journal",
                help: "Restore the row of lockstep.meta from a backup.")
        }
        return try entry(row)
    }

    /// The newest entry.
    public func head() async throws -> JournalEntry? {
        guard try await isThere() else { return nil }
        return try await select("where true order by sequence desc limit 1").first
    }

    /// The entries behind a number.
    public func entries(after sequence: Int64, limit: Int?) async throws -> [JournalEntry] {
        guard try await isThere() else { return [] }
        return try await select(
            "where sequence > $1::bigint order by sequence limit $2::bigint",
            [String(sequence), limit.map { String($0) }])
    }

    /// The entries from the newest `attemptStarted` on.
    public func lastAttemptEntries() async throws -> [JournalEntry] {
        guard try await isThere() else { return [] }
        // `like` on the text alone, since a text that was tampered with may be no JSON.
        return try await select(
            """
            where sequence >= (
              select max(sequence) from lockstep.journal where event like '{"attemptStarted":%')
            order by sequence
            """)
    }

    /// Takes the hashes in the server, so that no plan of a long history is fetched.
    public func firstBreak() async throws -> JournalBreak? {
        guard try await isThere() else { return nil }
        let rows = try await session.query(
            """
            select sequence, sequence = before + 1, previous is not distinct from hash_before,
              hash = \(JournalTables.hash("event"))
            from (
              select *, lag(sequence, 1, 0::bigint) over w as before,
                lag(hash) over w as hash_before
              from lockstep.journal window w as (order by sequence)) chain
            where sequence <> before + 1 or previous is distinct from hash_before
              or hash <> \(JournalTables.hash("event"))
            order by sequence limit 1
            """)
        if let row = rows.first {
            let sequence = Int64(try row.int(0))
            if try !row.bool(1) { return .missing(before: sequence) }
            return try row.bool(2) ? .changed(sequence) : .unlinked(sequence)
        }
        let ends = try await session.query(
            """
            select greatest(m.length, j.sequence) from lockstep.meta m full join (
              select sequence, hash from lockstep.journal order by sequence desc limit 1) j on true
            where coalesce(m.length, -1) <> coalesce(j.sequence, 0)
              or m.head is distinct from j.hash
            """)
        return try ends.first.map { .truncated(Int64(try $0.int(0))) }
    }

    /// What was last applied.
    public func applied() async throws -> AppliedState? {
        guard try await isThere() else { return nil }
        let rows = try await session.query("select state from lockstep.applied")
        guard let row = rows.first else { return nil }
        do {
            return try CanonicalJSON.decode(AppliedState.self, from: Data(try row.text(0).utf8))
        } catch is DecodingError {
            throw EngineError(
                .refused, "table lockstep.applied of \(session.summary) cannot be read",
                help: "It was changed by hand, or written by a newer version of Lockstep: restore "
                    + "its row from a backup.")
        }
    }

    /// Records what is now applied.
    public func record(_ applied: AppliedState) async throws {
        try await session.query(
            """
            insert into lockstep.applied (state) values ($1)
            on conflict (singleton) do update set state = excluded.state
            """, [String(decoding: try CanonicalJSON.data(applied), as: UTF8.self)])
    }

    /// Whether there is a journal, in a form that this version knows.
    private func isThere() async throws -> Bool {
        let tables = try await session.query(
            """
            select count(*) from pg_class where relname in ('journal', 'applied', 'meta')
              and relkind = 'r' and relnamespace =
                (select oid from pg_namespace where nspname = 'lockstep')
            """)
        let count = try tables[0].int(0)
        guard count > 0 else { return false }
        guard count == 3 else {
            throw EngineError(
                .refused, "a table of the journal in \(session.summary) is missing",
                help: "Restore lockstep.journal, lockstep.applied and lockstep.meta from a backup; "
                    + "without them nobody knows what was applied.")
        }
        // Before the first row is read, for a policy may run anything for it.
        try await strangers.refuseAttachments()
        let found = try await format()
        guard found <= Self.format else {
            throw EngineError(
                .unsupported,
                "the journal in \(session.summary) has form \(found); this version of Lockstep "
                    + "knows forms up to \(Self.format)",
                help: "Use the newer version of Lockstep that made it.")
        }
        return true
    }

    /// The form of the tables. It is what is read first, so a role that may not is told here.
    private func format() async throws -> Int {
        do {
            let rows = try await session.query("select format from lockstep.meta")
            return try rows.first?.int(0) ?? Self.format
        } catch let error as EngineError where error.kind == .privilege {
            let role = try await session.query("select quote_ident(current_user)")[0].text(0)
            throw EngineError(
                .privilege,
                "\(session.summary) may not read the journal in schema lockstep, which tells what "
                    + "was applied: \(error.message)", code: error.code,
                help: "To let it plan, run as the owner of the schema: GRANT USAGE ON SCHEMA "
                    + "lockstep TO \(role); GRANT SELECT ON ALL TABLES IN SCHEMA lockstep TO "
                    + "\(role); to let it apply, connect as the role that owns the schema.")
        }
    }

    private func select(_ rest: String, _ parameters: [String?] = []) async throws
        -> [JournalEntry]
    {
        try await session.query(
            "select sequence, time, event, previous, hash from lockstep.journal \(rest)",
            parameters
        ).map(entry)
    }

    private func entry(_ row: Row) throws -> JournalEntry {
        let sequence = Int64(try row.int(0))
        let previous = row[3].map { Digest($0) }
        guard let hash = Digest(try row.text(4)), previous != .some(nil),
            let entry = try? JournalEntry(
                sequence: sequence, time: try row.text(1), text: try row.text(2),
                previous: previous ?? nil, hash: hash)
        else {
            throw EngineError(
                .refused, "entry \(sequence) of lockstep.journal cannot be read",
                help: "It was changed by hand, or written by a newer version of Lockstep.")
        }
        return entry
    }

    private func missingPrivilege(_ error: EngineError) async throws -> EngineError {
        let rows = try await session.query(
            "select quote_ident(current_user), quote_ident(current_database())")
        let (role, database) = (try rows[0].text(0), try rows[0].text(1))
        return EngineError(
            .privilege,
            "\(session.summary) may not make the journal: \(error.message)", code: error.code,
            help: "As an administrator of database \(database) run: "
                + "CREATE SCHEMA IF NOT EXISTS lockstep; "
                + "ALTER SCHEMA lockstep OWNER TO \(role);",
            statement: error.statement)
    }
}

/// The tables of the journal and the formulas that they share.
enum JournalTables {
    /// The server's clock as an entry holds it.
    static let now = """
        to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        """

    /// The hash of an entry, as `JournalEntry` takes it.
    static func hash(_ event: String) -> String {
        """
        'sha256:' || encode(sha256(convert_to(sequence || chr(10) || time || chr(10)
          || coalesce(previous, '-') || chr(10) || \(event), 'UTF8')), 'hex')
        """
    }

    /// What makes them, in order.
    static let statements = [
        """
        create table lockstep.journal (
          sequence bigint primary key, time text not null, event text not null,
          previous text, hash text not null)
        """,
        """
        create table lockstep.applied (
          singleton boolean primary key default true check (singleton), state text not null)
        """,
        """
        create table lockstep.meta (
          singleton boolean primary key default true check (singleton),
          format integer not null, length bigint not null default 0, head text)
        """,
        "insert into lockstep.meta (format) values (\(PostgreSQLJournal.format))",
        """
        comment on schema lockstep is 'Lockstep (declarative schema reconciliation) keeps here \
        what it did to this database and what it manages. Do not change it by hand.'
        """,
        """
        comment on table lockstep.journal is 'Every plan that Lockstep applied here, step by \
        step. Rows are chained: hash is "sha256:" and the hexadecimal SHA-256 of sequence, time, \
        previous (or "-") and event, joined by line feeds; previous is the hash of the row before. \
        Lockstep refuses to run when the chain is broken.'
        """,
        """
        comment on table lockstep.applied is 'What Lockstep last applied: the objects that it \
        manages with the digests of their definitions, against which drift is measured.'
        """,
        """
        comment on table lockstep.meta is 'The form of these tables, and the number and hash of \
        the newest row of lockstep.journal.'
        """,
    ]
}
