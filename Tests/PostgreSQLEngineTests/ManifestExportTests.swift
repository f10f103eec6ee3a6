// What `import` writes means what the database has: exported, lowered, built again by a real
// server and read back, it is the same catalog.

import Foundation
import Manifest
import Planning
import PostgreSQLClient
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

/// Time budget: 20 s.
@Suite struct ManifestExportTests {
    static let folder = corpusFolder("import")
    static let scripts =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".sql") }.sorted()

    @Test(arguments: scripts) func databaseComesBack(script: String) async throws {
        let sql = try String(contentsOfFile: "\(Self.folder)/\(script)", encoding: .utf8)
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(sql)
            let live = try await Self.inspect(connection)
            let files = PostgreSQLManifests.manifests(for: live)
            // PostgreSQL 14 has no unlogged sequences and no NULLS NOT DISTINCT.
            if database.server.major >= 15 {
                expectGolden(
                    files.map { "# \($0.path)\n\($0.text)" }.joined(separator: "\n"),
                    at: "\(Self.folder)/\(script.dropLast(4)).golden")
            }
            let built = try await Self.built(files, connection, database)
            Self.expectEqual(built, live)
            await connection.close()
        }
    }

    @Test func shopComesBack() async throws {
        for project in try ExampleProject.all() {
            try await PrivatePostgreSQL.withDatabase { database in
                let connection = try await database.connect()
                let files = try project.files().map {
                    ExportedManifest(path: $0.path, text: $0.text)
                }
                let first = try await Self.built(files, connection, database)
                let exported = PostgreSQLManifests.manifests(for: first)
                let second = try await Self.built(exported, connection, database)
                Self.expectEqual(second, first)
                await connection.close()
            }
        }
    }

    @Test func exportedFilesAreCanonicalAndSafe() async throws {
        let sql = try String(contentsOfFile: "\(Self.folder)/everything.sql", encoding: .utf8)
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(sql)
            let files = PostgreSQLManifests.manifests(
                for: try await Self.inspect(connection), schemaReference: "schema.json")
            let formatter = PostgreSQLManifests.formatter()
            let letters = "abcdefghijklmnopqrstuvwxyz"
            let safe = Set((letters + letters.uppercased() + "0123456789-_/.").utf8)
            for file in files {
                let bytes = Array(file.text.utf8)
                let formatted = formatter.format(ManifestFile(path: file.path, bytes: bytes))
                #expect(formatted.diagnostics.isEmpty)
                #expect(formatted.text == file.text, "\(file.path)")
                #expect(file.text.hasPrefix("# yaml-language-server: $schema=schema.json\n"))
                let isSafe = file.path.utf8.allSatisfy { safe.contains($0) }
                #expect(isSafe, "\(file.path)")
            }
            #expect(Set(files.map { $0.path.lowercased() }).count == files.count)
            await connection.close()
        }
    }

    private static func inspect(
        _ connection: PostgreSQLConnection
    ) async throws -> Catalog<PostgreSQLObject> {
        try await PostgreSQLInspector.inspect(connection, scope: .everything, detail: .full)
            .catalog
    }

    private static func built(
        _ files: [ExportedManifest], _ connection: PostgreSQLConnection, _ database: TestDatabase
    ) async throws -> Catalog<PostgreSQLObject> {
        let tree = ManifestTree(
            files: files.map { ManifestFile(path: $0.path, bytes: Array($0.text.utf8)) })
        let lowered = PostgreSQLManifests.lower(ManifestInput(base: tree))
        let errors = lowered.diagnostics.filter { $0.severity == .error }
        #expect(errors.map { $0.rendered() } == [])
        let canonicalizer = Canonicalizer(servers: scratchServers)
        do {
            return try await canonicalizer.canonicalize(
                lowered.objects, scope: .everything,
                for: .init(connection: connection, settings: database.settings) {
                    Inspection(catalog: Catalog(), unmodelled: [])
                },
                scratch: ScratchSettings(provider: .local)
            ).catalog
        } catch let error as DiagnosticsError {
            Issue.record("\(error.diagnostics.map { $0.rendered() }.joined(separator: "\n"))")
            throw error
        }
    }

    /// Says what differs rather than that something does.
    private static func expectEqual(
        _ actual: Catalog<PostgreSQLObject>, _ expected: Catalog<PostgreSQLObject>
    ) {
        let differences = difference(from: expected, to: actual).map { change in
            switch change {
            case .create(let object): "new: \(object.id)"
            case .drop(let object): "lost: \(object.id)"
            case .alter(let from, let to): "\(from.id):\n  \(from.definition)\n  \(to.definition)"
            }
        }
        #expect(differences == [])
    }
}
