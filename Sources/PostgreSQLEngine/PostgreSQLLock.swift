// Owns the lock that keeps two runs from one database. Invariant: no transaction is open while it
// is taken, since concurrent index builds wait for old transactions, those of lock waiters too.

public import Planning
internal import PostgreSQLClient

/// A session-level advisory lock of the server.
///
/// Its key is the eight letters `lockstep` as one number, in the space of the database: PostgreSQL
/// keeps advisory locks of different databases apart. A DBA sees it in `pg_locks` as `locktype`
/// advisory, `classid` 1819239275, `objid` 1937007984, `objsubid` 1.
public struct PostgreSQLLock: TargetLock {
    /// The letters `lockstep` in big-endian order.
    static let key: Int64 = "lockstep".utf8.reduce(0) { $0 << 8 | Int64($1) }

    private static let inLocks = """
        l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.classid = '\(key >> 32)' and l.objid = '\(key & 0xffff_ffff)'
        and l.database = (select oid from pg_database where datname = current_database())
        """

    private let session: PostgreSQLSession

    /// The lock of the session's database.
    public init(_ session: PostgreSQLSession) { self.session = session }

    /// Takes the lock if it is free.
    ///
    /// - Throws: `EngineError` of kind `unsupported` behind a pooler that gives statements of one
    ///   session to several connections of the server.
    public func acquire() async throws -> LockHolder? {
        let before = try await position()
        // A fresh session that holds the lock already shares its server process with another.
        guard !before.isHeld else { throw pooled }
        // Taken on another connection of a pooler it would be left behind there.
        let rows = try await session.query(
            """
            select case when pg_backend_pid() = $1::integer
              then pg_try_advisory_lock('\(Self.key)') end
            """, [String(before.process)])
        guard let isTaken = try rows[0].optionalBool(0) else { throw pooled }
        guard isTaken else { return try await holder() }
        try await session.query(
            "select set_config('lockstep.lock', $1, false)", [mark(before.process)])
        guard try await isHeld() else { throw pooled }
        return nil
    }

    /// Whether the server process that answers now is the one that took the lock, and has it still.
    public func isHeld() async throws -> Bool {
        let now = try await position()
        if now.mark == mark(now.process) { return now.isHeld }
        // A mark of somebody else, or a lock without ours: another client uses this process too.
        if now.isHeld || now.mark.map({ !$0.isEmpty }) ?? false { throw pooled }
        return false
    }

    /// Gives it back.
    public func release() async throws {
        try await session.query(
            """
            select pg_advisory_unlock('\(Self.key)'), set_config('lockstep.lock', '', false)
            """, ignoresCancellation: true)
    }

    /// Marks the server process, so that one that another client of a pooler uses is known.
    private func mark(_ process: Int) -> String {
        "\(process)/\(session.connection.backendPID)"
    }

    private func position() async throws -> (process: Int, isHeld: Bool, mark: String?) {
        let rows = try await session.query(
            """
            select pg_backend_pid(), current_setting('lockstep.lock', true), exists (
              select from pg_locks l where l.pid = pg_backend_pid() and \(Self.inLocks))
            """)
        return (try rows[0].int(0), try rows[0].bool(2), rows[0][1])
    }

    private func holder() async throws -> LockHolder {
        let rows = try await session.query(
            """
            select \(ActivityRow.columns)
            from pg_locks l left join pg_stat_activity a on a.pid = l.pid
            where \(Self.inLocks) limit 1
            """)
        guard let row = rows.first else {
            return LockHolder(summary: "a session that has ended in the meantime")
        }
        return LockHolder(summary: ActivityRow(row).summary)
    }

    private var pooled: EngineError {
        EngineError(
            .unsupported,
            "\(session.summary) is behind a connection pooler that runs the statements of one "
                + "session on several connections, so a lock cannot be held",
            help: "Connect to the server directly, or through a pool in session mode.")
    }
}
