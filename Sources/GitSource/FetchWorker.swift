internal import CGit2
import Foundation
import Glibc

/// The fetching process: reads one request from its standard input, answers in lines of JSON on
/// its standard output, and ends.
///
/// It bounds its own memory and files, and ends with its caller: when the other end of its
/// standard input closes, it ends itself and whatever it started.
public enum FetchWorker {
    /// Serves one request and returns the exit code: 0 if an answer was given.
    ///
    /// The executable that starts fetching processes of itself calls it for its hidden
    /// subcommand, and does nothing else in that process.
    public static func main() -> Int32 {
        guard let line = readRequest(), let request = decode(line) else {
            answer(
                .failed(
                    GitError(
                        .badRequest, "the fetching process got no request that it understands",
                        help: "it is not meant to be started by hand")))
            return 64
        }
        endWithCaller()
        bound(request.limits)
        if let error = prepare(request) {
            answer(.failed(error))
            return 0
        }
        var throttle = Throttle()
        do throws(GitError) {
            let outcome = try FetchJob.run(request) { progress in
                if throttle.allows() { answer(.progress(progress)) }
            }
            answer(.done(outcome))
        } catch {
            answer(.failed(error))
        }
        return 0
    }

    /// Lets ten lines a second through, so that progress costs nothing.
    private struct Throttle {
        private var last: Int = .min

        mutating func allows() -> Bool {
            let now = Monotonic.milliseconds()
            if last != .min, now - last < 100 { return false }
            last = now
            return true
        }
    }

    /// What is set once in a process: where libgit2 looks for files, whom it trusts, how much
    /// it unpacks.
    private static func prepare(_ request: FetchRequest) -> GitError? {
        LibGit2.ready
        _ = lockstep_git_set_mwindow_mapped_limit(request.limits.mappedBytes)
        _ = lockstep_git_set_pack_max_objects(request.limits.receivedObjects)
        _ = lockstep_git_set_pack_max_object_size(request.limits.objectBytes)
        if let file = request.caFile,
            lockstep_git_set_ssl_cert_locations(file, nil) != 0
        {
            return GitError(
                .badSettings, "the CA file \(file) holds no certificates that can be read",
                help: "name a file with certificates in PEM format")
        }
        // libgit2 asks a server for the sort of host key that it finds in this file; which key
        // is trusted we decide ourselves.
        if request.url.scheme == .ssh, let known = try? KnownHosts.load(request) {
            let folder = request.scratch + "/.ssh"
            mkdir(folder, 0o700)
            let lines = known.lines(host: request.url.host, port: request.url.port)
            try? Data(lines.utf8).write(to: URL(filePath: folder + "/known_hosts"))
            _ = lockstep_git_set_search_path(GIT_CONFIG_LEVEL_GLOBAL.rawValue, request.scratch)
        }
        return nil
    }

    private static func bound(_ limits: GitLimits) {
        func set(_ kind: __rlimit_resource, _ value: Int) {
            let resource = Int32(kind.rawValue)
            var limit = rlimit()
            getrlimit(resource, &limit)
            limit.rlim_cur = min(limit.rlim_max, rlim_t(value))
            limit.rlim_max = limit.rlim_cur
            setrlimit(resource, &limit)
        }
        set(RLIMIT_CORE, 0)
        set(RLIMIT_DATA, limits.memoryBytes)
        // A pack and its index, with room for what the counting of bytes notices late.
        set(RLIMIT_FSIZE, limits.receivedBytes * 2 + (64 << 20))
        umask(0o077)
    }

    private static func readRequest() -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 16 << 20 {
            let got = read(0, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { return nil }
            bytes += buffer[..<got]
            if bytes.last == UInt8(ascii: "\n") { return bytes }
        }
        return nil
    }

    private static func decode(_ line: [UInt8]) -> FetchRequest? {
        try? JSONDecoder().decode(FetchRequest.self, from: Data(line))
    }

    private static func answer(_ message: FetchMessage) {
        guard let data = try? JSONEncoder().encode(message) else {
            preconditionFailure("a message of ours is not JSON")
        }
        let bytes = Array(data) + [UInt8(ascii: "\n")]
        var rest = bytes[...]
        while !rest.isEmpty {
            let done = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if done < 0 && errno == EINTR { continue }
            if done <= 0 { return }
            rest = rest.dropFirst(done)
        }
    }

    private static func endWithCaller() {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let got = read(0, &byte, 1)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
            }
            if getpgrp() == getpid() { kill(0, SIGKILL) }
            _exit(1)
        }
        thread.stackSize = 256 << 10
        thread.start()
    }
}

/// A clock that nobody sets, for limits and throttling.
enum Monotonic {
    static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
    }
}
