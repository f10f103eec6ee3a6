// schemas/ is generated from the decoders' declarations: it must be current, and a validator that
// is not ours must judge manifests by it as the decoders do.

import Foundation
import Manifest
import Planning
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

@Suite struct ManifestSchemaTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func fileIsCurrent() {
        let file = PostgreSQLManifests.schemaFile
        expectGolden(file.text, at: Self.root.appendingPathComponent("schemas/\(file.name)").path)
    }

    @Test func everyDeclaredFieldIsRead() throws {
        var texts = try ExampleProject.all().flatMap { try $0.files().map(\.text) }
        texts.append(wholeManifest)
        var context = DecodingContext()
        for text in texts {
            let read = ManifestReader().read(
                ManifestFile(path: "input.yaml", bytes: Array(text.utf8)))
            _ = PostgreSQLManifests.registry(defaultSchema: "app").lower(read.documents, &context)
        }
        #expect(context.unreadFields.isEmpty)
    }

    /// What our decoders say of the form, a validator must say by the schema, and no more.
    @Test func validatorAgrees() throws {
        var good: [String: String] = ["whole": wholeManifest]
        for project in try ExampleProject.all() {
            for file in try project.files() { good[project.name + file.path] = file.text }
        }
        var bad: [String: String] = [:]
        for name in try BrokenManifestTests.cases() {
            let text = try BrokenManifestTests.text(of: name)
            let codes = Set(lowered(text).diagnostics.map(\.code))
            if codes.isDisjoint(with: Self.codesOfForm) {
                good[name] = text
            } else {
                bad[name] = text
            }
        }
        let report = try Validation.run(good: good, bad: bad)
        #expect(report.wronglyRefused == [], "\(report.output)")
        #expect(report.wronglyAccepted == [])
    }

    /// What a schema can express.
    static let codesOfForm: Set<String> = [
        "unknown-key", "missing-key", "wrong-type", "unknown-word", "too-few-items",
        "out-of-range", "unknown-kind", "unknown-version", "repeated-key",
    ]
}

/// Runs check-jsonschema once over many documents.
private struct Validation {
    var wronglyRefused: [String] = []
    var wronglyAccepted: [String] = []
    var output = ""

    static func run(good: [String: String], bad: [String: String]) throws -> Validation {
        let tool = ManifestSchemaTests.root.appendingPathComponent(
            ".build-tools/venv/bin/check-jsonschema")
        guard FileManager.default.isExecutableFile(atPath: tool.path) else {
            Issue.record("check-jsonschema is missing: run scripts/install-python-tools")
            return Validation()
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lockstep-schema-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = folder.appendingPathComponent("schema.json")
        try Data(PostgreSQLManifests.schemaFile.text.utf8).write(to: schema)
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
        return Validation(
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
