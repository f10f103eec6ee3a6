// Owns the lock that keeps two runs from one database. Invariant: a session that lost the lock
// writes nothing more, since each of its transactions looks for its own row before anything else.

public import Planning
internal import SQLiteClient
internal import Synchronization

/// A row that only one holder has.
///
/// SQLite has no lock that lasts longer than a transaction, so the lock is a row with a lease. It
/// is another's to take when its process has ended, which can be known on the same machine, when
/// its session has, which this process knows of its own, or when its lease is over, which happens
/// only while the holder has not written for that long.
public struct SQLiteLock: TargetLock {
    /// How long a lease lasts from the last time that its holder wrote, in seconds.
    static let leaseSeconds = 600

    private let session: SQLiteSession

    /// The lock of the session's database.
    public init(_ session: SQLiteSession) { self.session = session }

    /// Takes the lock if it is free.
    public func acquire() async throws -> LockHolder? {
        guard session.hold.token == nil else {
            return LockHolder(summary: "this session")
        }
        do {
            return try await take()
        } catch let error as EngineError where error.kind == .lockTimeout {
            // A writer keeps it from beginning; without a write-ahead log, a reader from its end.
            return FileLockHolders.holders(of: session.summary).first
                ?? LockHolder(summary: "a process that uses the database")
        }
    }

    /// Writes the row, unless it is another's.
    private func take() async throws -> LockHolder? {
        try await session.begin()
        do {
            try await session.query(Self.table)
            if let row = try await row(), !row.isFree {
                await session.rollback()
                return LockHolder(summary: row.summary)
            }
            let own = ProcessIdentity.own
            let rows = try await session.query(
                """
                INSERT OR REPLACE INTO lockstep_lock
                  (singleton, token, host, machine, process, start, since, until)
                VALUES (1, lower(hex(randomblob(16))), ?1, ?2, ?3, ?4,
                  strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), \(Self.now) + ?5) RETURNING token
                """,
                [
                    .text(own.host), .text(own.machine), .integer(Int64(own.process)),
                    .text(own.start), .integer(Int64(Self.leaseSeconds)),
                ])
            // It is told to this process's other sessions before they can see the row.
            session.hold.token = try rows[0].text(0)
            try await session.commit()
            return nil
        } catch {
            session.hold.token = nil
            await session.rollback()
            throw error
        }
    }

    /// Whether the row is still this session's; its lease begins anew.
    public func isHeld() async throws -> Bool {
        guard let token = session.hold.token else { return false }
        guard try await isThere() else { return false }
        let rows = try await session.query(
            "SELECT until - \(Self.now) FROM lockstep_lock WHERE token = ?1", [.text(token)])
        guard let row = rows.first else { return false }
        if try row.integer(0) < Int64(Self.leaseSeconds / 2) {
            do {
                try await session.inTransaction {}
            } catch let error as EngineError where error.kind == .lockTimeout {
                // Whoever writes now cannot be taking the lock without us seeing it later.
            }
        }
        return true
    }

    /// Gives it back.
    public func release() async throws {
        guard let token = session.hold.token else { return }
        session.hold.token = nil
        guard try await isThere() else { return }
        try await session.query(
            "DELETE FROM lockstep_lock WHERE token = ?1", [.text(token)],
            ignoresCancellation: true)
    }

    /// Looks, in a transaction that has just begun to write, whether a lock that the session holds
    /// is still its own, and renews the lease.
    func confirm() async throws {
        guard let token = session.hold.token else { return }
        var isOwn = try await isThere()
        if isOwn {
            isOwn =
                try await session.query(
                    "UPDATE lockstep_lock SET until = \(Self.now) + ?2 WHERE token = ?1",
                    [.text(token), .integer(Int64(Self.leaseSeconds))]
                ).changes == 1
        }
        guard isOwn else {
            throw EngineError(
                .connectionLost, "the lock of \(session.summary) is no longer this session's",
                help: "It was idle for more than \(Self.leaseSeconds / 60) minutes and another "
                    + "run took the lock, or the row of lockstep_lock was removed; run again.")
        }
    }

    private struct Row {
        var isFree: Bool
        var summary: String
    }

    private func row() async throws -> Row? {
        let rows = try await session.query(
            """
            SELECT host, machine, process, start, since, until <= \(Self.now), token
            FROM lockstep_lock
            """)
        guard let row = rows.first else { return nil }
        let holder = ProcessIdentity(
            host: try row.text(0), machine: try row.text(1),
            process: Int32(truncatingIfNeeded: try row.integer(2)), start: try row.text(3))
        let token = try row.text(6)
        let isLeft = holder == ProcessIdentity.own && !LockHold.isLive(token)
        return Row(
            isFree: try row.bool(5) || holder.hasEnded || isLeft,
            summary: "process \(holder.process) on \(holder.host), since \(try row.text(4))")
    }

    private func isThere() async throws -> Bool {
        try await !session.query(
            "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'lockstep_lock'"
        ).isEmpty
    }

    /// The clock in whole seconds.
    private static let now = "CAST(strftime('%s', 'now') AS INTEGER)"

    private static let table = """
        CREATE TABLE IF NOT EXISTS lockstep_lock (
          singleton INTEGER PRIMARY KEY CHECK (singleton = 1), token TEXT NOT NULL,
          host TEXT NOT NULL, machine TEXT NOT NULL, process INTEGER NOT NULL, start TEXT NOT NULL,
          since TEXT NOT NULL, until INTEGER NOT NULL
          /* Lockstep (declarative schema reconciliation): who is changing this database now. */
        )
        """
}

/// What a session holds of the target's lock.
final class LockHold: Sendable {
    /// The tokens of all sessions of this process: a row of this process with another is one that
    /// a session left when its file could not be written.
    private static let live = Mutex<Set<String>>([])

    private let state = Mutex<String?>(nil)

    /// Whether a session of this process holds the lock by this token.
    static func isLive(_ token: String) -> Bool { live.withLock { $0.contains(token) } }

    /// The row's token; nil while the lock is not held.
    var token: String? {
        get { state.withLock { $0 } }
        set {
            let old = state.withLock { state in
                defer { state = newValue }
                return state
            }
            Self.live.withLock { live in
                if let old { live.remove(old) }
                if let newValue { live.insert(newValue) }
            }
        }
    }

    deinit { token = nil }
}
