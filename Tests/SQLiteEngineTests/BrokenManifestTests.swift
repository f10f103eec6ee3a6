// The broken files of the corpus that only the SQLite kinds can judge.

import Planning
import TestSupport
import Testing

@testable import SQLiteEngine

@Suite("Broken manifests of SQLite")
struct BrokenManifestTests {
    static let corpus = BrokenManifests(engine: "sqlite")

    @Test("the corpus is there") func corpusIsThere() throws {
        #expect(try Self.corpus.cases().count >= 60)
    }

    @Test("all that is wrong is told with place and help", arguments: try corpus.cases())
    func isReported(name: String) throws {
        try Self.corpus.expectReport(name) { lowered($0).diagnostics }
    }
}
