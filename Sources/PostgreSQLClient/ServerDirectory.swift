// Owns the private folder of a private server: its making, its removal, and the sweeping of those
// whose processes were killed. Invariant: the name says whose it is, so nothing alive is swept.

import Glibc

/// The folder of one private server.
///
/// The outer folder is ours, with logs and access rules. `run` in it belongs to the server's
/// account, with data and socket, and nobody else can enter it.
struct ServerDirectory: Sendable {
    let path: String
    let account: ServiceAccount?

    var run: String { "\(path)/run" }
    var data: String { "\(run)/data" }
    var log: String { "\(path)/server.log" }
    var initLog: String { "\(path)/initdb.log" }
    var accessRules: String { "\(path)/pg_hba.conf" }
    var userMap: String { "\(path)/pg_ident.conf" }

    /// The longest path that fits a socket's address, with its end.
    private static let socketPathLimit = 107

    /// Makes a new folder under `base`.
    static func make(in base: String) throws(PostgreSQLError) -> ServerDirectory {
        let account = try ServiceAccount.needed()
        var template = Array("\(base)/\(prefix)\(Owner.current.text)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileSystem.failure(
                "cannot make a folder in \(base)", hint: "Set TMPDIR to a folder to write to.")
        }
        let path = template.withUnsafeBufferPointer {
            $0.baseAddress.map { String(cString: $0) } ?? ""
        }
        let directory = ServerDirectory(path: path, account: account)
        guard "\(directory.run)/.s.PGSQL.65535.lock".utf8.count <= socketPathLimit else {
            rmdir(path)
            throw PostgreSQLError(
                kind: .localServer, message: "\(base) is too long a path for a Unix socket",
                hint: "Set TMPDIR to a shorter one, such as /tmp.")
        }
        guard mkdir(directory.run, 0o700) == 0 else {
            throw FileSystem.failure("cannot make \(directory.run)")
        }
        if let account {
            guard chmod(path, 0o711) == 0,
                chown(directory.run, account.user, account.group) == 0
            else { throw FileSystem.failure("cannot give \(directory.run) to nobody") }
        }
        return directory
    }

    /// `$TMPDIR`, or `/tmp` if that is not set or too long.
    static var defaultBase: String {
        guard let given = getenv("TMPDIR").map({ String(cString: $0) }),
            given.hasPrefix("/"), given.utf8.count <= 30
        else { return "/tmp" }
        return given
    }

    /// Removes all of it. Blocks.
    ///
    /// What belongs to another account is removed as that account, so that nothing it put there
    /// can lead root elsewhere.
    func remove() {
        let find = ["/usr/bin/find", run, "-xdev", "-mindepth", "1", "-delete"]
        _ = try? ChildProcess.startHere(find, as: account, in: "/").endHere(milliseconds: 60_000)
        rmdir(run)
        for file in [log, initLog, accessRules, userMap] { unlink(file) }
        rmdir(path)
    }

    /// The process id of the server that runs here, if one does.
    var serverPID: pid_t? {
        guard
            let first = FileSystem.read("\(data)/postmaster.pid")?
                .split(separator: "\n", omittingEmptySubsequences: false).first,
            let pid = pid_t(first), pid > 1
        else { return nil }
        // The id may be somebody else's by now; the server's working folder is its data.
        return FileSystem.destination(of: "/proc/\(pid)/cwd") == data ? pid : nil
    }

    /// Whether the server says that it takes connections.
    var isReady: Bool {
        let lines = FileSystem.read("\(data)/postmaster.pid")?
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard let lines, lines.count >= 8 else { return false }
        return lines[7].hasPrefix("ready")
    }

    /// The last lines of a log.
    static func tail(_ path: String) -> String {
        (FileSystem.read(path, limit: 16_384, fromEnd: true) ?? "")
            .split(separator: "\n").suffix(20).joined(separator: "\n")
    }

    private static var prefix: String { "lockstep-pg-\(geteuid())-" }

    /// Ends servers and removes folders of processes that are no more. Blocks.
    static func sweep(_ base: String) throws(PostgreSQLError) {
        let account = try ServiceAccount.needed()
        for name in FileSystem.names(in: base) where name.hasPrefix(prefix) {
            let path = "\(base)/\(name)"
            guard let owner = Owner(name.dropFirst(prefix.count)), owner.isGone,
                FileSystem.belongsToUs(path)
            else { continue }
            let directory = ServerDirectory(path: path, account: account)
            if let pid = directory.serverPID {
                kill(pid, SIGQUIT)
                for _ in 0..<2000 where directory.serverPID != nil { usleep(1000) }
                if let pid = directory.serverPID { kill(pid, SIGKILL) }
            }
            directory.remove()
        }
    }
}

extension ServerDirectory {
    /// The process that a folder belongs to, told from later ones with the same id by its start
    /// time, and from those of other containers by its namespace.
    private struct Owner {
        let namespace: String
        let pid: pid_t
        let started: String

        var text: String { "\(namespace)-\(pid)-\(started)" }

        static var current: Owner {
            Owner(
                namespace: currentNamespace, pid: getpid(),
                started: startTime(of: getpid()) ?? "0")
        }

        init(namespace: String, pid: pid_t, started: String) {
            self.namespace = namespace
            self.pid = pid
            self.started = started
        }

        init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 4, let pid = pid_t(parts[1]) else { return nil }
            self.init(namespace: String(parts[0]), pid: pid, started: String(parts[2]))
        }

        /// Never true of what this process cannot see.
        var isGone: Bool {
            namespace == Self.currentNamespace && Self.startTime(of: pid) != started
        }

        private static var currentNamespace: String {
            let link = FileSystem.destination(of: "/proc/self/ns/pid") ?? ""
            return String(link.filter(\.isNumber))
        }

        /// The 22nd field of `/proc/<pid>/stat`, counted behind the name, which may hold anything.
        private static func startTime(of pid: pid_t) -> String? {
            guard let text = FileSystem.read("/proc/\(pid)/stat"),
                let end = text.lastIndex(of: ")")
            else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            return fields.count > 19 ? String(fields[19]) : nil
        }
    }
}
