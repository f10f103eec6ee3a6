// Owns how another session is named to people.

internal import PostgreSQLClient

/// What `pg_stat_activity` lets us see of another session; a role without the privilege sees less.
struct ActivityRow {
    /// The columns of `pg_stat_activity` as `a`, beside `pg_locks` as `l`.
    static let columns = """
        l.pid, a.usename, a.application_name, host(a.client_addr), a.state,
        to_char(coalesce(a.xact_start, a.backend_start) at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS"Z"'), a.xact_start is not null
        """

    /// `process 42, user app, application psql, from 10.0.0.7, in a transaction since …`.
    let summary: String

    /// Reads a row that begins with `columns`.
    init(_ row: Row) {
        var parts = ["process \(row[0] ?? "?")"]
        if let user = row[1] { parts.append("user \(user)") }
        if let application = row[2], !application.isEmpty {
            parts.append("application \(application)")
        }
        if let address = row[3] { parts.append("from \(address)") }
        if let state = row[4] { parts.append(state) }
        if let since = row[5] {
            parts.append((row[6] == "t" ? "in a transaction since " : "connected since ") + since)
        }
        summary = parts.joined(separator: ", ")
    }
}
