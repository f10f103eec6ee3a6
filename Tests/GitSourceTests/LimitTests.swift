import Foundation
import Glibc
import Testing

@testable import GitSource

/// What a fetch may cost, and what becomes of its process.
@Suite struct LimitTests {
    private static let transports: [GitSettings.Transport] = [.libgit2, .git]

    private struct Ended: Sendable {
        var error: GitError?
        var milliseconds: Int
    }

    @Test(arguments: transports, [GitURL.Scheme.http, .ssh])
    func `a silent server is left after the idle limit`(
        _ transport: GitSettings.Transport, _ scheme: GitURL.Scheme
    ) async throws {
        let sandbox = try Sandbox()
        let server = try SilentServer()
        try await SSHServer.makeKey(sandbox.path("id"), "ed25519")
        let key = try String(contentsOfFile: sandbox.path("id.pub"), encoding: .utf8)
        let hosts = try sandbox.write("known_hosts", "[127.0.0.1]:\(server.port) \(key)")
        let user = scheme == .ssh ? "git@" : ""
        let url = "\(scheme.rawValue)://\(user)127.0.0.1:\(server.port)/o.git"
        let request = try InProcess.request(sandbox, url) {
            $0.transport = transport
            $0.limits.idleSeconds = 0.5
            $0.credentials.sshKeyFile = sandbox.path("id")
            $0.credentials.knownHostsFile = hosts
        }
        let process = try Sandbox.process()
        // The time is taken on the watching thread: the test's own waits for other tests.
        let ended = try await BlockingThread.run { () throws(GitError) -> Ended in
            let start = Monotonic.milliseconds()
            do throws(GitError) {
                _ = try process.runBlocking(request, holding: nil, CancelFlag(), nil)
                return Ended(error: nil, milliseconds: 0)
            } catch {
                return Ended(error: error, milliseconds: Monotonic.milliseconds() - start)
            }
        }
        let took = ended.milliseconds
        #expect(ended.error?.code == .idleLimit, "\(String(describing: ended.error))")
        // Far below the limit on the wall clock, however busy the machine is.
        #expect(took >= 500 && took < 60_000, "\(took) ms")
    }

    @Test func `the wall clock ends what never falls silent`() async throws {
        let sandbox = try Sandbox()
        let process = try sandbox.script("while :; do echo '\(Self.progress)'; sleep 0.05; done")
        let error = try await Self.failed(of: process, sandbox) { $0.wallClockSeconds = 0.6 }
        #expect(error.code == .wallClockLimit)
    }

    @Test func `a process that eats memory or dies is our error, not our end`() async throws {
        let sandbox = try Sandbox()
        let hungry = try sandbox.script(
            "read line; exec /usr/bin/python3 -c "
                + "'import time; x = bytearray(120 << 20); time.sleep(9)'"
        )
        let error = try await Self.failed(of: hungry, sandbox) { $0.memoryBytes = 64 << 20 }
        #expect(error.code == .memoryLimit, "\(error)")
        for (text, word) in [("kill -SEGV $$", "signal 11"), ("echo oops >&2; exit 3", "code 3")] {
            let error = try await Self.failed(of: try sandbox.script(text), sandbox) { _ in }
            #expect(error.code == .workerFailed && error.message.contains(word))
        }
        let missing = FetchProcess(executable: sandbox.path("nothing"))
        #expect(try await Self.failed(of: missing, sandbox) { _ in }.code == .workerFailed)
    }

    @Test func `everything that a process started ends with it`() async throws {
        let sandbox = try Sandbox()
        let process = try sandbox.script("sleep 77 & echo $! > \(sandbox.path("pid")); wait")
        let error = try await Self.failed(of: process, sandbox) { $0.idleSeconds = 0.5 }
        #expect(error.code == .idleLimit)
        let text = try String(contentsOfFile: sandbox.path("pid"), encoding: .utf8)
        let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // The kernel ends it when it next runs it.
        for _ in 0..<100 where Self.isAlive(pid) { try await Task.sleep(for: .milliseconds(50)) }
        #expect(!Self.isAlive(pid))
    }

