// Owns the flags of all commands that run steps.

public import ArgumentParser
import Planning

extension Risk: ExpressibleByArgument {}
extension Phase: ExpressibleByArgument {}

/// How a run is told.
enum RunFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// What all commands take that run steps.
struct ApplyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The highest risk that is applied unasked.", valueName: "level"))
    var autoApprove: Risk?
    @Option(
        help: ArgumentHelp("A destructive step that may run; can be repeated.", valueName: "step"))
    var acknowledge: [String] = []
    @Option(help: ArgumentHelp("How long a statement waits for a lock, in ms.", valueName: "ms"))
    var lockTimeout = ExecutionLimits().lockTimeout
    @Option(
        help: ArgumentHelp("How long a statement may run, in ms; 0 for no limit.", valueName: "ms"))
    var statementTimeout = ExecutionLimits().statementTimeout
    @Flag(help: "Show the statements.") var verbose = false
    @Option(
        name: .shortAndLong,
        help: "How the run is told: text on standard error, or json, a line for each event.")
    var output: RunFormat = .text

    func validate() throws {
        guard lockTimeout >= 1, statementTimeout >= 0 else {
            throw ValidationError("--lock-timeout is at least 1 ms, --statement-timeout at least 0")
        }
    }

    /// Where nothing runs, there is nothing to tell of a run.
    func refuseLines(ofDryRun isDry: Bool) throws {
        guard !isDry || output == .text else {
            throw ValidationError("--dry-run shows a plan as text; leave -o away")
        }
    }

    var limits: ExecutionLimits {
        var limits = ExecutionLimits()
        limits.lockTimeout = lockTimeout
        limits.statementTimeout = statementTimeout
        return limits
    }
}
