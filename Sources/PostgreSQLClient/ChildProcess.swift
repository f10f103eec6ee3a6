// Owns the child processes of a private server. Invariants: a child ends when this process ends;
// it never runs as root; it inherits no file and no setting of the environment.

import CPostgreSQL
import Glibc

/// The account that a server runs as, if it is not our own.
struct ServiceAccount: Sendable, Hashable {
    let user: uid_t
    let group: gid_t

    /// The server refuses to run as root, so root uses `nobody`. Nil for everybody else.
    static func needed() throws(PostgreSQLError) -> ServiceAccount? {
        guard geteuid() == 0 else { return nil }
        guard let entry = getpwnam("nobody"), entry.pointee.pw_uid != 0 else {
            throw PostgreSQLError(
                kind: .localServer,
                message: "PostgreSQL does not run as root, and there is no account nobody",
                hint: "Run as another user.")
        }
        return ServiceAccount(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }
}

/// A program that was started by us.
struct ChildProcess: Sendable {
    /// How a child ended.
    enum End: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
    }

    let pid: pid_t

    /// A child dies with the thread that started it, so this one never ends.
    private static let spawner = BlockingThread()
    private static let setpriv: String? = ["/usr/bin/setpriv", "/bin/setpriv", "/sbin/setpriv"]
        .first { (path: String) in access(path, X_OK) == 0 }

    /// Starts a program with its output in a file.
    ///
    /// `setpriv` gives it the account and makes the kernel end it by `deathSignal` when we end,
    /// also by `kill -9`.
    static func start(
        _ command: [String], as account: ServiceAccount?, in directory: String, output: String,
        deathSignal: String = "QUIT"
    ) async throws(PostgreSQLError) -> ChildProcess {
        let arguments = try arguments(command, as: account, deathSignal)
        try spawner.start()
        return try await spawner.perform {
            spawn(arguments, in: directory, output: output)
        }.get()
    }

    /// The same, on a thread that may end before the child does: only to wait for it.
    static func startHere(
        _ command: [String], as account: ServiceAccount?, in directory: String
    ) throws(PostgreSQLError) -> ChildProcess {
        try spawn(
            try arguments(command, as: account, "KILL"), in: directory, output: "/dev/null"
        ).get()
    }

    /// Whether it ended, and how. Asks once: after an answer the process id is free.
    func poll() -> End? {
        var status: Int32 = 0
        let result = waitpid(pid, &status, WNOHANG)
        if result == 0 || (result < 0 && errno == EINTR) { return nil }
        guard result == pid else { return .exited(-1) }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    /// Waits for its end.
    func end() async -> End {
        while true {
            if let end = poll() { return end }
            // A cancelled task still has to wait, so it must not spin.
            await Self.pause()
        }
    }

    /// Waits for its end on a thread that may block; nil if it takes longer than that.
    func endHere(milliseconds: Int) -> End? {
        for _ in 0..<milliseconds {
            if let end = poll() { return end }
            usleep(1000)
        }
        return nil
    }

    /// A few milliseconds, whether or not the task is cancelled.
    static func pause() async {
        await Task.detached { try? await Task.sleep(for: .milliseconds(4)) }.value
    }

    private static func arguments(
        _ command: [String], as account: ServiceAccount?, _ deathSignal: String
    ) throws(PostgreSQLError) -> [String] {
        guard let setpriv else {
            guard account == nil else {
                throw PostgreSQLError(
                    kind: .localServer,
                    message: "PostgreSQL does not run as root, and setpriv is not installed",
                    hint: "Install util-linux, or run as another user.")
            }
            return command
        }
        var arguments = [setpriv, "--no-new-privs", "--pdeathsig", deathSignal]
        if let account {
            arguments += [
                "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups",
            ]
        }
        return arguments + command
    }

    private static func spawn(
        _ arguments: [String], in directory: String, output: String
    ) -> Result<ChildProcess, PostgreSQLError> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, directory)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // A group of its own: a Ctrl-C is for us, and we end the server in order.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let environment = CStrings(["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/"])
        let words = CStrings(arguments)
        var pid: pid_t = 0
        let status = words.withMutablePointers { words in
            environment.withMutablePointers { environment in
                posix_spawn(
                    &pid, arguments[0], &actions, &attributes, words, environment)
            }
        }
        guard status == 0 else {
            return .failure(
                PostgreSQLError(
                    kind: .localServer,
                    message: "cannot start \(arguments[0]): \(errorText(status))"))
        }
        return .success(ChildProcess(pid: pid))
    }
}
