import Foundation
import Glibc

@testable import GitSource

/// A folder of one test's own with everything in it; gone when the test is.
final class Sandbox: Sendable {
    let root: String
    var cache: GitCache { GitCache(root + "/cache") }

    init() throws {
        var template = Array("/tmp/lockstep-git-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ProgramFailed(description: "no temporary folder")
        }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = path(name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, mode_t(mode))
        return path
    }

    /// A repository with one branch `main` and nothing in it.
    func repository(_ name: String = "origin") async throws -> TestRepository {
        let repository = TestRepository(path: path(name))
        try await repository.git("init", "-q", "--bare", "-b", "main")
        // Tests fetch any commit, as the large hosts allow.
        try await repository.git("config", "http.receivepack", "false")
        return repository
    }

    func settings(
        _ url: String, _ reference: String = "main",
        _ change: (inout GitSettings) -> Void = { _ in }
    ) throws -> GitSettings {
        var settings = GitSettings(url: try GitURL(url), reference: try GitReference(reference))
        settings.limits.idleSeconds = 20
        settings.limits.wallClockSeconds = 40
        change(&settings)
        return settings
    }

    func source(
        _ url: String, _ reference: String = "main", environment: [String: String] = [:],
        _ change: (inout GitSettings) -> Void = { _ in }
    ) throws -> GitSource {
        try GitSource(
            try settings(url, reference, change), cache: cache, process: try Self.process(),
            environment: environment)
    }

    /// The built executable beside the test bundle.
    static func process() throws -> FetchProcess {
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let path = bundle.appending(path: "lockstep").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ProgramFailed(description: "no executable at \(path): swift build first")
        }
        return FetchProcess(executable: path)
    }
}

/// A bare repository that tests write with plumbing commands, hostile trees included.
struct TestRepository: Sendable {
    let path: String

    @discardableResult
    func git(_ arguments: String..., input: [UInt8] = []) async throws -> String {
        try await git(arguments, input: input)
    }

    @discardableResult
    func git(_ arguments: [String], input: [UInt8] = []) async throws -> String {
        let first = arguments.first == "init" ? [] : ["--git-dir=\(path)"]
        let last = arguments.first == "init" ? [path] : []
        return try await Program.run(
            "/usr/bin/git", first + arguments + last, input: input,
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "A U Thor",
                "GIT_AUTHOR_EMAIL": "author@example.com", "GIT_COMMITTER_NAME": "C O Mitter",
                "GIT_COMMITTER_EMAIL": "committer@example.com",
                "GIT_AUTHOR_DATE": "1700000000 +0200", "GIT_COMMITTER_DATE": "1700000060 +0000",
            ])
    }

    func blob(_ bytes: [UInt8]) async throws -> String {
        try await git("hash-object", "-w", "--stdin", input: bytes)
    }

    /// An entry of a tree in its raw form: mode, name and id.
    struct Entry {
        var mode: String
        var name: [UInt8]
        var id: String

        init(_ mode: String, _ name: String, _ id: String) {
            self.mode = mode
            self.name = Array(name.utf8)
            self.id = id
        }

        var raw: [UInt8] {
            let digits = Array(id)
            let bytes = stride(from: 0, to: 40, by: 2).map { at in
                UInt8(String(digits[at...at + 1]), radix: 16) ?? 0
            }
            return Array(mode.utf8) + [0x20] + name + [0] + bytes
        }
    }

    /// A tree with exactly these entries, whatever git thinks of them.
    func tree(_ entries: [Entry]) async throws -> String {
        try await git(
            "hash-object", "-w", "-t", "tree", "--literally", "--stdin",
            input: entries.flatMap(\.raw))
    }

    func tree(files: [String: String]) async throws -> String {
        var entries: [Entry] = []
        for (name, text) in files where !name.contains("/") {
            entries.append(Entry("100644", name, try await blob(Array(text.utf8))))
        }
        let folders = Set(files.keys.filter { $0.contains("/") }.map { $0.prefix { $0 != "/" } })
        for folder in folders {
            let inner = files.filter { $0.key.hasPrefix(folder + "/") }
            let pairs = inner.map { (String($0.key.dropFirst(folder.count + 1)), $0.value) }
            let id = try await tree(files: Dictionary(uniqueKeysWithValues: pairs))
            entries.append(Entry("40000", String(folder), id))
        }
        // Git sorts folders as if their names ended in a slash.
        func key(_ entry: Entry) -> [UInt8] { entry.name + (entry.mode == "40000" ? [0x2f] : []) }
        return try await tree(entries.sorted { key($0).lexicographicallyPrecedes(key($1)) })
    }

    @discardableResult
    func commit(
        tree: String, parents: [String] = [], branch: String? = "main", message: String = "change"
    ) async throws -> String {
        let parentArguments = parents.flatMap { ["-p", $0] }
        let id = try await git(["commit-tree", tree, "-m", message] + parentArguments)
        if let branch { try await git("update-ref", "refs/heads/\(branch)", id) }
        return id
    }

    @discardableResult
    func commit(
        _ files: [String: String], parents: [String] = [], branch: String? = "main"
    ) async throws -> String {
        try await commit(tree: try await tree(files: files), parents: parents, branch: branch)
    }

    func tag(_ name: String, _ commit: String, annotated: Bool = false) async throws {
        try await git(
            annotated ? ["tag", "-f", "-a", "-m", "x", name, commit] : ["tag", "-f", name, commit])
    }
}

/// The error of an operation that must fail.
func failure<Value>(_ body: () async throws -> Value) async throws -> GitError {
    do {
        _ = try await body()
    } catch let error as GitError {
        return error
    }
    throw ProgramFailed(description: "it was expected to fail")
}
