import Manifest
import SchemaCore
import Testing

@testable import PostgreSQLEngine

@Suite struct ExampleTests {
    @Test func shopIsCleanInBothVersions() throws {
        for project in try ExampleProject.all() {
            let result = PostgreSQLManifests.read(try project.tree())
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
                #expect(formatted.text == file.text, "\(project.name)\(file.path)")
            }
        }
    }

    @Test func secondVersionRenamesOneColumn() throws {
        let second = try #require(try ExampleProject.all().last)
        let result = PostgreSQLManifests.read(try second.tree())
        #expect(result.renames.map(\.to) == [.column("shop", "customers", "full_name")])
        #expect(result.renames[0].candidates == [.column("shop", "customers", "name")])
    }
}
