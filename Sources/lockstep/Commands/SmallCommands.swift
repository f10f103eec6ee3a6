import ArgumentParser
import Foundation
import Planning
import SchemaCore

/// `lockstep init`
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begins a project: lockstep.yaml and a folder for manifests."
    )

    @Argument(help: "The project's folder.") var folder = "."
    @Option(help: ArgumentHelp("The project's name; the folder's if left out.", valueName: "name"))
    var name: String?
    @Option(help: ArgumentHelp("The engine.", valueName: "name")) var engine = "postgresql"

    func run() async throws {
        try await CommandRun.run { console in
            _ = try Engines.named(engine)
            let root = URL(fileURLWithPath: folder)
            let file = root.appendingPathComponent(ProjectFile.name)
            if FileManager.default.fileExists(atPath: file.path) {
                throw Failure(.failure, "\(file.path) is there already", help: "edit it")
            }
            let name = name ?? root.standardizedFileURL.lastPathComponent
            do {
                try FileManager.default.createDirectory(
                    at: root.appendingPathComponent("schema"), withIntermediateDirectories: true)
                try Data(Self.text(name, engine).utf8).write(to: file, options: .withoutOverwriting)
            } catch {
                throw Failure(.failure, "\(root.path) cannot be written")
            }
            console.write(
                """
                wrote \(file.path)
                next:
                  export DATABASE_URL=\(engine)://localhost/mydb
                  lockstep import --url "$DATABASE_URL" --out \(root.path)/schema
                  lockstep plan --project \(root.path)

                """)
            return .success
        }
    }

    private static func text(_ name: String, _ engine: String) -> String {
        let quoted = "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        return """
            apiVersion: lockstep.dev/v1
            kind: Project
            project: \(quoted)
            engine: \(engine)
            # The folder with the manifests.
            manifests: schema
            environments:
              dev:
                targets:
                  # The URL is read when it is needed; no secret stands here.
                  main: { urlFrom: { env: DATABASE_URL } }

            """
    }
}

/// `lockstep show`
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a plan that was written by plan -o json.")

    @Argument(help: "The file.") var file: String
    @Option(name: .shortAndLong, help: "The form.") var output: PlanCommand.Format = .text
    @Flag(help: "Show the statements in the text.") var verbose = false

    func run() async throws {
        try await CommandRun.run { console in
            guard let data = FileManager.default.contents(atPath: file) else {
                throw Failure(.failure, "the plan \(file) cannot be read")
            }
            let plan = try PlanDocument.plan(from: data, name: file)
            // Only the plan has a digest, so its steps are judged here, not by the file's word.
            guard
                let document = try? CanonicalJSON.decode(PlanDocument.self, from: data),
                let assessment = document.assessment.judgedAgain(for: plan)
            else {
                throw Failure(.failure, "the assessment in \(file) is not that of its plan")
            }
            console.write(
                try Rendering.render(
                    plan, assessment, as: output, isVerbose: verbose,
                    style: console.outputStyle, applyCommand: "lockstep apply"))
            return .success
        }
    }
}

/// `lockstep explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explains a risk rule; lists all without a name.")

    @Argument(help: "The rule, for example DestroysData.") var rule: String?

    func run() async throws {
        try await CommandRun.run { console in
            guard let rule else {
                console.write(RiskManual.list())
                return .success
            }
            switch RiskManual.text(rule) {
            case .success(let page): console.write(page)
            case .failure(let unknown): throw Failure.usage(unknown.message)
            }
            return .success
        }
    }
}

/// `lockstep version`
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version and the engines.")

    func run() async throws {
        Console.standard.write(
            "lockstep \(Version.current) (\(Engines.names.joined(separator: ", ")))\n")
    }
}
