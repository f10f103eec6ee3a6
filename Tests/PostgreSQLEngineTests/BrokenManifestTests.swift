// The broken files of the corpus that only the PostgreSQL kinds can judge.

import Foundation
import Manifest
import Planning
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

@Suite struct BrokenManifestTests {
    static let folder = corpusFolder("manifest")

    static func cases() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("postgresql-") }.sorted()
    }

    static func text(of name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)/input.yaml", encoding: .utf8)
    }

    @Test func corpusIsThere() throws { #expect(try Self.cases().count >= 60) }

    @Test(arguments: try Self.cases()) func isReported(name: String) throws {
        let text = try Self.text(of: name)
        let diagnostics = lowered(text).diagnostics
        #expect(!diagnostics.isEmpty)
        for diagnostic in diagnostics {
            #expect(diagnostic.help?.isEmpty == false, "\(diagnostic.code) gives no help")
            #expect(diagnostic.span != nil, "\(diagnostic.code) has no place")
        }
        let texts = SourceTexts([ManifestFile(path: "input.yaml", bytes: Array(text.utf8))])
        let report = diagnostics.map { $0.rendered(line: texts.line) + "\n" }.joined()
        expectGolden(report, at: "\(Self.folder)/\(name)/diagnostics.golden")
    }
}
