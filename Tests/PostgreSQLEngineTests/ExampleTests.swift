import Foundation
import Manifest
import Planning
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

@Suite struct ExampleTests {
    @Test func shopIsCleanInBothVersions() throws {
        for project in try ExampleProject.all() {
            let result = PostgreSQLManifests.lower(ManifestInput(base: try project.tree()))
            #expect(result.diagnostics.map { $0.rendered() } == [])
            #expect(result.objects.filter { $0.id.kind == .table }.count >= 12)
        }
    }

    @Test func shopIsInCanonicalForm() throws {
        for project in try ExampleProject.all() {
            for file in try project.files() {
                let formatted = PostgreSQLManifests.formatter().format(
                    ManifestFile(path: file.path, bytes: Array(file.text.utf8)))
                #expect(formatted.diagnostics.isEmpty)
                let path = project.folder.appendingPathComponent("schema/\(file.path)").path
                expectGolden(formatted.text ?? "", at: path)
            }
        }
    }

    @Test func secondVersionRenamesOneColumn() throws {
        let second = try #require(try ExampleProject.all().last)
        let result = PostgreSQLManifests.lower(ManifestInput(base: try second.tree()))
        #expect(result.renames.map(\.to) == [.column("shop", "customers", "full_name")])
        #expect(result.renames[0].candidates == [.column("shop", "customers", "name")])
    }
}
