// Owns comparing with expected texts that live in files.

public import Testing

import Foundation

/// Compares a text with the file that holds the expected one; with `UPDATE_GOLDEN=1` in the
/// environment writes the file instead.
///
/// - Parameter path: the golden file's path; `corpusFolder` gives where the corpus is.
public func expectGolden(
    _ actual: String, at path: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    let isUpdate = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    if isUpdate {
        do {
            try Data(actual.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            Issue.record("cannot write \(path): \(error)", sourceLocation: sourceLocation)
        }
        return
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
        Issue.record(
            "\(path) is missing; UPDATE_GOLDEN=1 writes it. It would be:\n\(actual)",
            sourceLocation: sourceLocation)
        return
    }
    let expected = String(decoding: bytes, as: UTF8.self)
    guard actual != expected else { return }
    Issue.record(
        "\(path) differs (UPDATE_GOLDEN=1 rewrites it):\n\(lineDifference(expected, actual))",
        sourceLocation: sourceLocation)
}

/// The path of a folder in `Tests/Corpus`, found from the source file of a test in `Tests/*/`.
public func corpusFolder(_ name: String, from file: String = #filePath) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpus").appendingPathComponent(name).path
}

/// The first lines that differ, expected with `-`, actual with `+`.
private func lineDifference(_ expected: String, _ actual: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let same = zip(old, new).prefix { $0 == $1 }.count
    let tail = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.count
    let kept = min(tail, min(old.count, new.count) - same)
    var lines = ["at line \(same + 1):"]
    lines += old[same..<(old.count - kept)].prefix(40).map { "-\($0)" }
    lines += new[same..<(new.count - kept)].prefix(40).map { "+\($0)" }
    return lines.joined(separator: "\n")
}
