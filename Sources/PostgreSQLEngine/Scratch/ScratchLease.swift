// Owns who a scratch database belongs to, and when it may be removed by others. Invariant: what
// belongs to a process that may still run, and has not expired, is never removed.

internal import Foundation
internal import PostgreSQLClient

/// The owner of a scratch database, as the comment on it says.
struct ScratchLease: Codable, Hashable, Sendable {
    /// The process.
    var pid: Int32
    /// When it started, in clock ticks since the boot: tells it from a later one with its number.
    var started: String
    /// The host's name, for people.
    var host: String
    /// The boot of the host's kernel.
    var boot: String
    /// The namespace of the process's number: containers share a boot.
    var namespace: String
    /// Seconds since 1970 on the server's clock after which nobody needs it any more.
    var expires: Int

    /// This process's lease.
    static func current(expires: Int) -> ScratchLease {
        ScratchLease(
            pid: getpid(), started: startTime(of: getpid()) ?? "", host: hostName, boot: boot,
            namespace: namespace, expires: expires)
    }

    /// Whether its owner is surely gone, or its time is over.
    func isOver(now: Int) -> Bool {
        if expires < now { return true }
        guard boot == Self.boot, namespace == Self.namespace else { return false }
        return Self.startTime(of: pid) != started
    }

    private static let boot = text(of: "/proc/sys/kernel/random/boot_id") ?? "unknown"

    private static let namespace: String = {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    }()

    private static let hostName: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    private static func text(of path: String) -> String? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// The 22nd field of `/proc/<pid>/stat`, counted behind the name, which may hold anything.
    private static func startTime(of pid: Int32) -> String? {
        guard let text = text(of: "/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }
}

extension ScratchLease {
    /// The first part of every scratch database's and scratch role's name.
    static let prefix = "lockstep_scratch_"

    /// How long a lease lasts, in seconds: longer than any build.
    static let duration = 3_600

    /// Minutes that a database may stand without a comment: while it is being made.
    private static let minutesToComment = 10

    /// Drops the scratch databases whose lease is over, and the roles that are left of them.
    ///
    /// What cannot be dropped, since it belongs to another role, is left to that role's next run.
    static func sweep(_ maintenance: PostgreSQLConnection) async throws {
        let rows = try await maintenance.query(
            """
            SELECT d.datname, pg_catalog.shobj_description(d.oid, 'pg_database'), d.datconnlimit,
                extract(epoch FROM pg_catalog.now())::bigint
            FROM pg_catalog.pg_database d
            WHERE d.datname LIKE 'lockstep\\_scratch\\_%'
            ORDER BY d.datname
            """)
        for row in rows {
            let now = try row.int(3)
            let lease = row[1].flatMap {
                try? JSONDecoder().decode(ScratchLease.self, from: Data($0.utf8))
            }
            // Making a database and commenting on it are two transactions, so the time of the first
            // is kept in the limit of connections, which no number of minutes since 1970 reaches.
            let made = try row.int(2)
            let isStale = made > 0 && made + minutesToComment < now / 60
            guard lease?.isOver(now: now) ?? isStale else { continue }
            let name = try row.text(0)
            _ = try? await drop(name, maintenance)
        }
        let roles = try await maintenance.query(
            """
            SELECT r.rolname FROM pg_catalog.pg_roles r
            WHERE r.rolname LIKE 'lockstep\\_scratch\\_%' AND r.rolvaliduntil < pg_catalog.now()
            ORDER BY r.rolname
            """)
        for row in roles {
            let name = SQLDialectName.quoted(try row.text(0))
            _ = try? await maintenance.query("DROP ROLE IF EXISTS \(name)")
        }
    }

    /// Drops a scratch database with whoever is still connected, and its role if it has its own.
    static func drop(_ name: String, _ maintenance: PostgreSQLConnection) async throws {
        let quoted = SQLDialectName.quoted(name)
        try await maintenance.query(
            "DROP DATABASE IF EXISTS \(quoted) WITH (FORCE)", ignoresCancellation: true)
        _ = try? await maintenance.query(
            "DROP ROLE IF EXISTS \(quoted)", ignoresCancellation: true)
    }
}

/// Names in statements that take no parameters.
enum SQLDialectName {
    /// The name in quotes, whether it needs them or not.
    static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// A string literal that no setting can change the meaning of.
    static func literal(_ text: String) -> String {
        "E'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }
}
