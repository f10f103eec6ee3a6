import ArgumentParser
import Foundation
import Manifest
import Planning

/// The hidden subcommand that writes the files of `schemas/` from the decoders.
struct SchemasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "__schemas",
        abstract: "Writes the JSON Schemas of manifests, projects and plans.",
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

    /// One for each engine, one for projects and one for plans.
    private static var files: [(name: String, text: String)] {
        func file(_ name: String, _ schema: JSONSchema, title: String) -> (String, String) {
            (name, schema.file(id: "https://lockstep.dev/schemas/\(name)", title: title))
        }
        return Engines.all.map(\.manifestSchema) + [
            file(
                "project.schema.json", KindRegistry([ProjectFile.kind]).schema,
                title: "Lockstep project"),
            file("plan.schema.json", PlanSchema.schema, title: "Lockstep plan report"),
        ]
    }
}
