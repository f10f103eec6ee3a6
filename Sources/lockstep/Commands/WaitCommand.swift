import ArgumentParser
import Planning
import SchemaCore

/// `lockstep wait`
struct WaitCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until a phase of what the manifests mean is applied.",
        discussion: """
            A deployment waits here before it starts code that needs the new objects. It reads \
            and changes nothing.
            """)

    @OptionGroup var workplace: WorkplaceOptions
    @Option(help: ArgumentHelp("The phase that has to be done.", valueName: "phase"))
    var phase: Phase = .expand
    @Option(help: ArgumentHelp("How long to wait, in s; 0 only looks.", valueName: "s"))
    var timeout = 600

    /// Between two looks at a journal.
    private static let pauseMilliseconds = 1_000

    func validate() throws {
        guard timeout >= 0 else { throw ValidationError("--timeout is at least 0 s") }
    }

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let work = TargetWork(engine: engine, workplace: place, console: console)
        let lowering = try work.lowered()
        let clock = ContinuousClock()
        let end = clock.now + .seconds(timeout)
        for target in place.targets {
            let isDone = try await work.withSession(target) { session in
                let journal = engine.journal(session)
                let plan = try await place.sources.locating {
                    try await work.planner.plan(
                        lowering, on: session, applied: try await journal.applied())
                }.plan
                while true {
                    if try await isReached(plan, journal) { return true }
                    guard clock.now < end else { return false }
                    try await clock.sleep(for: .milliseconds(Self.pauseMilliseconds))
                }
            }
            guard isDone else {
                work.name(target)
                console.say(
                    "error: the \(phase.rawValue) phase is not done after "
                        + HumanText.duration(milliseconds: Int64(timeout) * 1_000))
                console.say("  help: lockstep status tells how the target stands")
                return .failure
            }
        }
        console.say("the \(phase.rawValue) phase of what the manifests mean is done")
        return .success
    }

    private func isReached(_ plan: Plan, _ journal: any Journal) async throws -> Bool {
        guard let attempt = try await journal.lastAttempt() else { return plan.isEmpty }
        guard attempt.started.plan.desiredDigest == plan.desiredDigest else {
            return plan.isEmpty && !attempt.isUnfinished
        }
        if attempt.result == .applied { return true }
        return attempt.isUnfinished && attempt.endedPhase.map { $0 >= phase } ?? false
    }
}
