import Foundation
import Manifest
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

/// Reads and lowers one file.
func lowered(_ text: String, overlay: String? = nil) -> Lowering<SQLiteObject> {
    func tree(_ text: String) -> ManifestTree {
        ManifestTree(files: [ManifestFile(path: "input.yaml", bytes: Array(text.utf8))])
    }
    return SQLiteManifests.lower(
        ManifestInput(base: tree(text), overlays: overlay.map { [tree($0)] } ?? []))
}

/// Lowers files and builds them beside nothing.
func built(_ files: [ExportedManifest]) async throws -> Catalog<SQLiteObject> {
    let tree = ManifestTree(
        files: files.map { ManifestFile(path: $0.path, bytes: Array($0.text.utf8)) })
    let lowering = SQLiteManifests.lower(ManifestInput(base: tree))
    let errors = lowering.diagnostics.filter { $0.severity == .error }
    #expect(errors.map { $0.rendered() } == [])
    do {
        return try await Canonicalizer.canonicalize(lowering.objects, environment: SchemaRows())
    } catch let error as DiagnosticsError {
        Issue.record("\(error.diagnostics.map { $0.rendered() }.joined(separator: "\n"))")
        throw error
    }
}

/// Lowers one text and builds it.
func built(_ text: String) async throws -> Catalog<SQLiteObject> {
    try await built([ExportedManifest(path: "input.yaml", text: text)])
}

/// Says what differs rather than that something does.
func expectEqual(
    _ actual: Catalog<SQLiteObject>, _ expected: Catalog<SQLiteObject>,
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    let differences = difference(from: expected, to: actual).map { change in
        switch change {
        case .create(let object): "new: \(object.id)"
        case .drop(let object): "lost: \(object.id)"
        case .alter(let from, let to): "\(from.id):\n  \(from.definition)\n  \(to.definition)"
        }
    }
    #expect(differences == [], "\(comment())", sourceLocation: sourceLocation)
}

/// The examples of the manual.
let exampleOfKinds: [(path: String, text: String)] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("examples/kinds-sqlite/schema")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
            .map { (name, $0) }
    }
}()
