// Time budget: 60 s

import Foundation
import Manifest
import SchemaCore
import Testing

@testable import GitSource

/// Real repositories on disk, through both transports and the real fetching process.
@Suite struct FetchTests {
    private static let transports: [GitSettings.Transport] = [.libgit2, .git]

    @Test(arguments: transports)
    func `a branch is fetched, polled and fetched again`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let first = try await origin.commit([
            "schema/a.yaml": "a: 1", "schema/deep/b.yml": "b", "README.md": "x", "top.yaml": "t",
        ])
        let source = try sandbox.source(origin.path) {
            $0.transport = transport
            $0.path = "schema"
        }
        let tree = try await source.load()
        #expect(tree.revision == "main@sha1:\(first)")
        #expect(tree.files.map(\.path) == ["a.yaml", "deep/b.yml"])
        #expect(tree["a.yaml"]?.bytes == Array("a: 1".utf8))

        let second = try await origin.commit(["schema/a.yaml": "a: 2"], parents: [first])
        let revision = try await source.resolve()
        #expect(revision == GitRevision(referenceName: "refs/heads/main", commit: second))
        let again = try await source.load(revision)
        #expect(again["a.yaml"]?.bytes == Array("a: 2".utf8))
        // What was fetched before can be read as long as the mirror is there.
        let old = try await source.load(GitRevision(commit: first))
        #expect(old.revision == "sha1:\(first)")
        #expect(old["a.yaml"]?.bytes == Array("a: 1".utf8))
    }

    @Test(arguments: transports)
    func `nothing is fetched while nothing moves`(_ transport: GitSettings.Transport) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        try await origin.commit(["a.yaml": "a"])
        let request = try InProcess.request(sandbox, origin.path) { $0.transport = transport }
        #expect(try InProcess.run(request).fetched)
        #expect(!(try InProcess.run(request).fetched))
    }

    @Test(arguments: transports)
    func `tags, versions, commits and the default branch`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        var commits: [String] = []
        for number in 0..<4 {
            commits.append(
                try await origin.commit(["a.yaml": "\(number)"], parents: commits.suffix(1)))
        }
        try await origin.tag("v1.2.0", commits[0], annotated: true)
        try await origin.tag("v1.2.5", commits[1])
        try await origin.tag("v1.3.0-rc.1", commits[2])
        try await origin.tag("nightly", commits[3])
        for (reference, text) in [
            ("tag:v1.2.0", "v1.2.0@sha1:\(commits[0])"), ("v1.2.0", "v1.2.0@sha1:\(commits[0])"),
            ("semver:~1.2", "v1.2.5@sha1:\(commits[1])"),
            ("semver:>=1.3.0-rc.0 <2", "v1.3.0-rc.1@sha1:\(commits[2])"),
            ("nightly", "nightly@sha1:\(commits[3])"), ("HEAD", "main@sha1:\(commits[3])"),
            (commits[2], "sha1:\(commits[2])"), (commits[3], "sha1:\(commits[3])"),
        ] {
            let source = try sandbox.source(origin.path, reference) { $0.transport = transport }
            #expect(try await source.resolve().description == text, "\(reference)")
            #expect(try await source.load().revision == text)
        }
    }

    @Test(arguments: transports)
    func `a commit that only an inner history holds is found from nothing`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let first = try await origin.commit(["a.yaml": "1"])
        try await origin.commit(["a.yaml": "2"], parents: [first])
        let source = try sandbox.source(origin.path, first) { $0.transport = transport }
        #expect(try await source.load()["a.yaml"]?.bytes == Array("1".utf8))
    }

    @Test(arguments: transports)
    func `what is not there has its own errors`(_ transport: GitSettings.Transport) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        try await origin.commit(["a.yaml": "a"])
        let blob = try await origin.blob(Array("x".utf8))
        try await origin.tag("blob", blob)
        let missing = String(repeating: "ab", count: 20)
        for (url, reference, code) in [
            (origin.path, "branch:other", GitError.Code.referenceNotFound),
            (origin.path, "tag:main", .referenceNotFound), (origin.path, "x", .referenceNotFound),
            (origin.path, "tag:blob", .referenceNotFound),
            (origin.path, "semver:^9", .noMatchingVersion), (origin.path, missing, .commitNotFound),
            (sandbox.path("nothing"), "main", .repositoryNotFound),
        ] {
            let source = try sandbox.source(url, reference) { $0.transport = transport }
            let error = try await failure { try await source.resolve() }
            #expect(error.code == code, "\(reference): \(error)")
            #expect(!error.help.isEmpty)
        }
        let source = try sandbox.source(origin.path) { $0.path = "nowhere" }
        let error = await #expect(throws: DiagnosticsError.self) { try await source.load() }
        #expect(error?.diagnostics.map(\.code) == [GitError.Code.pathNotFound.rawValue])
    }

    @Test(arguments: transports)
    func `rewritten history is refused until it is allowed`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let first = try await origin.commit(["a.yaml": "1"])
        let second = try await origin.commit(["a.yaml": "2"], parents: [first])
        let source = try sandbox.source(origin.path) { $0.transport = transport }
        #expect(try await source.resolve().commit == second)
        let forced = try await origin.commit(["a.yaml": "3"], parents: [first])
        // Asked again, it is refused again, although the objects are here by now.
        for _ in 0..<2 {
            let error = try await failure { try await source.resolve() }
            #expect(error.code == .historyRewritten)
            #expect(error.message.contains(second) && error.message.contains(forced))
        }
        // A cache that lost its mirror still knows what was seen.
        let entry = sandbox.cache.entry(try GitURL(origin.path), depth: nil)
        try FileManager.default.removeItem(atPath: entry.mirror)
        #expect(try await failure { try await source.resolve() }.code == .historyRewritten)
        let allowing = try sandbox.source(origin.path) {
            $0.transport = transport
            $0.allowRewrite = true
        }
        #expect(try await allowing.resolve().commit == forced)
        #expect(try await source.resolve().commit == forced)
    }

    @Test func `a moved tag is refused until it is allowed`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let first = try await origin.commit(["a.yaml": "1"])
        let second = try await origin.commit(["a.yaml": "2"], parents: [first])
        try await origin.tag("v1.0.0", first)
        let source = try sandbox.source(origin.path, "tag:v1.0.0")
        #expect(try await source.resolve().commit == first)
        try await origin.tag("v1.0.0", second)
        #expect(try await failure { try await source.resolve() }.code == .historyRewritten)
    }

    @Test func `a shortened history is fetched and still protected`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        var commits: [String] = []
        for number in 0..<6 {
            commits.append(
                try await origin.commit(["a.yaml": "\(number)"], parents: commits.suffix(1)))
        }
        let url = "file://" + origin.path
        let source = try sandbox.source(url) { $0.depth = 1 }
        #expect(try await source.load()["a.yaml"]?.bytes == Array("5".utf8))
        let mirror = sandbox.cache.entry(try GitURL(url), depth: 1).mirror
        let count = try await TestRepository(path: mirror).git(
            "rev-list", "--count", commits[5])
        #expect(Int(count) ?? 99 < 6)
        for number in 6..<10 {
            commits.append(
                try await origin.commit(["a.yaml": "\(number)"], parents: commits.suffix(1)))
        }
        #expect(try await source.resolve().commit == commits[9])
        try await origin.commit(["a.yaml": "x"], parents: [commits[0]])
        #expect(try await failure { try await source.resolve() }.code == .historyRewritten)
    }

    @Test func `commits tell who made them, and give their signature`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let first = try await origin.commit(["a.yaml": "1"])
        _ = try await Program.run(
            "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", sandbox.path("k")])
        let tree = try await origin.git("rev-parse", "\(first)^{tree}")
        let signed = try await origin.git([
            "-c", "gpg.format=ssh", "-c", "user.signingKey=\(sandbox.path("k"))", "commit-tree",
            "-S", tree, "-p", first, "-m", "signed",
        ])
        try await origin.git("update-ref", "refs/heads/main", signed)
        let source = try sandbox.source(origin.path)
        let revision = try await source.resolve()
        let commit = try await source.commitInfo(revision.commit)
        #expect(commit.id == signed && commit.parents == [first])
        #expect(commit.author.name == "A U Thor" && commit.author.offsetMinutes == 120)
        #expect(commit.committer.email == "committer@example.com")
        #expect(commit.committer.seconds == 1_700_000_060)
        #expect(commit.message == "signed\n")
        let signature = try #require(commit.signature)
        let key = try String(contentsOfFile: sandbox.path("k.pub"), encoding: .utf8)
        let allowed = try sandbox.write("allowed", "a@b \(key)")
        let file = try sandbox.write("sig", signature.text)
        let verified = try await Program.run(
            "/usr/bin/ssh-keygen",
            ["-Y", "verify", "-f", allowed, "-I", "a@b", "-n", "git", "-s", file],
            input: signature.payload)
        #expect(verified.contains("Good"))
        #expect(try await source.commitInfo(first).signature == nil)
        let new = try await source.commits(after: first, upTo: signed)
        #expect(new.map(\.id) == [signed])
        #expect(try await source.commits(after: nil, upTo: signed).map(\.id) == [signed, first])
        let none = String(repeating: "0", count: 40)
        #expect(try await failure { try await source.commitInfo(none) }.code == .commitNotFound)
    }
}
