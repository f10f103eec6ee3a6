import ArgumentParser
import Execution
import Foundation
import Planning
import SchemaCore

/// `lockstep apply`
struct ApplyCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Applies the plan, or goes on with one that was cut off.",
        discussion: """
            Without --auto-approve a person at a terminal is asked; elsewhere only safe plans run. \
            A step that can lose data runs only if it is acknowledged by its id, or with \
            --auto-approve destructive.

            With --phase only the steps up to the end of that phase run. The plan is kept in the \
            target; the phases that follow run from there, whatever the manifests say by then.
            """)

    @OptionGroup var workplace: WorkplaceOptions
    @OptionGroup var options: ApplyOptions
    @Option(help: ArgumentHelp("A plan that was written by plan -o json.", valueName: "file"))
    var plan: String?
    @Option(help: ArgumentHelp("Run this phase alone.", valueName: "phase")) var phase: Phase?
    @Flag(help: "Apply again what was taken back by undo or abort.") var release = false
    @Flag(help: "Objects that are not modelled are errors.") var strict = false

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let file = try plan.map(PlanFile.read)
        var place = place
        if let file { place.retention = file.options.retention }
        let work = TargetWork(engine: engine, workplace: place, console: console)
        let apply = ApplyWork(
            work: work, options: options, phase: phase, isReleased: release)
        let lowering = try work.lowered()
        for target in place.targets {
            do {
                let status = try await apply.run(on: target) { locked in
                    try await planned(lowering, file, locked, target, apply)
                }
                if status != .success { return status }
            } catch {
                // Nothing is done to the others: what stops one may be wrong for all.
                work.name(target)
                throw error
            }
        }
        return .success
    }

    /// The plan for the locked target, and what of it is allowed.
    private func planned<E: Engine>(
        _ lowering: Lowering<E.Object>, _ file: Plan?, _ locked: LockedTarget<E>,
        _ target: Workplace.Target, _ apply: ApplyWork<E>
    ) async throws -> PlannedTarget<E.Object> {
        let attempt = locked.lastAttempt
        if let attempt, let place = InFlight(attempt) {
            let isLater = phase.map { $0 > place.ended } ?? false
            if isLater || file?.digest == attempt.started.planDigest {
                return try await apply.rest(of: attempt, place, locked, name: target.name)
            }
        }
        let work = apply.work
        let assessed = try await work.assess(
            lowering, on: locked.session, applied: locked.applied, name: target.name)
        if let attempt, let place = InFlight(attempt) {
            guard file == nil,
                assessed.target.plan.desiredDigest == attempt.started.plan.desiredDigest
            else {
                throw Failure(
                    .approval, place.conflict + "; nothing was done", help: place.remedy)
            }
            return try await apply.rest(of: attempt, place, locked, name: target.name)
        }
        let reads = Set(lowering.scope.reads.map(\.object))
        if let file, file.digest != assessed.target.plan.digest {
            // The gate refuses it; nothing is assessed for a state that is no more.
            return PlannedTarget(
                plan: file, assessment: stale(file, work), desired: assessed.target.desired,
                managed: apply.managed(assessed.target, applied: locked.applied),
                authorization: .granted, revision: work.workplace.revision,
                implied: lowering.implied, reads: reads)
        }
        work.tellAround(assessed, diagnostics: lowering.diagnostics)
        apply.tell(assessed.target.plan, assessed.assessment, isDecided: file != nil)
        if strict { try work.refuseUnmodelled(assessed.target.unmodelled) }
        try guardAgainstVanishing(assessed, lowering, work.engine)
        return apply.planned(
            assessed, locked,
            authorization: apply.authorize(assessed.target.plan, assessed.assessment),
            implied: lowering.implied, reads: reads)
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
            hasManifests: lowering.hasManifests,
            isAcknowledged: options.autoApprove == .destructive, standsAlone: engine.standsAlone)
        switch verdict {
        case .passes: break
        case .stalls(let reason): throw Failure(.approval, reason)
        }
    }
}
