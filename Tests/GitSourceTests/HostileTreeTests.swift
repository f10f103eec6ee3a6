import Foundation
import Manifest
import SchemaCore
import Testing

@testable import GitSource

/// Trees that git itself would never check out, made with plumbing commands.
@Suite struct HostileTreeTests {
    /// A name, the mode it has, and the diagnostic that refuses it.
    struct Hostile: Sendable, CustomTestStringConvertible {
        var name: [UInt8]
        var mode = "100644"
        var code: String
        var testDescription: String { "\(mode) \(String(decoding: name, as: UTF8.self))" }

        init(_ name: String, _ mode: String = "100644", _ code: String = "refused-name") {
            self.name = Array(name.utf8)
            self.mode = mode
            self.code = code
        }
    }

    private static let hostile: [Hostile] = [
        Hostile("..", "40000"), Hostile(".", "40000"), Hostile(".git", "40000"),
        Hostile(".GiT", "40000"), Hostile("git~1", "40000"), Hostile(".."), Hostile(".git"),
        Hostile("a\\b.yaml"), Hostile("a\nb.yaml"), Hostile("a\u{1b}[2Jb.yaml"),
        Hostile("a\u{202e}lmay.b"), Hostile("a/b.yaml"), Hostile("a\u{7f}.yaml"),
        Hostile("link.yaml", "120000", "refused-link"), Hostile("folder", "120000", "refused-link"),
        Hostile("module", "160000", "refused-submodule"),
    ]

