// Owns the broken files of the corpus that only an engine's kinds can judge.

import Foundation
import Manifest
public import SchemaCore
import Testing

/// The cases of `Tests/Corpus/manifest/` for one engine.
public struct BrokenManifests: Sendable {
    private let folder: String
    private let prefix: String

    /// The cases whose names begin with the engine's.
    public init(engine: String, from file: String = #filePath) {
        folder = corpusFolder("manifest", from: file)
        prefix = engine + "-"
    }

    /// The names in order.
    public func cases() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// What a case's file holds.
    public func text(of name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)/input.yaml", encoding: .utf8)
    }

    /// Compares what is told of a case with what should be; each diagnostic has to have a place
    /// and to say what to do.
    public func expectReport(_ name: String, _ lower: (String) -> [Diagnostic]) throws {
        let text = try text(of: name)
        let diagnostics = lower(text)
        #expect(!diagnostics.isEmpty)
        for diagnostic in diagnostics {
            #expect(diagnostic.help?.isEmpty == false, "\(diagnostic.code) gives no help")
            #expect(diagnostic.span != nil, "\(diagnostic.code) has no place")
        }
        let texts = SourceTexts([ManifestFile(path: "input.yaml", bytes: Array(text.utf8))])
        let report = diagnostics.map { $0.rendered(line: texts.line) + "\n" }.joined()
        expectGolden(report, at: "\(folder)/\(name)/diagnostics.golden")
    }

    /// The texts by name, in two: those of which a schema can tell that they are broken, and those
    /// of which only a decoder can.
    public func sortedByForm(
        _ lower: (String) -> [Diagnostic]
    ) throws -> (bad: [String: String], good: [String: String]) {
        var sorted: (bad: [String: String], good: [String: String]) = ([:], [:])
        for name in try cases() {
            let text = try text(of: name)
            if SchemaValidation.codesOfForm.isDisjoint(with: lower(text).map(\.code)) {
                sorted.good[name] = text
            } else {
                sorted.bad[name] = text
            }
        }
        return sorted
    }
}
