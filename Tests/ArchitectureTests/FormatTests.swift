import Testing

/// The sources stand as `swift format` writes them, and say what it wants said.
@Suite("Formatting")
struct FormatTests {
    @Test("swift format lint --strict finds nothing")
    func lint() throws {
        let command = try Command.run([
            "swift", "format", "lint", "--strict", "--parallel", "--recursive", "Sources", "Tests",
            "Package.swift",
        ])
        let lines = command.output.split(separator: "\n")
        let first = lines.prefix(30).joined(separator: "\n")
        let remedy = "`swift format -i -r Sources Tests Package.swift` mends most"
        #expect(command.status == 0, "\(lines.count) lines; \(remedy):\n\(first)")
    }

    @Test("every test target states its time budget")
    func budgets() {
        for folder in Repository.folders(in: "Tests") where folder.hasSuffix("Tests") {
            let files = Repository.swiftFiles.filter { $0.path.hasPrefix("Tests/\(folder)/") }
            guard files.contains(where: { $0.code.contains { $0.contains("@Test") } }) else {
                continue
            }
            let isStated = files.contains {
                $0.lines.contains {
                    $0.hasPrefix("// Time budget: ") || $0.hasPrefix("/// Time budget: ")
                }
            }
            #expect(isStated, "Tests/\(folder) lacks a comment: // Time budget: 30 s")
        }
    }
}
