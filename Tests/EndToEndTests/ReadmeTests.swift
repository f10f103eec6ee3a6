import Foundation
import TestSupport
import Testing

/// What the README says is what happens.
@Suite("README")
struct ReadmeTests {
    /// The commands are run as they stand, in order, in one shell, in an empty folder with an
    /// empty database. One that ends with another code than 0 says so: `# exit 4`.
    @Test("has only commands that work")
    func commands() async throws {
        let commands = try blocks("console").flatMap { block in
            block.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
        }
        #expect(commands.count >= 10)
        var script: [String] = []
        for command in commands {
            let parts = command.components(separatedBy: "# exit ")
            let expected = parts.count == 2 ? parts[1] : "0"
            script += [
                "echo '$ \(command.replacing("'", with: "'\\''"))'", parts[0],
                "s=$?; [ $s -eq \(expected) ] || { echo \"ended with $s\"; exit 1; }",
            ]
        }
        let text = script.joined(separator: "\n")
        try await Turnstile.shared.pass {
            let server = try await PrivatePostgreSQL.shared(major: 15)
            try await server.withDatabase { database in
                try await Place.with(environment: ["DATABASE_URL": database.url]) { place in
                    let outcome = try await Program.run(
                        "/bin/bash", ["--norc", "-c", text], in: place, isMerged: true)
                    #expect(outcome.status == 0, "\(outcome.output)")
                }
            }
        }
    }

    @Test("names the two scripts, which are there")
    func scripts() throws {
        #expect(try blocks("sh") == [["scripts/demo"], ["scripts/test"]])
        for name in ["demo", "test"] {
            #expect(FileManager.default.isExecutableFile(atPath: "\(Program.root)/scripts/\(name)"))
        }
    }

    private func blocks(_ language: String) throws -> [[String]] {
        let text = try String(contentsOfFile: "\(Program.root)/README.md", encoding: .utf8)
        var blocks: [[String]] = []
        var open: [String]?
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                if let lines = open { blocks.append(lines) }
                open = open == nil && line == "```\(language)" ? [] : nil
            } else if open != nil {
                open?.append(line)
            }
        }
        return blocks
    }
}
