import Execution
import Planning
import SchemaCore

/// What the commands share that run steps: from a locked target to what its run came to.
struct ApplyWork<E: Engine>: Sendable {
    let work: TargetWork<E>
    let options: ApplyOptions
    var phase: Phase?
    var isReleased = false

    private var console: Console { work.console }
    private var engine: E { work.engine }

    /// Runs what `makePlan` gives for the locked target, and tells how it went.
    func run(
        on target: Workplace.Target,
        makePlan: @escaping @Sendable (LockedTarget<E>) async throws -> PlannedTarget<E.Object>
    ) async throws -> ExitStatus {
        let request = ApplyRequest(
            limits: options.limits, actor: Actor.current, toolVersion: Version.current,
            phase: phase)
        let applier = Applier(
            engine: engine, clock: ContinuousClock(), random: SystemRandomNumberGenerator()
        ) { try await engine.connect(target.url) }
        let progress = ApplyProgress(
            console: console, isVerbose: options.verbose, format: options.output,
            target: target.name)
        let result = try await Interruption.cancelling {
            try await applier.apply(request, progress: progress.tell, makePlan: makePlan)
        }
        return progress.tell(result)
    }

    /// A plan that was made for the locked target, as the runner takes it.
    func planned(
        _ assessed: TargetWork<E>.Assessed, _ locked: LockedTarget<E>,
        authorization: Authorization, implied: Set<ObjectID> = [], reads: Set<ObjectID>? = nil
    ) -> PlannedTarget<E.Object> {
        PlannedTarget(
            plan: assessed.target.plan, assessment: assessed.assessment,
            desired: assessed.target.desired,
            managed: managed(assessed.target, applied: locked.applied),
            authorization: authorization, acknowledged: options.acknowledge.sorted(),
            revision: work.workplace.revision, implied: implied, reads: reads,
            renames: assessed.target.renames, former: assessed.target.former,
            isReleased: isReleased)
    }

    /// What is managed before the plan as after it.
    func managed(
        _ target: TargetPlan<E.Object>, applied: AppliedState?
    ) -> @Sendable (Catalog<E.Object>) -> Catalog<E.Object> {
        let management = work.workplace.management
        let declared = Set(target.desired.keys).union(target.live.objects.keys)
        let known = Set(applied?.objects.map(\.id) ?? [])
        let scope = target.plan.scope
        let engine = engine
        return {
            management.managedPart(
                of: $0, declared: declared, applied: known, scope: scope,
                standsAlone: engine.standsAlone)
        }
    }

    /// What is left of an attempt in flight.
    func rest(
        of attempt: JournalAttempt, _ place: InFlight, _ locked: LockedTarget<E>,
        name: String
    ) async throws -> PlannedTarget<E.Object> {
        let plan = attempt.started.plan
        let assessment = try await Assessment.make(
            ofRest: attempt, place, by: engine, in: locked.session,
            target: work.summary(locked.session, name))
        let steps = place.done..<max(place.done, plan.end(of: phase))
        if !steps.isEmpty { tell(plan, assessment, inFlight: place, steps: steps) }
        return PlannedTarget(
            restOf: attempt, assessment: assessment, applied: locked.applied,
            management: work.workplace.management, standsAlone: engine.standsAlone,
            authorization: authorize(plan, assessment, steps: steps),
            acknowledged: options.acknowledge.sorted())
    }

    /// Shows a plan before it is run. Whoever has decided already is told the risks again; who is
    /// asked sees everything.
    func tell(
        _ plan: Plan, _ assessment: Assessment, inFlight: InFlight? = nil,
        steps: Range<Int>? = nil, isDecided: Bool = false
    ) {
        let isDecided = isDecided || options.autoApprove != nil || !options.acknowledge.isEmpty
        console.say(
            PlanText.render(
                plan, assessment,
                options: .init(
                    style: console.errorStyle, isVerbose: options.verbose,
                    isBrief: isDecided || !console.isInteractive, inFlight: inFlight,
                    steps: steps ?? 0..<plan.end(of: phase))))
    }

    /// What the flags and the environment allow of the steps that are to be run; a person at a
    /// terminal is asked for the rest.
    func authorize(
        _ plan: Plan, _ assessment: Assessment, steps: Range<Int>? = nil
    ) -> Authorization {
        let steps = steps ?? 0..<plan.end(of: phase)
        let level = [options.autoApprove, work.workplace.autoApprove].compactMap { $0 }.max()
        func decide(_ level: Risk?) -> Authorization {
            AutoApproval.authorize(
                plan: plan, assessment: assessment, autoApprove: level,
                acknowledged: Set(options.acknowledge), steps: steps)
        }
        let first = decide(level)
        guard case .refused(let refusal) = first, options.autoApprove == nil,
            let needed = refusal.needed, refusal.missing.isEmpty, refusal.unknown.isEmpty,
            console.isInteractive
        else { return first }
        let answer = console.ask(
            "Apply this plan, whose risk is \(needed.rawValue)? Type '\(needed.rawValue)' to go on:"
        )
        return answer == needed.rawValue ? decide(needed) : first
    }
}
