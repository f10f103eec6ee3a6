// The broken files of the corpus that need no engine's kinds: what YAML itself, a document's
// head and the decoding toolkit refuse.

import Foundation
import Manifest
import SchemaCore
import TestSupport
import Testing

@Suite struct BrokenInputTests {
    static let folder = corpusFolder("manifest")
    static let cases: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { name in ["yaml-", "document-", "toolkit-"].contains { name.hasPrefix($0) } }
        .sorted()

    @Test func corpusIsThere() { #expect(Self.cases.count >= 60) }

    @Test(arguments: cases) func isReported(name: String) throws {
        let path = "\(Self.folder)/\(name)"
        let bytes = try #require(FileManager.default.contents(atPath: "\(path)/input.yaml"))
        let file = ManifestFile(path: "input.yaml", bytes: Array(bytes))
        var context = DecodingContext(nameBytes: 63)
        _ = SampleObject.registry.read(ManifestTree(files: [file]), &context)

        #expect(!context.diagnostics.isEmpty)
        for diagnostic in context.diagnostics {
            let help = diagnostic.help ?? ""
            #expect(!help.isEmpty, "\(diagnostic.code) does not say what to do")
        }
        let texts = SourceTexts([file])
        let report = context.diagnostics.sortedByPlace()
            .map { $0.rendered(line: texts.line) + "\n" }.joined()
        expectGolden(report, at: "\(path)/diagnostics.golden")
    }
}
