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
        let broken = try BrokenManifestTests.corpus.sortedByForm { lowered($0).diagnostics }
        good.merge(broken.good, uniquingKeysWith: { first, _ in first })
        let report = try SchemaValidation.run(
            schema: PostgreSQLManifests.schemaFile.text, good: good, bad: broken.bad)
        #expect(report.wronglyRefused == [], "\(report.output)")
        #expect(report.wronglyAccepted == [])
    }
}