    @Test(arguments: hostile)
    func `hostile entries are refused with their path`(_ hostile: Hostile) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let good = try await origin.blob(Array("good".utf8))
        let target = try await origin.blob(Array("/etc/passwd".utf8))
        let inner = try await origin.tree(files: ["passwd.yaml": "x"])
        let ids = ["40000": inner, "120000": target, "160000": String(repeating: "1", count: 40)]
        let folder = try await origin.tree([
            .init(hostile.mode, "", ids[hostile.mode] ?? good).named(hostile.name),
            .init("100644", "zz.yaml", good),
        ])
        let root = try await origin.tree([.init("40000", "deep", folder)])
        let commit = try await origin.commit(tree: root)
        // Such objects never travel by accident, so they are put into the mirror as they are.
        let source = try await sandbox.mirrored(origin)
        let error = await #expect(throws: DiagnosticsError.self) {
            try await source.load(GitRevision(commit: commit))
        }
        let diagnostics = try #require(error?.diagnostics)
        #expect(diagnostics.map(\.code) == [hostile.code])
        #expect(diagnostics[0].message.hasPrefix("deep/"))
        #expect(!diagnostics[0].message.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func `two spellings of one name and doubled names collide`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let one = try await origin.blob(Array("1".utf8))
        let two = try await origin.blob(Array("2".utf8))
        let source = try await sandbox.mirrored(origin)
        for (first, second) in [("e\u{301}.yaml", "\u{e9}.yaml"), ("a.yaml", "a.yaml")] {
            let root = try await origin.tree([
                .init("100644", first, one), .init("100644", second, two),
            ])
            let commit = try await origin.commit(tree: root)
            let error = await #expect(throws: DiagnosticsError.self) {
                try await source.load(GitRevision(commit: commit))
            }
            #expect(error?.diagnostics.map(\.code) == ["name-collision"])
        }
    }

    @Test func `a name that is not UTF-8 is refused`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let blob = try await origin.blob(Array("1".utf8))
        let root = try await origin.tree([.init("100644", "", blob).named([0x61, 0xff])])
        let commit = try await origin.commit(tree: root)
        let source = try await sandbox.mirrored(origin)
        let error = await #expect(throws: DiagnosticsError.self) {
            try await source.load(GitRevision(commit: commit))
        }
        #expect(error?.diagnostics.map(\.code) == ["refused-name"])
    }

    @Test func `executable files are read, irrelevant links are not in the way`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let blob = try await origin.blob(Array("1".utf8))
        let root = try await origin.tree([
            .init("120000", "README.md", blob), .init("100755", "a.yaml", blob),
        ])
        try await origin.commit(tree: root)
        #expect(try await sandbox.source(origin.path).load().files.map(\.path) == ["a.yaml"])
    }

    @Test func `oversized files are refused before they are read`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let large = [UInt8](repeating: 0x20, count: 8 << 20)
        let root = try await origin.tree([
            .init("100644", "large.bin", try await origin.blob(large)),
            .init("100644", "large.yaml", try await origin.blob(large)),
            .init("100644", "small.yaml", try await origin.blob([0x61])),
        ])
        try await origin.commit(tree: root)
        let error = await #expect(throws: DiagnosticsError.self) {
            try await sandbox.source(origin.path).load()
        }
        #expect(error?.diagnostics.map(\.code) == ["file-too-large"])
        #expect(error?.diagnostics.first?.span?.file == "large.yaml")
        let source = try sandbox.source(origin.path) { $0.treeLimits.fileBytes = 16 << 20 }
        #expect(try await source.load().files.count == 2)
    }

    @Test func `depth, count and total size are bounded`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        var tree = try await origin.tree(files: ["a.yaml": "a", "b.yaml": "b"])
        for _ in 0..<20 { tree = try await origin.tree([.init("40000", "d", tree)]) }
        let deep = try await origin.commit(tree: tree)
        // Each of five folders holds the one below ten times: 100,000 files in 6 small objects.
        var bomb = try await origin.tree(files: ["a.yaml": "a"])
        for _ in 0..<5 {
            bomb = try await origin.tree((0..<10).map { .init("40000", "d\($0)", bomb) })
        }
        let wide = try await origin.commit(tree: bomb)
        let flat = try await origin.commit(["a.yaml": "aaaa", "b.yaml": "bbbb"])
        for (commit, code, change) in [
            (deep, "tree-too-deep", { _ in }), (wide, "tree-too-large", { _ in }),
            (
                flat, "tree-too-large",
                { (settings: inout GitSettings) in
                    settings.treeLimits.totalBytes = 7
                }
            ),
            (
                flat, "tree-too-large",
                { (settings: inout GitSettings) in
                    settings.treeLimits.files = 1
                }
            ),
        ] as [(String, String, (inout GitSettings) -> Void)] {
            let source = try await sandbox.mirrored(origin, change)
            let error = await #expect(throws: DiagnosticsError.self) {
                try await source.load(GitRevision(commit: commit))
            }
            #expect(error?.diagnostics.map(\.code) == [code])
        }
    }

    @Test func `a link on the way to the path is not followed`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let target = try await origin.blob(Array("real".utf8))
        let real = try await origin.tree(files: ["a.yaml": "a"])
        let root = try await origin.tree([
            .init("120000", "link", target), .init("40000", "real", real),
        ])
        let commit = try await origin.commit(tree: root)
        let revision = GitRevision(commit: commit)
        let link = try await sandbox.mirrored(origin) { $0.path = "link" }
        #expect(try await failure { try await link.load(revision) }.code == .pathNotFound)
        let file = try await sandbox.mirrored(origin) { $0.path = "real/a.yaml" }
        #expect(try await failure { try await file.load(revision) }.code == .pathNotFound)
        let good = try await sandbox.mirrored(origin) { $0.path = "real" }
        #expect(try await good.load(revision).files.map(\.path) == ["a.yaml"])
    }

    @Test func `a tree that refers to what is not there is damage, not a crash`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        let missing = String(repeating: "12", count: 20)
        for mode in ["100644", "40000"] {
            let root = try await origin.tree([.init(mode, "a.yaml", missing)])
            let commit = try await origin.commit(tree: root)
            let source = try await sandbox.mirrored(origin)
            let error = try await failure { try await source.load(GitRevision(commit: commit)) }
            #expect(error.code == .repositoryDamaged)
        }
    }
}

extension TestRepository.Entry {
    func named(_ name: [UInt8]) -> Self {
        var copy = self
        copy.name = name
        return copy
    }
}

extension Sandbox {
    /// A source whose mirror is the repository itself.
    func mirrored(
        _ origin: TestRepository, _ change: (inout GitSettings) -> Void = { _ in }
    ) async throws -> GitSource {
        try cache.prepare()
        let mirror = cache.entry(try GitURL(origin.path), depth: nil).mirror
        if !FileManager.default.fileExists(atPath: mirror) {
            try FileManager.default.createSymbolicLink(
                atPath: mirror, withDestinationPath: origin.path)
        }
        return try source(origin.path, "main", change)
    }
}
