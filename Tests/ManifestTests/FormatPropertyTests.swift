import Manifest
import SchemaCore
import Testing

@Suite struct FormatPropertyTests {
    /// What the emitter writes reads back as what was meant.
    @Test(arguments: 0..<400) func emittedTextReadsBack(seed: Int) throws {
        var random = RandomYAML(seed: UInt64(seed))
        let trees = (0..<3).map { _ in random.tree() }
        let text = YAMLEmitter.text(of: trees.map { random.value($0) })
        let parsed = YAMLParser().parse(text, path: "x.yaml")
        #expect(parsed.diagnostics.isEmpty, "\(text)")
        try #require(parsed.documents.count == trees.count, "\(text)")
        for (tree, document) in zip(trees, parsed.documents) {
            #expect(tree.matches(document.root), "\(text)")
        }
        let formatted = ManifestFormatter().format(file(text))
        #expect(formatted.text == text)
    }

    /// Whatever people write, formatting keeps meaning and comments and is done after one run.
    @Test(arguments: 0..<800) func formattingKeepsMeaning(seed: Int) throws {
        var random = RandomYAML(seed: UInt64(seed) + 1_000_000)
        let tree = random.tree()
        let text = random.messy(tree)
        let parsed = YAMLParser().parse(text, path: "x.yaml")
        try #require(parsed.diagnostics.isEmpty, "\(text)")
        let document = try #require(parsed.documents.first)
        try #require(tree.matches(document.root), "\(text)")

        let outcome = ManifestFormatter().format(file(text))
        let formatted = try #require(outcome.text, "\(text)\n\(outcome.diagnostics)")
        let again = YAMLParser().parse(formatted, path: "x.yaml")
        try #require(again.documents.count == 1, "\(formatted)")
        #expect(tree.matches(again.documents[0].root), "\(text)\n=>\n\(formatted)")
        #expect(ManifestFormatter().format(file(formatted)).text == formatted)
        let count = text.split(separator: "# comment ", omittingEmptySubsequences: false).count
        #expect(
            formatted.split(separator: "# comment ", omittingEmptySubsequences: false).count
                == count)
    }

    private func file(_ text: String) -> ManifestFile {
        ManifestFile(path: "x.yaml", bytes: Array(text.utf8))
    }
}
