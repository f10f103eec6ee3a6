import ArgumentParser
import Planning

/// A command that looks at the targets of a project, with the engine that speaks to them.
protocol TargetCommand: AsyncParsableCommand {
    /// Where the manifests and the targets are.
    var workplace: WorkplaceOptions { get }

    /// What it does once they are found.
    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus
}

extension TargetCommand {
    func run() async throws {
        try await CommandRun.run { console in
            let place = try await Workplace.open(workplace)
            return try await run(place.engine, place, console)
        }
    }
}
