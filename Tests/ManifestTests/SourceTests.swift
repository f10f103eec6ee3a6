import Foundation
import Manifest
import SchemaCore
import Testing

/// A folder of its own for one test, removed behind it.
private final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/lockstep-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw POSIXError(.EIO) }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String = "a: b\n") throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(name)", withDestinationPath: target)
    }
}

@Suite struct SourceTests {
    private func codes(_ source: FolderSource) async -> [String] {
        do {
            _ = try await source.load()
            return []
        } catch {
            return (error as? DiagnosticsError)?.diagnostics.map(\.code) ?? ["\(error)"]
        }
    }

    @Test func readsManifestsInOrder() async throws {
        let folder = try TemporaryFolder()
        for name in [
            "schema/b.yaml", "schema/a.yml", "schema.yaml", "lockstep.yaml", "notes.md",
            ".hidden.yaml", ".git/config.yaml", "schema/.x/y.yaml", "q/a.sql",
        ] { try folder.write(name) }
        let tree = try await FolderSource(folder.path).load()
        #expect(tree.files.map(\.path) == ["schema.yaml", "schema/a.yml", "schema/b.yaml"])
        #expect(tree.revision == nil)
        #expect(tree["schema/a.yml"].map { String(decoding: $0.bytes, as: UTF8.self) } == "a: b\n")
        let more = FolderSource(
            folder.path, selection: .path("lockstep.yaml") || .suffix(".sql"))
        #expect(try await more.load().files.map(\.path) == ["lockstep.yaml", "q/a.sql"])
    }

    @Test func refusesLinks() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml")
        try folder.link("README.md", to: "a.yaml")
        #expect(await codes(FolderSource(folder.path)).isEmpty)
        try folder.link("passwd.yaml", to: "/etc/passwd")
        try folder.link("etc", to: "/etc")
        try folder.link("self", to: ".")
        #expect(
            await codes(FolderSource(folder.path))
                == ["refused-link", "refused-link", "refused-link"])
    }

    @Test func refusesSpecialFilesWithoutWaiting() async throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo("\(folder.path)/pipe.yaml", 0o600) == 0)
        #expect(await codes(FolderSource(folder.path)) == ["refused-special"])
    }

    @Test func refusesNamesThatAreNotUTF8() async throws {
        let folder = try TemporaryFolder()
        let name = Array(folder.path.utf8) + Array("/a\u{FF}.yaml".utf8.dropLast(7)) + [0xff]
        let path = (name + Array(".yaml".utf8) + [0]).map { CChar(bitPattern: $0) }
        let file = fopen(path, "w")
        try #require(file != nil)
        if let file { fclose(file) }
        #expect(await codes(FolderSource(folder.path)) == ["refused-name"])
    }

    @Test func keepsLimits() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a/b/c.yaml", "a: bcdef\n")
        try folder.write("d.yaml", "a: b\n")
        var limits = ManifestLimits()
        func load() async -> [String] { await codes(FolderSource(folder.path, limits: limits)) }
        limits.treeDepth = 1
        #expect(await load() == ["tree-too-deep"])
        limits = ManifestLimits()
        limits.fileBytes = 8
        #expect(await load() == ["file-too-large"])
        limits = ManifestLimits()
        limits.files = 1
        #expect(await load() == ["tree-too-large"])
        limits = ManifestLimits()
        limits.totalBytes = 13
        #expect(await load() == ["tree-too-large"])
        limits.totalBytes = 14
        #expect(await load() == [])
    }

    @Test func saysWhatCannotBeRead() async throws {
        #expect(await codes(FolderSource("/nonexistent/folder")) == ["unreadable"])
    }
}

@Suite struct TreeGuardTests {
    private func code(_ name: String, _ entry: TreeGuard.Entry = .file(bytes: 1)) -> String? {
        var checks = TreeGuard()
        let path = checks.admit(Array(name.utf8), in: "folder", as: entry)
        #expect((path == nil) == !checks.diagnostics.isEmpty || path == nil)
        return checks.diagnostics.first?.code
    }

    @Test(arguments: [
        "", ".", "..", ".git", ".GIT", "git~1", "a/b.yaml", "a\\b.yaml", "a\u{0}.yaml",
        "a\n.yaml", "a\u{202e}lmay.", ".g\u{200c}it", "a\u{7f}",
    ]) func refusesDeceivingNames(name: String) {
        #expect(code(name) == "refused-name")
    }

    @Test func admitsGoodNames() {
        #expect(code("häns.yaml") == nil)
        #expect(code("a b.yaml") == nil)
        #expect(code("..a.yaml") == nil)
        #expect(code("README.md", .link) == nil)
        #expect(code("a.yaml", .link) == "refused-link")
        #expect(code("schema", .link) == "refused-link")
        #expect(code("vendor", .submodule) == "refused-submodule")
    }

    @Test func refusesTwoSpellingsOfOneName() {
        var checks = TreeGuard()
        #expect(checks.admit(Array("caf\u{e9}.yaml".utf8), in: "", as: .file(bytes: 1)) != nil)
        #expect(checks.admit(Array("cafe\u{301}.yaml".utf8), in: "", as: .file(bytes: 1)) == nil)
        #expect(checks.diagnostics.map(\.code) == ["name-collision"])
    }

    @Test func stopsAtAnExcess() {
        var limits = ManifestLimits()
        limits.files = 2
        var checks = TreeGuard(limits: limits)
        for number in 0..<50 {
            _ = checks.admit(Array("\(number).md".utf8), in: "", as: .file(bytes: 1))
        }
        #expect(checks.isExhausted)
        #expect(checks.diagnostics.map(\.code) == ["tree-too-large"])
    }
}
