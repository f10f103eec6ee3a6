internal import CGit2
import Glibc

/// One program that was started with nothing of ours: its standard input, output and error are
/// sockets to us, no other file is open, the environment is the given one, and signals do what
/// they do by default.
///
/// Its owner reads them, and ends it by `reap`.
struct ChildProcess {
    let pid: pid_t
    /// Our end of its standard input; a socket, so that writing to a dead child raises no signal.
    let input: Int32
    /// Our ends of its standard output and error; they do not block.
    let output: Int32
    let error: Int32

    /// How a child ended.
    enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// - Parameters:
    ///   - ownGroup: whether it leads a process group of its own, so that it and all that it
    ///     starts can be ended together.
    ///   - inherited: a descriptor that it and what it starts keep open, as their descriptor 3.
    init(
        _ program: String, _ arguments: [String], environment: [String: String],
        ownGroup: Bool, inherited: Int32? = nil
    ) throws(GitError) {
        var ends = Ends()
        do throws(GitError) {
            try ends.open()
            pid = try Self.spawn(program, arguments, environment, ownGroup, inherited, ends)
        } catch {
            ends.closeAll()
            throw error
        }
        input = ends.input.ours
        output = ends.output.ours
        self.error = ends.error.ours
        for end in [ends.input.theirs, ends.output.theirs, ends.error.theirs] { close(end) }
        for end in [output, self.error] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    /// Waits for its end and closes our ends.
    func reap() -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        for end in [input, output, error] { close(end) }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    /// Writes to its standard input; what a dead child does not take is lost.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 && errno == EINTR { continue }
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// What can be read now; nil at the end.
    static func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let got = Glibc.read(descriptor, &buffer, buffer.count)
        if got > 0 { return Array(buffer[..<got]) }
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
    }

    /// Waits until one of the descriptors can be read or has ended.
    static func wait(for descriptors: [Int32], milliseconds: Int32) -> Set<Int32> {
        var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return [] }
        return Set(polls.lazy.filter { $0.revents != 0 }.map(\.fd))
    }

    private struct Ends {
        var input: (ours: Int32, theirs: Int32) = (-1, -1)
        var output: (ours: Int32, theirs: Int32) = (-1, -1)
        var error: (ours: Int32, theirs: Int32) = (-1, -1)

        mutating func open() throws(GitError) {
            input = try Self.pair()
            output = try Self.pair()
            error = try Self.pair()
        }

        private static func pair() throws(GitError) -> (ours: Int32, theirs: Int32) {
            var pair: [Int32] = [0, 0]
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
                throw GitError(
                    .workerFailed, "the pipes of a process could not be made: \(reason(errno))",
                    help: "raise the limit on open files (ulimit -n)")
            }
            return (pair[0], pair[1])
        }

        func closeAll() {
            for end in [
                input.ours, input.theirs, output.ours, output.theirs, error.ours, error.theirs,
            ] where end >= 0 {
                close(end)
            }
        }
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String],
        _ ownGroup: Bool, _ inherited: Int32?, _ ends: Ends
    ) throws(GitError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends.input.theirs, 0)
        posix_spawn_file_actions_adddup2(&actions, ends.output.theirs, 1)
        posix_spawn_file_actions_adddup2(&actions, ends.error.theirs, 2)
        if let inherited { posix_spawn_file_actions_adddup2(&actions, inherited, 3) }
        // Whatever another part of this process opened without CLOEXEC stays here.
        _ = lockstep_spawn_close_from(&actions, inherited == nil ? 3 : 4)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(
            &attributes, Int16(ownGroup ? flags | POSIX_SPAWN_SETPGROUP : flags))
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        var envp =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, &argv, &envp)
        guard code == 0 else {
            throw GitError(
                .workerFailed, "\(program) could not be started: \(reason(code))",
                help: "let it be installed and executable for this user")
        }
        return pid
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
