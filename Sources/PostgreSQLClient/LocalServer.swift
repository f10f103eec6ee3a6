// Owns a private PostgreSQL server. Invariants: only the user who started it can reach it; it never
// outlives this process; nothing of it stays on the disk after `stop`, and what a killed process
// left is removed at the next start.

import Glibc
import Synchronization

/// A PostgreSQL server of our own, made from installed programs for a short time.
///
/// It has a new data folder, listens on a Unix socket in a folder of mode 0700, and gives up all
/// durability for speed. Started by root it runs as `nobody`, and only root can log in.
public final class LocalServer: Sendable {
    /// The superuser's name.
    public static let superuser = "postgres"
    /// A role without privileges that may log in as the superuser may, once it is made: for SQL
    /// that nobody has looked at.
    public static let scratchRole = "lockstep_scratch"

    /// The programs that it runs.
    public let binaries: Binaries
    /// How it was made.
    public let options: Options

    private struct State {
        var process: ChildProcess?
        var isRemoved = false
    }

    private let directory: ServerDirectory
    private let state = Mutex(State())

    /// The major version.
    public var major: Int { binaries.major }
    /// The folder of its socket.
    public var socketDirectory: String { directory.run }
    /// The folder of its data.
    public var dataDirectory: String { directory.data }
    /// The process, while it runs.
    public var processID: Int32? { state.withLock { $0.process?.pid } }
    /// The last lines that the server logged.
    public var logTail: String { ServerDirectory.tail(directory.log) }

    /// Makes and starts a server of a major version, if its programs are installed.
    public static func start(
        major: Int, options: Options = Options()
    ) async throws(PostgreSQLError) -> LocalServer {
        try await start(Binaries.required(major: major), options: options)
    }

    /// Makes and starts a server.
    public static func start(
        _ binaries: Binaries, options: Options = Options()
    ) async throws(PostgreSQLError) -> LocalServer {
        let base = options.baseDirectory ?? ServerDirectory.defaultBase
        let helper = BlockingThread()
        defer { helper.retire() }
        try helper.start()
        let made = await helper.perform {
            Result { () throws(PostgreSQLError) in
                try ServerDirectory.sweep(base)
                return try ServerDirectory.make(in: base)
            }
        }
        let server = LocalServer(binaries, options, try made.get())
        do throws(PostgreSQLError) {
            try await server.initialize()
            try await server.launch()
        } catch {
            await server.stop(immediate: true)
            throw error
        }
        return server
    }

    private init(_ binaries: Binaries, _ options: Options, _ directory: ServerDirectory) {
        self.binaries = binaries
        self.options = options
        self.directory = directory
    }

    deinit {
        let (process, isRemoved) = state.withLock { ($0.process, $0.isRemoved) }
        guard !isRemoved else { return }
        let directory = directory
        let helper = BlockingThread()
        helper.submit { Self.finish(process, directory) }
        helper.retire()
    }

    /// How to connect to one of its databases.
    public func settings(
        database: String = "postgres", user: String = LocalServer.superuser
    ) -> ConnectionSettings {
        var settings = ConnectionSettings()
        settings.host = directory.run
        settings.port = String(options.port)
        settings.database = database
        settings.user = user
        return settings
    }

    /// The same as a URL, for programs.
    public func url(database: String = "postgres", user: String = LocalServer.superuser) -> String {
        func encoded(_ text: String) -> String {
            text.utf8.map { byte in
                let isPlain =
                    byte.isASCIILetterOrDigit || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                let hex = String(byte, radix: 16, uppercase: true)
                return isPlain
                    ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + hex
            }.joined()
        }
        return "postgresql://\(encoded(user))@/\(encoded(database))"
            + "?host=\(encoded(directory.run))&port=\(options.port)"
    }

    /// Stops the server and removes everything of it. Doing it twice does nothing.
    ///
    /// - Parameter immediate: Without waiting for sessions to end in order.
    public func stop(immediate: Bool = false) async {
        await shutDown(signal: immediate ? SIGQUIT : SIGINT)
        let isRemoved = state.withLock { state in
            defer { state.isRemoved = true }
            return state.isRemoved
        }
        guard !isRemoved else { return }
        let directory = directory
        let helper = BlockingThread()
        await helper.perform { directory.remove() }
        helper.retire()
    }

