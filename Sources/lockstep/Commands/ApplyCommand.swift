public import ArgumentParser
import Execution
import Foundation
import Planning
import SchemaCore

extension Risk: ExpressibleByArgument {}

/// `lockstep apply`
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Applies the plan, or goes on with one that was cut off.",
        discussion: """
            Without --auto-approve a person at a terminal is asked; elsewhere only safe plans run. \
            A step that can lose data runs only if it is acknowledged by its id, or with \
            --auto-approve destructive.
            """)

    @OptionGroup var workplace: WorkplaceOptions
    @Option(help: ArgumentHelp("A plan that was written by plan -o json.", valueName: "file"))
    var plan: String?
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
    @Flag(help: "Objects that are not modelled are errors.") var strict = false

    func validate() throws {
        guard lockTimeout >= 1, statementTimeout >= 0 else {
            throw ValidationError("--lock-timeout is at least 1 ms, --statement-timeout at least 0")
        }
    }

    func run() async throws {
        try await CommandRun.run { console in
            let place = try await Workplace.open(workplace)
            return try await run(place.engine, place, console)
        }
    }

    private func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let work = TargetWork(engine: engine, workplace: place, console: console)
        let lowering = try work.lowered()
        let file = try plan.map(PlanFile.read)
        for target in place.targets {
            do {
                let status = try await apply(lowering, file, to: target, work)
                if status != .success { return status }
            } catch {
                // Nothing is done to the others: what stops one may be wrong for all.
                work.name(target)
                throw error
            }
        }
        return .success
    }

    private func apply<E: Engine>(
        _ lowering: Lowering<E.Object>, _ file: Plan?, to target: Workplace.Target,
        _ work: TargetWork<E>
    ) async throws -> ExitStatus {
        var limits = ExecutionLimits()
        limits.lockTimeout = lockTimeout
        limits.statementTimeout = statementTimeout
        let request = ApplyRequest(
            limits: limits, actor: Actor.current, toolVersion: Version.current)
        let applier = Applier(
            engine: work.engine, clock: ContinuousClock(), random: SystemRandomNumberGenerator()
        ) { try await work.engine.connect(target.url) }
        let progress = ApplyProgress(console: work.console, isVerbose: verbose)
        let result = try await Interruption.cancelling {
            try await applier.apply(request, progress: progress.tell) { locked in
                try await planned(lowering, file, locked, target, work)
            }
        }
        return progress.tell(result)
    }

    /// The plan for the locked target, and what of it is allowed.
    private func planned<E: Engine>(
        _ lowering: Lowering<E.Object>, _ file: Plan?, _ locked: LockedTarget<E>,
        _ target: Workplace.Target, _ work: TargetWork<E>
    ) async throws -> PlannedTarget<E.Object> {
        let assessed = try await work.assess(
            lowering, on: locked.session, applied: locked.applied, name: target.name)
        let declared = Set(assessed.target.desired.keys)
        let applied = Set(locked.applied?.objects.map(\.id) ?? [])
        let live = Set(assessed.target.live.objects.keys)
        let management = work.workplace.management
        let scope = assessed.target.plan.scope
        let engine = work.engine
        let managed: @Sendable (Catalog<E.Object>) -> Catalog<E.Object> = {
            management.managedPart(
                of: $0, declared: declared.union(live), applied: applied,
                scope: scope, standsAlone: engine.standsAlone)
        }
        let reads = Set(lowering.scope.reads.map(\.object))
        if let file, file.digest != assessed.target.plan.digest {
            // The gate refuses it; nothing is assessed for a state that is no more.
            return PlannedTarget(
                plan: file, assessment: stale(file, work), desired: assessed.target.desired,
                managed: managed, authorization: .granted, revision: work.workplace.revision,
                implied: lowering.implied, reads: reads)
        }
        work.tellAround(assessed, diagnostics: lowering.diagnostics)
        // Whoever has decided already is told the risks again; who is asked sees everything.
        let isDecided = autoApprove != nil || file != nil || !acknowledge.isEmpty
        work.console.say(
            PlanText.render(
                assessed.target.plan, assessed.assessment,
                options: .init(
                    style: work.console.errorStyle, isVerbose: verbose,
                    isBrief: isDecided || !work.console.isInteractive)))
        if strict { try work.refuseUnmodelled(assessed.target.unmodelled) }
        try guardAgainstVanishing(assessed, lowering, engine)
        return PlannedTarget(
            plan: assessed.target.plan, assessment: assessed.assessment,
            desired: assessed.target.desired, managed: managed,
            authorization: authorize(assessed, work), acknowledged: acknowledge.sorted(),
            revision: work.workplace.revision, implied: lowering.implied, reads: reads)
    }

    private func stale<E: Engine>(_ plan: Plan, _ work: TargetWork<E>) -> Assessment {
        Assessment.make(
            plan: plan, effects: plan.steps.map { _ in Effects() }, observations: Observations(),
            unmodelled: [], target: work.workplace.environment)
    }

    private func guardAgainstVanishing<E: Engine>(
        _ assessed: TargetWork<E>.Assessed, _ lowering: Lowering<E.Object>, _ engine: E
    ) throws {
        let verdict = VanishGuard.judge(
            live: assessed.target.live, vanishing: assessed.target.vanishing,
            hasManifests: lowering.hasManifests, isAcknowledged: autoApprove == .destructive,
            standsAlone: engine.standsAlone)
        switch verdict {
        case .passes: break
        case .stalls(let reason): throw Failure(.approval, reason)
        }
    }

    /// What the flags and the environment allow; a person at a terminal is asked for the rest.
    private func authorize<E: Engine>(
        _ assessed: TargetWork<E>.Assessed, _ work: TargetWork<E>
    ) -> Authorization {
        let level = [autoApprove, work.workplace.autoApprove].compactMap { $0 }.max()
        func decide(_ level: Risk?) -> Authorization {
            AutoApproval.authorize(
                plan: assessed.target.plan, assessment: assessed.assessment, autoApprove: level,
                acknowledged: Set(acknowledge))
        }
        let first = decide(level)
        guard case .refused(let refusal) = first, autoApprove == nil, let needed = refusal.needed,
            refusal.missing.isEmpty, refusal.unknown.isEmpty, work.console.isInteractive
        else { return first }
        let answer = work.console.ask(
            "Apply this plan, whose risk is \(needed.rawValue)? Type '\(needed.rawValue)' to go on:"
        )
        return answer == needed.rawValue ? decide(needed) : first
    }
}
