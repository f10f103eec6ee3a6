import Foundation
import Glibc
import Synchronization

/// Our side of the fetching process: starts it, watches it and ends it, whatever a server or a
/// library does to it.
public struct FetchProcess: Sendable {
    /// The executable whose hidden subcommand calls `FetchWorker.main`.
    public let executable: String
    /// The subcommand.
    public let arguments: [String]

    /// By default the running executable serves itself.
    public init(executable: String = "/proc/self/exe", arguments: [String] = ["__fetch"]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// Sends one request to a new process and waits for its answer on a thread of its own.
    /// Cancelling the task ends the process.
    func run(
        _ request: FetchRequest, holding lock: Int32? = nil,
        progress: (@Sendable (FetchProgress) -> Void)? = nil
    ) async throws(GitError) -> FetchOutcome {
        let isCancelled = CancelFlag()
        let body: @Sendable () throws(GitError) -> FetchOutcome = { () throws(GitError) in
            try runBlocking(request, holding: lock, isCancelled, progress)
        }
        let result: Result<FetchOutcome, GitError> = await withTaskCancellationHandler {
            do throws(GitError) {
                return .success(try await BlockingThread.run(body))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            isCancelled.set()
        }
        return try result.get()
    }

    /// The same on the caller's thread.
    func runBlocking(
        _ request: FetchRequest, holding lock: Int32?, _ isCancelled: CancelFlag,
        _ progress: (@Sendable (FetchProgress) -> Void)?
    ) throws(GitError) -> FetchOutcome {
        try Watch(self, request, lock, isCancelled, progress).run()
    }
}

/// Says across threads that nobody waits any more.
final class CancelFlag: Sendable {
    private let flag = Atomic(false)

    func set() { flag.store(true, ordering: .relaxed) }
    var isSet: Bool { flag.load(ordering: .relaxed) }
}

/// One fetching process while it runs.
private final class Watch {
    private let request: FetchRequest
    private let isCancelled: CancelFlag
    private let progress: (@Sendable (FetchProgress) -> Void)?
    private let child: ChildProcess
    private let started = Monotonic.milliseconds()
    private var lastProgress = Monotonic.milliseconds()
    private var lastSeen = FetchProgress()
    private var lastMemoryLook = 0
    private var line: [UInt8] = []
    private var errors: [UInt8] = []
    private var answer: Result<FetchOutcome, GitError>?

    init(
        _ process: FetchProcess, _ request: FetchRequest, _ lock: Int32?,
        _ isCancelled: CancelFlag, _ progress: (@Sendable (FetchProgress) -> Void)?
    ) throws(GitError) {
        self.request = request
        self.isCancelled = isCancelled
        self.progress = progress
        var environment = [
            "HOME": request.scratch, "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "SWIFT_BACKTRACE": "enable=no",
        ]
        // Where Swift's libraries are is a matter of the installation, not of the user.
        environment["LD_LIBRARY_PATH"] =
            ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        child = try ChildProcess(
            Self.resolved(process.executable), process.arguments, environment: environment,
            ownGroup: true, inherited: lock)
    }

    /// `/proc/self/exe` would name the spawning helper in the child: it is resolved here. A
    /// binary that was replaced on disk is still reached by its process id.
    private static func resolved(_ executable: String) -> String {
        executable == "/proc/self/exe" ? "/proc/\(getpid())/exe" : executable
    }

    func run() throws(GitError) -> FetchOutcome {
        guard let json = try? JSONEncoder().encode(request) else {
            preconditionFailure("a request of ours is not JSON")
        }
        child.write(Array(json) + [UInt8(ascii: "\n")])
        var open = [child.output, child.error]
        var violation: GitError?
        while !open.isEmpty, answer == nil, violation == nil {
            for end in ChildProcess.wait(for: open, milliseconds: 50) {
                guard let bytes = ChildProcess.read(end) else {
                    open.removeAll { $0 == end }
                    continue
                }
                if end == child.error {
                    errors = Array((errors + bytes).suffix(8_192))
                } else {
                    take(bytes)
                }
            }
            if answer == nil { violation = exceeded() }
        }
        // The group is ended in any case, so that nothing that it started outlives it.
        if violation != nil { ProcessTree.kill(child.pid) }
        if violation != nil || answer != nil { kill(-child.pid, SIGKILL) }
        let ending = child.reap()
        if let answer { return try answer.get() }
        throw violation ?? crashed(ending)
    }

    private func take(_ bytes: [UInt8]) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if let message = try? JSONDecoder().decode(FetchMessage.self, from: Data(line)) {
                take(message)
            }
            line = []
        }
        // Our own messages are short; what is longer is none.
        if line.count > 1 << 20 { line = [] }
    }

    private func take(_ message: FetchMessage) {
        switch message {
        case .progress(let progress):
            lastProgress = Monotonic.milliseconds()
            if progress.bytes >= lastSeen.bytes { lastSeen = progress }
            self.progress?(lastSeen)
        case .done(let outcome): answer = .success(outcome)
        case .failed(let error): answer = .failure(error)
        }
    }

    private func exceeded() -> GitError? {
        let now = Monotonic.milliseconds()
        let limits = request.limits
        if isCancelled.isSet {
            return GitError(
                .cancelled, "fetching \(request.url) was cancelled", help: "start it again")
        }
        if Double(now - started) > limits.wallClockSeconds * 1_000 {
            return GitError(
                .wallClockLimit,
                "fetching \(request.url) took more than "
                    + "\(seconds(limits.wallClockSeconds))",
                help: "raise the limit on wall-clock seconds, or fetch less history (depth)")
        }
        if Double(now - lastProgress) > limits.idleSeconds * 1_000 {
            return GitError(
                .idleLimit,
                "\(request.url) was silent for more than "
                    + "\(seconds(limits.idleSeconds))",
                help: "check that the server is up and reachable; raise the limit on idle "
                    + "seconds if it is slow to start")
        }
        if let error = request.exceeded(by: lastSeen) { return error }
        if now - lastMemoryLook >= 100 {
            lastMemoryLook = now
            if ProcessTree.residentBytes(of: child.pid) > limits.memoryBytes {
                return TransportFailure.memory(request)
            }
        }
        return nil
    }

    private func seconds(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number)) s" : "\(number) s"
    }

    private func crashed(_ ending: ChildProcess.Ending) -> GitError {
        let text = cleaned(String(decoding: errors, as: UTF8.self))
        if text.lowercased().contains("out of memory") || text.contains("allocate") {
            return TransportFailure.memory(request)
        }
        let how: String =
            switch ending {
            case .exited(let code): "ended with code \(code)"
            case .signalled(let signal): "was ended by signal \(signal)"
            }
        return GitError(
            .workerFailed,
            "the process that fetches \(request.url) \(how) without an answer"
                + (text.isEmpty ? "" : ": \(text)"),
            help: "try again; if it stays, use the other transport (libgit2 or git)")
    }
}
