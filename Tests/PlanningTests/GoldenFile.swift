import Foundation
import Testing

/// Compares a text with a file beside the tests; `UPDATE_GOLDEN=1` writes the file anew.
func expectGoldenFile(
    _ actual: String, _ url: URL, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: url)
        return
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(actual == expected, "\(url.lastPathComponent) differs", sourceLocation: sourceLocation)
}

/// The folder of all tests.
let testsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
