// What `import` writes means what the database has: exported, lowered, built again in memory and
// read back, it is the same catalog.

import Foundation
import Manifest
import Planning
import SQLiteClient
import SchemaCore
import TestSupport
import Testing

@testable import SQLiteEngine

@Suite("Manifests of databases")
struct ManifestExportTests {
    static let folder = corpusFolder("import-sqlite")
    static let scripts =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".sql") }.sorted()

    @Test("the corpus is there") func corpusIsThere() { #expect(Self.scripts.count >= 3) }

    @Test("a file comes back", arguments: scripts)
    func file(script: String) async throws {
        let sql = try String(contentsOfFile: "\(Self.folder)/\(script)", encoding: .utf8)
        let live = try await Self.inFile(sql)
        let files = SQLiteManifests.manifests(for: live)
        expectGolden(
            files.map { "# \($0.path)\n\($0.text)" }.joined(separator: "\n"),
            at: "\(Self.folder)/\(script.dropLast(4)).golden")
        expectEqual(try await built(files), live)
    }

    @Test("the examples come back") func examples() async throws {
        let files = exampleOfKinds.map { ExportedManifest(path: $0.path, text: $0.text) }
        #expect(files.count == SQLiteManifests.registry.kinds.count)
        let first = try await built(files)
        // Only a person knows which rows matter, and what makes what has no kind.
        let schema = first.filter { ![.data, .statement].contains($0.id.kind) }
        #expect(schema.count < first.count)
        expectEqual(try await built(SQLiteManifests.manifests(for: first)), schema)
    }

    @Test("a random table comes back", arguments: 0..<200 as Range<UInt64>)
    func random(_ seed: UInt64) async throws {
        var random = Seeded(state: seed)
        let script = OddWriter(random: random).write(RandomTable.make(&random))
        let live = try await read(script).catalog
        let files = SQLiteManifests.manifests(for: live)
        expectEqual(try await built(files), live, "\(script)\n\(files.map(\.text))")
    }

    @Test("exported files are canonical, and their names safe", arguments: scripts)
    func canonical(script: String) async throws {
        let sql = try String(contentsOfFile: "\(Self.folder)/\(script)", encoding: .utf8)
        let files = SQLiteManifests.manifests(
            for: try await Self.inFile(sql), schemaReference: "schema.json")
        let formatter = SQLiteManifests.formatter()
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let safe = Set((letters + letters.uppercased() + "0123456789-_/.").utf8)
        for file in files {
            let formatted = formatter.format(
                ManifestFile(path: file.path, bytes: Array(file.text.utf8)))
            #expect(formatted.diagnostics.isEmpty)
            #expect(formatted.text == file.text, "\(file.path)")
            #expect(file.text.hasPrefix("# yaml-language-server: $schema=schema.json\n"))
            let isSafe = file.path.utf8.allSatisfy { safe.contains($0) }
            #expect(isSafe, "\(file.path)")
            #expect(!file.path.hasPrefix("/") && !file.path.contains(".."))
        }
        #expect(Set(files.map { $0.path.lowercased() }).count == files.count)
    }

    /// What a file holds after a script ran in it.
    private static func inFile(_ script: String) async throws -> Catalog<SQLiteObject> {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lockstep-import-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let session = try await SQLiteSession.connect(
            SQLiteLocation(path: "\(folder.path)/a.db", mode: .create))
        do {
            try await session.connection.runScript(script)
            let catalog = try await SQLiteInspector.inspect(session.connection, detail: .full)
                .catalog
            await session.close()
            return catalog
        } catch {
            await session.close()
            throw error
        }
    }
}