    private static func isAlive(_ pid: pid_t) -> Bool {
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return !stat.isEmpty && !stat.contains(") Z")
    }

    @Test func `cancelling a task ends its fetch`() async throws {
        let sandbox = try Sandbox()
        let server = try SilentServer()
        let source = try sandbox.source("http://127.0.0.1:\(server.port)/o.git")
        let task = Task { try await source.resolve() }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        #expect(try await failure { try await task.value }.code == .cancelled)
        // Nothing of the fetch is left behind.
        let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.cache.folder)
        #expect(!left.contains { $0.hasPrefix("fetch-") })
    }

    @Test func `the fetching process ends with its caller`() async throws {
        let sandbox = try Sandbox()
        let server = try SilentServer()
        let request = try InProcess.request(sandbox, "http://127.0.0.1:\(server.port)/o.git")
        let child = try ChildProcess(
            try Sandbox.process().executable, ["__fetch"], environment: [:], ownGroup: true)
        child.write(Array(try JSONEncoder().encode(request)) + [0x0a])
        try await Task.sleep(for: .milliseconds(300))
        shutdown(child.input, Int32(SHUT_WR))
        let ending = try await BlockingThread.run { () throws(GitError) in child.reap() }
        #expect(ending == .signalled(SIGKILL))
    }

    @Test(arguments: transports, ["file", "http"])
    func `a large repository hits the limit on bytes`(
        _ transport: GitSettings.Transport, _ scheme: String
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<(6 << 20) / 8).flatMap { _ in
            withUnsafeBytes(of: generator.next()) { Array($0) }
        }
        let root = try await origin.tree([.init("100644", "a", try await origin.blob(noise))])
        try await origin.commit(tree: root)
        let server = try await WebServer(sandbox)
        let url =
            scheme == "file"
            ? "file://\(origin.path)" : "http://127.0.0.1:\(server.port)/o.git"
        let source = try sandbox.source(url) {
            $0.transport = transport
            $0.limits.receivedBytes = 1 << 20
        }
        let error = try await failure { try await source.resolve() }
        #expect(error.code == .byteLimit, "\(error)")
        let packs = sandbox.cache.entry(try GitURL(url), depth: nil).mirror + "/objects/pack"
        let left = (try? FileManager.default.contentsOfDirectory(atPath: packs)) ?? []
        #expect(!left.contains { $0.hasSuffix(".pack") })
    }

    @Test(arguments: transports, ["file", "http"])
    func `an object that unpacks to too much is refused`(
        _ transport: GitSettings.Transport, _ scheme: String
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        // libgit2 refuses the object by its size; git is stopped when it takes too much memory.
        let bomb = try await origin.deltaBomb(sandbox, copies: transport == .git ? 4_000 : 500)
        let root = try await origin.tree([
            .init("100644", "a", bomb.id), .init("100644", "b", bomb.base),
        ])
        try await origin.commit(tree: root)
        let server = try await WebServer(sandbox)
        let url =
            scheme == "file"
            ? "file://\(origin.path)" : "http://127.0.0.1:\(server.port)/o.git"
        let source = try sandbox.source(url) {
            $0.transport = transport
            $0.limits.objectBytes = 16 << 20
            $0.limits.memoryBytes = 96 << 20
        }
        let error = try await failure { try await source.resolve() }
        #expect(error.code == (transport == .git ? .memoryLimit : .objectLimit), "\(error)")
    }

    @Test func `many objects and many references are refused`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        let first = try await origin.commit(["a.yaml": "1", "b.yaml": "2", "c.yaml": "3"])
        for number in 0..<5 { try await origin.tag("t\(number)", first) }
        let server = try await WebServer(sandbox)
        let url = "http://127.0.0.1:\(server.port)/o.git"
        let objects = try sandbox.source(url) { $0.limits.receivedObjects = 3 }
        #expect(
            try await failure { try await objects.resolve() }.code == .objectLimit)
        for transport in Self.transports {
            let references = try sandbox.source(url, "semver:*") {
                $0.transport = transport
                $0.limits.references = 4
            }
            let error = try await failure { try await references.resolve() }
            #expect(error.code == .objectLimit, "\(error)")
        }
    }

    @Test func `one mirror is fetched into by one process at a time`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        try await origin.commit(["a.yaml": "1"])
        let source = try sandbox.source(origin.path) { $0.limits.lockSeconds = 0.2 }
        try sandbox.cache.prepare()
        let entry = sandbox.cache.entry(try GitURL(origin.path), depth: nil)
        let lock = try sandbox.cache.lock(entry, seconds: 1, isCancelled: CancelFlag())
        #expect(try await failure { try await source.resolve() }.code == .busy)
        close(lock)
        // Eight at once: each waits for its turn.
        let patient = try sandbox.source(origin.path)
        try await withThrowingTaskGroup(of: GitRevision.self) { group in
            for _ in 0..<8 { group.addTask { try await patient.resolve() } }
            for try await revision in group { #expect(revision.shortName == "main") }
        }
    }

    @Test func `an unwritable cache and a damaged record are told`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        try await origin.commit(["a.yaml": "1"])
        let file = try sandbox.write("file", "")
        let source = try GitSource(
            try sandbox.settings(origin.path), cache: GitCache(file),
            process: try Sandbox.process(), environment: [:])
        #expect(try await failure { try await source.resolve() }.code == .cache)
        let good = try sandbox.source(origin.path)
        _ = try await good.resolve()
        let entry = sandbox.cache.entry(try GitURL(origin.path), depth: nil)
        try "junk".write(toFile: entry.record, atomically: true, encoding: .utf8)
        #expect(try await failure { try await good.resolve() }.code == .cache)
    }

    /// The error that a process of the test's own leads to.
    private static func failed(
        of process: FetchProcess, _ sandbox: Sandbox, _ change: (inout GitLimits) -> Void
    ) async throws -> GitError {
        let request = try InProcess.request(sandbox, sandbox.path("o")) { change(&$0.limits) }
        return try await failure { try await process.run(request) }
    }

    private static let progress =
        #"{"progress":{"_0":{"bytes":1,"objects":1,"totalObjects":1}}}"#
}