    /// Stops and removes it on this thread, for the end of the process.
    public func stopNow() {
        let (process, isRemoved) = state.withLock { state in
            defer { state = State(process: nil, isRemoved: true) }
            return (state.process, state.isRemoved)
        }
        if !isRemoved { Self.finish(process, directory) }
    }

    /// Stops the server in order and starts it again on the same data.
    public func restart() async throws(PostgreSQLError) {
        await shutDown(signal: SIGINT)
        try await launch()
    }

    /// Kills all processes of the server at once, as a loss of power would. `restart` recovers.
    public func kill9() async {
        guard let process = state.withLock({ $0.process }) else { return }
        let list = FileSystem.read("/proc/\(process.pid)/task/\(process.pid)/children") ?? ""
        let children = list.split(separator: " ").compactMap { pid_t($0) }
        kill(process.pid, SIGKILL)
        for child in children where child > 1 { kill(child, SIGKILL) }
        await shutDown(signal: SIGKILL)
    }

    private func shutDown(signal: Int32) async {
        guard let process = state.withLock({ $0.process }) else { return }
        kill(process.pid, signal)
        var waits = 0
        while process.poll() == nil {
            await ChildProcess.pause()
            waits += 1
            // About ten and twenty seconds.
            if waits == 2500 { kill(process.pid, SIGQUIT) }
            if waits == 5000 { kill(process.pid, SIGKILL) }
        }
        state.withLock { $0.process = nil }
    }

    private static func finish(_ process: ChildProcess?, _ directory: ServerDirectory) {
        if let process {
            kill(process.pid, SIGQUIT)
            if process.endHere(milliseconds: 5000) == nil {
                kill(process.pid, SIGKILL)
                _ = process.endHere(milliseconds: 5000)
            }
        }
        directory.remove()
    }

    private func initialize() async throws(PostgreSQLError) {
        let rules = options.accessRules(isRoot: directory.account != nil)
        try FileSystem.write(rules, to: directory.accessRules)
        try FileSystem.write(options.userMap, to: directory.userMap)
        let command =
            ["\(binaries.directory)/initdb", "-D", directory.data] + options.initArguments
        let process = try await ChildProcess.start(
            command, as: directory.account, in: directory.run, output: directory.initLog,
            deathSignal: "KILL")
        guard await process.end() == .exited(0) else {
            throw PostgreSQLError(
                kind: .localServer,
                message: "initdb of PostgreSQL \(major) failed:\n"
                    + ServerDirectory.tail(directory.initLog))
        }
    }

    private func launch() async throws(PostgreSQLError) {
        var command = ["\(binaries.directory)/postgres", "-D", directory.data]
        command += ["-k", directory.run, "-p", String(options.port)]
        let rules = [
            "hba_file": directory.accessRules, "ident_file": directory.userMap,
        ]
        for (name, value) in options.serverSettings.merging(rules, uniquingKeysWith: { $1 })
            .sorted(by: { $0.key < $1.key })
        {
            command += ["-c", "\(name)=\(value)"]
        }
        let process = try await ChildProcess.start(
            command, as: directory.account, in: directory.run, output: directory.log)
        state.withLock { $0.process = process }
        var waits = 0
        while !(directory.serverPID == process.pid && directory.isReady) {
            if process.poll() != nil {
                state.withLock { $0.process = nil }
                throw failure("did not start")
            }
            waits += 1
            // About half a minute: a recovery after `kill9` takes longer than a start.
            guard waits < 7500 else { throw failure("was not ready within 30 seconds") }
            await ChildProcess.pause()
        }
    }

    private func failure(_ what: String) -> PostgreSQLError {
        PostgreSQLError(
            kind: .localServer,
            message: "the private server of PostgreSQL \(major) \(what):\n\(logTail)")
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
