import ArgumentParser
import Foundation
import Planning
import SchemaCore

/// `lockstep plan`
struct PlanCommand: TargetCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, markdown, sql, sarif
    }

    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Shows what would be done to the target, and its risks.")

    @OptionGroup var workplace: WorkplaceOptions
    @Option(name: .shortAndLong, help: "The form.") var output: Format = .text
    @Option(help: ArgumentHelp("Write to a file instead.", valueName: "file")) var out: String?
    @Flag(help: "Exit with 2 if there are changes.") var exitCode = false
    @Flag(help: "Show the statements in the text.") var verbose = false
    @Flag(help: "Objects that are not modelled are errors.") var strict = false

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let work = TargetWork(engine: engine, workplace: place, console: console)
        switch output {
        case .json, .sarif: try work.refuseSeveralDocuments(output.rawValue)
        case .text, .markdown, .sql: break
        }
        let lowering = try work.lowered()
        var isFirst = true
        var unmodelled: [Unmodelled] = []
        let status = try await work.forEachTarget { index, target in
            let (assessed, rest) = try await work.withSession(target) { session in
                try await look(at: lowering, work, in: session, name: target.name)
            }
            // What is in flight has no more to say of the manifests than it had.
            if rest == nil {
                work.tellAround(assessed, diagnostics: index == 0 ? lowering.diagnostics : [])
            }
            unmodelled += assessed.target.unmodelled
            let text = try render(
                rest ?? Shown(plan: assessed.target.plan, assessment: assessed.assessment),
                console)
            try Output.write(text, to: out, isFirst: isFirst, console)
            isFirst = false
            return exitCode && !assessed.target.plan.isEmpty ? .changes : .success
        }
        if strict { try work.refuseUnmodelled(unmodelled) }
        return status
    }

    /// Plans, and reads what is left of an attempt in flight, which is the plan while it is.
    private func look<E: Engine>(
        at lowering: Lowering<E.Object>, _ work: TargetWork<E>, in session: E.Session, name: String
    ) async throws -> (TargetWork<E>.Assessed, Shown?) {
        let journal = work.engine.journal(session)
        let assessed = try await work.assess(
            lowering, on: session, applied: try await journal.applied(), name: name)
        guard let attempt = try await journal.lastAttempt(), let place = InFlight(attempt) else {
            return (assessed, nil)
        }
        guard assessed.target.plan.desiredDigest == attempt.started.plan.desiredDigest else {
            throw Failure(.approval, place.conflict, help: place.remedy)
        }
        let assessment = try await Assessment.make(
            ofRest: attempt, place, by: work.engine, in: session,
            target: work.summary(session, name))
        return (
            assessed, Shown(plan: attempt.started.plan, assessment: assessment, place: place)
        )
    }

    /// A plan as it is shown.
    private struct Shown {
        var plan: Plan
        var assessment: Assessment
        var place: InFlight?
    }

    private func render(_ shown: Shown, _ console: Console) throws -> String {
        try Rendering.render(
            shown.plan, shown.assessment, as: output, isVerbose: verbose,
            style: out == nil ? console.outputStyle : .plain,
            applyCommand: CommandLineText.apply(workplace), inFlight: shown.place)
    }
}

/// A plan in one of its forms.
enum Rendering {
    static func render(
        _ plan: Plan, _ assessment: Assessment, as format: PlanCommand.Format, isVerbose: Bool,
        style: TextStyle, applyCommand: String, inFlight: InFlight? = nil
    ) throws -> String {
        switch format {
        case .text:
            PlanText.render(
                plan, assessment,
                options: .init(
                    style: style, isVerbose: isVerbose, applyCommand: applyCommand,
                    inFlight: inFlight))
        case .json: PlanDocument(plan, assessment).json
        case .markdown: PlanMarkdown.render(plan, assessment, applyCommand: applyCommand)
        case .sql:
            PlanSQL.render(
                plan, assessment,
                settings: try Engines.named(plan.engine).scriptSettings(ExecutionLimits()))
        case .sarif: PlanSARIF.render(plan, assessment)
        }
    }
}

/// Writes what a command gives.
enum Output {
    /// To a file, which is written anew by the first text, or to standard output.
    static func write(
        _ text: String, to path: String?, isFirst: Bool = true, _ console: Console
    ) throws {
        guard let path else { return console.write(text) }
        do {
            let before = isFirst ? "" : try String(contentsOfFile: path, encoding: .utf8)
            try (before + text).write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw Failure(.failure, "\(path) cannot be written", help: "choose another --out")
        }
    }
}

/// The command that a person runs next.
enum CommandLineText {
    /// `lockstep apply` with the same place.
    static func apply(_ options: WorkplaceOptions) -> String {
        var words = ["lockstep", "apply"]
        func add(_ flag: String, _ value: String?) {
            if let value { words += [flag, ShellWord.quoted(value)] }
        }
        add("--project", options.project)
        add("--repo", options.repo)
        add("--ref", options.ref)
        add("--path", options.path)
        add("--env", options.env)
        add("--target", options.target)
        add("--engine", options.engine)
        if let url = options.url {
            // The shell of the reader fills it in: a password is never shown.
            words += ["--url", holdsPassword(url) ? "\"$DATABASE_URL\"" : ShellWord.quoted(url)]
        }
        add("--manifests", options.manifests)
        return words.joined(separator: " ")
    }

    /// Whether a connection string may hold a password: `user:word@`, or a parameter for it.
    private static func holdsPassword(_ url: String) -> Bool {
        let behindScheme = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let user = behindScheme.lastIndex(of: "@").map { behindScheme[..<$0] } ?? ""
        return user.contains(":") || url.lowercased().contains("password")
    }
}
