// The broken files of the corpus that only the PostgreSQL kinds can judge.

import Planning
import TestSupport
import Testing

@testable import PostgreSQLEngine

@Suite struct BrokenManifestTests {
    static let corpus = BrokenManifests(engine: "postgresql")

    @Test func corpusIsThere() throws { #expect(try Self.corpus.cases().count >= 60) }

    @Test(arguments: try corpus.cases()) func isReported(name: String) throws {
        try Self.corpus.expectReport(name) { lowered($0).diagnostics }
    }
}
