import Foundation
import Glibc

/// Fetches with the program `git`, for what libgit2 cannot do: RSA keys, hardware keys and
/// shortened histories.
///
/// The program gets a closed environment: no configuration of the system or the user, no
/// prompts, no hooks, no protocol but the address's own. Passwords stand in a file that only this
/// user can read, never in arguments or in the environment.
final class GitProgramTransport: GitTransport {
    private let request: FetchRequest
    private let mirror: Mirror
    private let report: (FetchProgress) -> Void
    private let environment: [String: String]
    private var fetched: [String] = []

    init(
        _ request: FetchRequest, mirror: Mirror, report: @escaping (FetchProgress) -> Void
    ) throws(GitError) {
        self.request = request
        self.mirror = mirror
        self.report = report
        guard access(request.gitProgram, X_OK) == 0 else {
            throw GitError(
                .gitProgramMissing,
                "the program git is needed for \(request.url), but there is "
                    + "none at \(request.gitProgram)",
                help: "install git, or use an ed25519 key and the whole history, which libgit2 "
                    + "can fetch")
        }
        environment = try GitProgramFiles.write(for: request)
    }

    func close() {}

    func references() throws(GitError) -> [RemoteReference] {
        let patterns: [String] =
            switch request.reference {
            case .head: ["HEAD"]
            case .branch(let name): ["refs/heads/\(name)"]
            case .tag(let name): ["refs/tags/\(name)", "refs/tags/\(name)^{}"]
            case .named(let name):
                ["refs/heads/\(name)", "refs/tags/\(name)", "refs/tags/\(name)^{}"]
            case .versions: ["refs/tags/*"]
            case .commit: ["refs/heads/*", "refs/tags/*"]
            }
        let text = try run(["ls-remote", "--symref", "--", request.url.description] + patterns)
        return try parse(text)
    }

    func fetch(_ refspecs: [String]) throws(GitError) {
        _ = try run(fetchArguments + refspecs)
        fetched = refspecs
    }

    func descends(_ commit: String, from ancestor: String) throws(GitError) -> Bool {
        let shallow = mirror.path + "/shallow"
        guard FileManager.default.fileExists(atPath: shallow) else {
            return try mirror.descends(commit, from: ancestor)
        }
        let arguments = ["merge-base", "--is-ancestor", ancestor, commit]
        if (try? run(arguments)) != nil { return true }
        // What cannot be seen in a shortened history is looked up in the whole.
        let specs = fetched.isEmpty ? [commit] : fetched
        _ = try run(fetchFlags + ["--unshallow", "--", url] + specs)
        return (try? run(arguments)) != nil
    }

    private var url: String { request.url.description }

    private let fetchFlags = [
        "fetch", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
        "--no-recurse-submodules", "--force", "--progress",
    ]

    private var fetchArguments: [String] {
        fetchFlags + (request.depth.map { ["--depth=\($0)"] } ?? []) + ["--", url]
    }

    private func parse(_ text: String) throws(GitError) -> [RemoteReference] {
        var lines: [(name: String, id: String, target: String?)] = []
        var targets: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t", maxSplits: 1)
            guard fields.count == 2 else { continue }
            let name = String(fields[1])
            if fields[0].hasPrefix("ref: ") {
                targets[name] = String(fields[0].dropFirst(5))
            } else if GitReference.isCommit(String(fields[0])) {
                lines.append((name, String(fields[0]), targets[name]))
            }
        }
        if lines.count > request.limits.references {
            throw GitError(
                .objectLimit,
                "\(request.url) advertises \(lines.count) references; the limit "
                    + "is \(request.limits.references)",
                help: "raise the limit on references, or read another repository")
        }
        return .joined(lines)
    }

    /// Runs the program to its end and returns what it printed.
    private func run(_ arguments: [String]) throws(GitError) -> String {
        let all = ["--git-dir=\(mirror.path)"] + arguments
        // Where we lead a group, our own caller ends the whole group; so the program stays in it.
        let child = try ChildProcess(
            request.gitProgram, all, environment: environment, ownGroup: false)
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var open = [child.output, child.error]
        var seen = FetchProgress()
        var failure: GitError?
        while !open.isEmpty, failure == nil {
            for end in ChildProcess.wait(for: open, milliseconds: 100) {
                guard let bytes = ChildProcess.read(end) else {
                    open.removeAll { $0 == end }
                    continue
                }
                if end == child.output { output += bytes } else { errors += bytes }
                errors = Array(errors.suffix(65_536))
                report(seen)
            }
            let received = packBytes()
            if received != seen.bytes {
                seen.bytes = received
                report(seen)
            }
            failure = request.exceeded(by: seen)
            if output.count > 64 << 20 { failure = tooTalkative }
        }
        if failure != nil { ProcessTree.kill(child.pid) }
        let ending = child.reap()
        if let failure { throw failure }
        if ending == .exited(0) { return String(decoding: output, as: UTF8.self) }
        let lines = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
        throw TransportFailure.git(lines.map(String.init), request)
    }

    private var tooTalkative: GitError {
        GitError(
            .byteLimit, "\(request.url) advertises more than 64 MiB of references",
            help: "read another repository")
    }

    /// Bytes of packs that are being received.
    private func packBytes() -> Int {
        let folder = mirror.path + "/objects/pack"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.lazy.filter { $0.hasPrefix("tmp_") }.reduce(0) { sum, name in
            var status = stat()
            return stat("\(folder)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }
}
