// Time budget: 60 s

import Foundation
import Testing

/// The files of `schemas/` are what the binary's decoders say now. Budget: 2 s.
@Suite struct SchemaFilesTests {
    @Test func everyFileOfSchemasIsCurrent() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lockstep-schemas-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = ["__schemas", folder.path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let committed = Self.root.appendingPathComponent("schemas")
        let names = try FileManager.default.contentsOfDirectory(atPath: committed.path).sorted()
        let written = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == written)
        for name in written {
            let now = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            let then = try String(
                contentsOf: committed.appendingPathComponent(name), encoding: .utf8)
            #expect(now == then, "schemas/\(name) is stale: run lockstep __schemas schemas")
        }
    }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// SwiftPM puts the program beside the test bundle.
    private static let binary = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("lockstep")
}
