import ArgumentParser
import Execution
import Planning
import SchemaCore

/// `lockstep undo`
struct UndoCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Takes back what the last plan, or a named one, did.",
        discussion: """
            What was there before is planned like any other change, with its risks, and applied. \
            What cannot come back is said first. Afterwards the target is held: the same manifests \
            are applied again only with apply --release.
            """)

    @OptionGroup var workplace: WorkplaceOptions
    @OptionGroup var options: ApplyOptions
    @Argument(help: "The attempt's number, as history shows it; the last one if left out.")
    var attempt: Int64?
    @Flag(help: "Show the plan and do nothing.") var dryRun = false

    func validate() throws { try options.refuseLines(ofDryRun: dryRun) }

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let back = WayBack(
            apply: ApplyWork(
                work: TargetWork(engine: engine, workplace: place, console: console),
                options: options),
            isDry: dryRun)
        return try await back.run { session, last in
            if let last, last.isUnfinished {
                throw Failure(
                    .approval, "#\(last.number) is not at its end",
                    help: "finish it with lockstep apply, or take it back with lockstep abort")
            }
            guard let attempt else {
                guard let last else { throw Failure(.failure, "nothing was applied yet") }
                return last
            }
            guard let named = try await engine.journal(session).attempt(attempt) else {
                throw Failure(
                    .failure, "there is no attempt #\(attempt)",
                    help: "lockstep history shows them all")
            }
            return named
        }
    }
}

/// `lockstep abort`
struct AbortCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Takes back what a plan did that is between its phases, or was cut off.",
        discussion: """
            It works like undo, for an attempt that has not come to its end.
            """)

    @OptionGroup var workplace: WorkplaceOptions
    @OptionGroup var options: ApplyOptions
    @Flag(help: "Show the plan and do nothing.") var dryRun = false

    func validate() throws { try options.refuseLines(ofDryRun: dryRun) }

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let back = WayBack(
            apply: ApplyWork(
                work: TargetWork(engine: engine, workplace: place, console: console),
                options: options),
            isDry: dryRun)
        return try await back.run { _, last in
            guard let last, last.isUnfinished else {
                throw Failure(
                    .failure, "no plan is between its phases or was cut off",
                    help: "lockstep undo takes back one that came to its end")
            }
            return last
        }
    }
}

/// What `undo` and `abort` share: the way back from an attempt, shown and applied.
struct WayBack<E: Engine>: Sendable {
    let apply: ApplyWork<E>
    let isDry: Bool

    private var work: TargetWork<E> { apply.work }

    /// - Parameter choose: the attempt to take back, given the newest one.
    func run(
        choose: @escaping @Sendable (E.Session, JournalAttempt?) async throws -> JournalAttempt
    ) async throws -> ExitStatus {
        for target in work.workplace.targets {
            do {
                let status =
                    isDry
                    ? try await show(target, choose) : try await goBack(target, choose)
                if status != .success { return status }
            } catch {
                work.name(target)
                throw error
            }
        }
        return .success
    }

    private func show(
        _ target: Workplace.Target,
        _ choose: @escaping @Sendable (E.Session, JournalAttempt?) async throws -> JournalAttempt
    ) async throws -> ExitStatus {
        try await work.withSession(target) { session in
            let journal = work.engine.journal(session)
            let attempt = try await choose(session, try await journal.lastAttempt())
            let assessed = try await work.assessBack(
                from: attempt, on: session, applied: try await journal.applied(),
                name: target.name)
            tellLosses(attempt)
            work.tellAround(assessed, diagnostics: [])
            work.console.write(
                PlanText.render(
                    assessed.target.plan, assessed.assessment,
                    options: .init(
                        style: work.console.outputStyle, isVerbose: apply.options.verbose,
                        applyCommand: attempt.isUnfinished ? "lockstep abort" : "lockstep undo")))
            return .success
        }
    }

    private func goBack(
        _ target: Workplace.Target,
        _ choose: @escaping @Sendable (E.Session, JournalAttempt?) async throws -> JournalAttempt
    ) async throws -> ExitStatus {
        try await apply.run(on: target) { locked in
            let attempt = try await choose(locked.session, locked.lastAttempt)
            let assessed = try await work.assessBack(
                from: attempt, on: locked.session, applied: locked.applied, name: target.name)
            tellLosses(attempt)
            work.tellAround(assessed, diagnostics: [])
            apply.tell(assessed.target.plan, assessed.assessment)
            var planned = apply.planned(
                assessed, locked,
                authorization: apply.authorize(assessed.target.plan, assessed.assessment),
                implied: Set(attempt.started.context?.implied ?? []))
            planned.revision = nil
            if attempt.isUnfinished { planned.replaces = attempt.number }
            return planned
        }
    }

    /// What of the steps that are done no plan brings back.
    private func tellLosses(_ attempt: JournalAttempt) {
        let done = Set(attempt.done)
        for step in attempt.started.plan.steps where done.contains(step.id) {
            switch step.undo.claim {
            case .exact: break
            case .shape(let loses):
                work.console.say(
                    TerminalSafe.block("does not come back: \(loses) (\(step.title))"))
            case .none(let reason):
                work.console.say(
                    TerminalSafe.block("may not come back: \(step.title): \(reason)"))
            }
        }
    }
}
