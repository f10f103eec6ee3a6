import Testing

/// Scripts, formatting, and words that must not be in the repository.
@Suite("Scripts and texts")
struct ScriptTests {
    static let scripts: [String] =
        ["scripts", ".ci", "benchmarks"].flatMap(Repository.files(below:))
        .filter { Repository.text($0).hasPrefix("#!") }

    @Test("every shell script is well formed and can be run", arguments: scripts)
    func shell(_ path: String) throws {
        let first = Repository.text(path).prefix { $0 != "\n" }
        guard first.hasSuffix("sh") else { return }
        let check = try Command.run(["bash", "-n", path])
        #expect(check.status == 0, "\(check.output)")
        #expect(try Command.run(["test", "-x", path]).status == 0, "\(path) is not executable")
        if try Command.run(["which", "shellcheck"]).status == 0 {
            let lint = try Command.run(["shellcheck", "--severity=warning", path])
            #expect(lint.status == 0, "\(lint.output)")
        }
    }

    @Test("the history names no folder of one machine")
    func history() throws {
        guard Repository.exists(".git") else { return }
        let log = try Command.run(["git", "log", "--format=%h %s %b"])
        try #require(log.status == 0, "\(log.output)")
        let bad = log.output.split(separator: "\n").filter { $0.contains("/wo" + "rk/") }
        #expect(bad.isEmpty)
    }

    @Test("the scripts are found")
    func found() {
        #expect(Self.scripts.contains("scripts/test") && Self.scripts.contains(".ci/run"))
    }

    @Test("no file names a folder of one machine or leaves work to be done")
    func texts() {
        let banned = ["/wo" + "rk/", "TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        let folders = [
            "Sources", "Tests", "scripts", "docs", "examples", "schemas", ".ci", "benchmarks",
        ]
        let top = ["README.md", "CONTRIBUTING.md", "Package.swift"].filter(Repository.exists)
        for path in folders.flatMap(Repository.files(below:)) + top {
            for (index, line) in Repository.text(path).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(path):\(index + 1): \(word)")
                }
            }
        }
    }
}
