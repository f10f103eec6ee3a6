import ArgumentParser
import Foundation
import Manifest
import Planning

/// The hidden subcommand that writes the files of `schemas/` from the decoders.
struct SchemasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "__schemas", abstract: "Writes the JSON Schemas of manifests and projects.",
        shouldDisplay: false)

    @Argument(help: "The folder.") var folder: String

    func run() async throws {
        try await CommandRun.run { console in
            for (name, text) in Self.files {
                let path = "\(folder)/\(name)"
                do {
                    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
                } catch {
                    throw Failure(.failure, "\(path) cannot be written")
                }
                console.say("wrote \(path)")
            }
            return .success
        }
    }

    /// One for each engine, and one for projects.
    private static var files: [(name: String, text: String)] {
        let project = "project.schema.json"
        return Engines.all.map(\.manifestSchema) + [
            (
                project,
                KindRegistry([ProjectFile.kind]).schema.file(
                    id: "https://lockstep.dev/schemas/\(project)", title: "Lockstep project")
            )
        ]
    }
}