extension Sandbox {
    /// A fetching process of the test's own.
    func script(_ text: String) throws -> FetchProcess {
        FetchProcess(executable: "/bin/sh", arguments: ["-c", text])
    }
}

extension TestRepository {
    /// A blob of 64 KiB times `copies`, which travels as one small delta; its id
    /// and that of the blob that it is made of.
    func deltaBomb(_ sandbox: Sandbox, copies: Int) async throws -> (
        base: String, id: String
    ) {
        let script = try sandbox.write("bomb.py", Self.bombScript)
        let pack = sandbox.path("bomb.pack")
        let ids = try await Program.run("/usr/bin/python3", [script, pack, String(copies)])
        let bytes = try Data(contentsOf: URL(filePath: pack))
        try await git("index-pack", "--stdin", input: Array(bytes))
        return (String(ids.prefix(40)), String(ids.suffix(40)))
    }

    private static let bombScript = #"""
        import hashlib, struct, sys, zlib
        path, copies = sys.argv[1], int(sys.argv[2])
        base = hashlib.sha512(b"x").digest() * 1024

        def number(value, first=None):
            out = []
            if first is not None:
                out.append(first << 4 | value & 15)
                value >>= 4
                if not value:
                    return bytes(out)
                out[0] |= 0x80
            while True:
                out.append(value & 0x7F)
                value >>= 7
                if not value:
                    return bytes(out)
                out[-1] |= 0x80

        header = hashlib.sha1(b"blob %d\0" % len(base) + base).digest()
        delta = number(len(base)) + number(len(base) * copies) + b"\x80" * copies
        pack = b"PACK" + struct.pack(">II", 2, 2)
        pack += number(len(base), 3) + zlib.compress(base)
        pack += number(len(delta), 7) + header + zlib.compress(delta)
        with open(path, "wb") as file:
            file.write(pack + hashlib.sha1(pack).digest())
        sum = hashlib.sha1(b"blob %d\0" % (len(base) * copies))
        for _ in range(copies):
            sum.update(base)
        print(header.hex(), sum.hexdigest())
        """#
}
