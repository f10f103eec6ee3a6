// Owns what the server tells of a statement that another session runs.

public import Planning
internal import PostgreSQLClient

extension PostgreSQLSession {
    /// How far a session's statement is, and for whom it waits; nil if it runs none.
    ///
    /// Builds of indexes and rewrites by CLUSTER and VACUUM FULL tell how far they are; of others
    /// it is known only whether they wait
    /// (<https://www.postgresql.org/docs/current/progress-reporting.html>).
    public func progress(of other: PostgreSQLSession) async throws -> StepProgress? {
        let rows = try await query(Self.progressQuery, ["\(other.connection.backendPID)"])
        guard let first = rows.first else { return nil }
        // Behind the columns of the one that is waited for.
        let activity = first[7]
        var share: StepProgress.Share?
        for (place, unit) in [(8, "rows"), (10, "blocks"), (12, "transactions")] {
            guard let total = try first.optionalInt(place + 1), total > 0 else { continue }
            share = StepProgress.Share(
                done: Int64(try first.optionalInt(place) ?? 0), total: Int64(total), unit: unit)
            break
        }
        return StepProgress(
            activity: activity, share: share,
            waitsFor: rows.filter { $0[0] != nil }.map {
                LockHolder(
                    summary: $0[0] == "0" ? "a prepared transaction" : ActivityRow($0).summary)
            })
    }

    /// A build that waits for others counts these.
    private static let progressQuery = """
        with it as (
          select b.pid, coalesce(i.phase, c.phase) as phase,
            case when i.phase like 'waiting%' then 0
              else coalesce(i.tuples_done, c.heap_tuples_written) end as rows,
            case when i.phase like 'waiting%' then 0 else i.tuples_total end as all_rows,
            coalesce(i.blocks_done, c.heap_blks_scanned) as blocks,
            case when i.phase like 'waiting%' then 0
              else coalesce(i.blocks_total, c.heap_blks_total) end as all_blocks,
            i.lockers_done, i.lockers_total
          from pg_stat_activity b
          left join pg_stat_progress_create_index i on i.pid = b.pid
          left join pg_stat_progress_cluster c on c.pid = b.pid
          where b.pid = $1::integer and b.state = 'active')
        select \(ActivityRow.columns), it.phase, it.rows, it.all_rows, it.blocks, it.all_blocks,
          it.lockers_done, it.lockers_total
        from it left join lateral unnest(pg_blocking_pids(it.pid)) l (pid) on true
        left join pg_stat_activity a on a.pid = l.pid
        order by l.pid limit \(holdersNamed)
        """
}
