// Owns who is in the way of a lock before anybody waits for it: a statement that waits for a lock
// keeps all others waiting that come after it.

public import Planning
internal import PostgreSQLClient
internal import SchemaCore

extension PostgreSQLSession {
    /// Whose transactions, prepared ones among them, are older than so many milliseconds and hold
    /// locks that conflict with these, the oldest first.
    ///
    /// How old a transaction of another user is, a role sees that is a member of
    /// `pg_read_all_stats`; of others nothing is told here. Autovacuum gives way by itself, but for
    /// the one that keeps transaction ids from running out.
    public func obstacles(
        to locks: [Effects.Lock], olderThan milliseconds: Int
    ) async throws -> [LockHolder] {
        let wanted = Set(locks).compactMap { lock -> [[String]]? in
            let path = lock.relation.path
            guard path.count > 1, let mode = TableLock(rawValue: lock.mode) else { return nil }
            return [Array(path.prefix(2)), mode.conflicts.map(\.name)]
        }
        if wanted.isEmpty { return [] }
        let names = String(decoding: try CanonicalJSON.data(wanted), as: UTF8.self)
        let rows = try await query(Self.obstacles, [names, "\(milliseconds)"])
        return rows.map { row in
            LockHolder(
                summary: row[7].map { "prepared transaction \($0), since \(row[5] ?? "?")" }
                    ?? ActivityRow(row).summary)
        }
    }

    /// How many of those that are in the way are named at once.
    static let holdersNamed: Int = 5

    private static let obstacles = """
        with wanted as (
          select c.oid, e->1 as modes from jsonb_array_elements($1::jsonb) e
          join pg_namespace n on n.nspname = e->0->>0
          join pg_class c on c.relnamespace = n.oid and c.relname = e->0->>1),
        held as (
          select distinct l.pid, l.virtualtransaction from wanted w
          join pg_locks l on l.relation = w.oid
          where l.locktype = 'relation' and l.granted and l.pid is distinct from pg_backend_pid()
            and l.database = (select oid from pg_database where datname = current_database())
            and w.modes @> to_jsonb(l.mode))
        select l.pid, a.usename, a.application_name, host(a.client_addr), a.state,
          to_char(coalesce(a.xact_start, p.prepared) at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"'), true, p.gid
        from held l
        left join pg_stat_activity a on a.pid = l.pid
        left join pg_prepared_xacts p
          on l.pid is null and p.transaction::text = split_part(l.virtualtransaction, '/', 2)
        where coalesce(a.xact_start, p.prepared)
            < clock_timestamp() - $2::float8 * interval '1 millisecond'
          and (a.backend_type is distinct from 'autovacuum worker'
            or a.query like '%to prevent wraparound%')
        order by coalesce(a.xact_start, p.prepared), l.pid limit \(holdersNamed)
        """
}

/// The modes of locks on tables, from the weakest
/// (<https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>).
private enum TableLock: String, CaseIterable {
    case accessShare = "ACCESS SHARE"
    case rowShare = "ROW SHARE"
    case rowExclusive = "ROW EXCLUSIVE"
    case shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
    case share = "SHARE"
    case shareRowExclusive = "SHARE ROW EXCLUSIVE"
    case exclusive = "EXCLUSIVE"
    case accessExclusive = "ACCESS EXCLUSIVE"

    /// As `pg_locks` writes it: `AccessShareLock`.
    var name: String {
        rawValue.split(separator: " ").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined()
            + "Lock"
    }

    /// What nobody else may hold at the same time.
    var conflicts: [TableLock] {
        let all = Self.allCases
        return switch self {
        case .accessShare: [.accessExclusive]
        case .rowShare: Array(all[6...])
        case .rowExclusive: Array(all[4...])
        case .shareUpdateExclusive: Array(all[3...])
        case .share: [.rowExclusive, .shareUpdateExclusive] + all[5...]
        case .shareRowExclusive: Array(all[2...])
        case .exclusive: Array(all[1...])
        case .accessExclusive: all
        }
    }
}
