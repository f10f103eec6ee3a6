// Owns the judgement of a validator that is not ours.

import Foundation
import Testing

/// Runs check-jsonschema once over many documents.
public struct SchemaValidation {
    /// Good documents that it refuses.
    public private(set) var wronglyRefused: [String] = []
    /// Bad documents that it accepts.
    public private(set) var wronglyAccepted: [String] = []
    /// What it said.
    public private(set) var output = ""

    /// The codes of what a schema can express.
    public static let codesOfForm: Set<String> = [
        "unknown-key", "missing-key", "wrong-type", "unknown-word", "too-few-items",
        "out-of-range", "unknown-kind", "unknown-version", "repeated-key",
    ]

    /// Checks documents, by name, of which the good ones should pass and no bad one.
    public static func run(
        schema text: String, good: [String: String], bad: [String: String],
        from file: String = #filePath
    ) throws -> SchemaValidation {
        let tool = URL(fileURLWithPath: file).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build-tools/venv/bin/check-jsonschema")
        guard FileManager.default.isExecutableFile(atPath: tool.path) else {
            Issue.record("check-jsonschema is missing: run scripts/install-python-tools")
            return SchemaValidation()
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent(
                "lockstep-schema-\(ProcessInfo.processInfo.processIdentifier)-\(text.utf8.count)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = folder.appendingPathComponent("schema.json")
        try Data(text.utf8).write(to: schema)
        var names: [String: String] = [:]
        for (name, text) in good.merging(bad, uniquingKeysWith: { first, _ in first }) {
            for (index, document) in text.components(separatedBy: "\n---\n").enumerated() {
                let file = folder.appendingPathComponent("\(names.count)-\(index).yaml")
                try Data(document.utf8).write(to: file)
                names[file.path] = name
            }
        }
        let process = Process()
        process.executableURL = tool
        process.arguments =
            ["--output-format", "json", "--schemafile", schema.path] + names.keys.sorted()
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let report = try JSONDecoder().decode(Report.self, from: output)
        let refused = Set(report.errors.compactMap { names[$0.filename] })
            .union(report.parse_errors.compactMap { names[$0.filename] })
        return SchemaValidation(
            wronglyRefused: refused.intersection(good.keys).sorted(),
            wronglyAccepted: Set(bad.keys).subtracting(refused).sorted(),
            output: String(decoding: output, as: UTF8.self))
    }

    private struct Report: Decodable {
        struct Problem: Decodable { let filename: String }
        let errors: [Problem]
        let parse_errors: [Problem]
    }
}
