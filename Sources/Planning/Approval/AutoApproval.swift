internal import Manifest

/// Decides what `--auto-approve` and `--acknowledge` allow.
///
/// A level allows steps up to that risk. A step that can lose data runs only if it is acknowledged
/// by its id, or with the level `destructive`; an acknowledgement is consent to that step whole,
/// whatever else it breaks. Without a level, nothing above `safe` runs; where there is a terminal,
/// the shell asks a person and calls again with the level that was agreed to.
///
/// No consent helps a step that is known to fail, on rows that are there or for want of a
/// privilege: then nothing runs, so that no step before it is left behind.
public enum AutoApproval {
    /// What the flags allow of a plan as it was assessed for the target.
    ///
    /// - Parameter steps: the places of those that are to be run; all where none is given.
    public static func authorize(
        plan: Plan, assessment: Assessment, autoApprove: Risk?, acknowledged: Set<String>,
        steps: Range<Int>? = nil
    ) -> Authorization {
        let failing = certainFailures(plan, assessment, steps ?? plan.steps.indices)
        if !failing.isEmpty { return .failing(failing) }
        return
            refusal(
                plan: plan, assessment: assessment, autoApprove: autoApprove,
                acknowledged: acknowledged, steps: steps
            ).map { .refused($0) } ?? .granted
    }

    /// What consent is missing, whether the plan would succeed or not; nil if none is.
    ///
    /// - Parameter steps: the places of those that are to be run; all where none is given.
    public static func refusal(
        plan: Plan, assessment: Assessment, autoApprove: Risk?, acknowledged: Set<String>,
        steps: Range<Int>? = nil
    ) -> Authorization.Refusal? {
        precondition(assessment.planDigest == plan.digest, "an assessment of another plan")
        let level = autoApprove ?? .safe
        let ids = plan.steps.map(\.id)
        let unknown = acknowledged.subtracting(ids).sorted().map {
            Authorization.UnknownStep(id: $0, suggestion: DidYouMean.closest(to: $0, in: ids))
        }
        var missing: [String] = []
        var needed = Risk.safe
        let steps = steps ?? plan.steps.indices
        for (step, risk) in zip(plan.steps[steps], assessment.stepRisks[steps])
        where !acknowledged.contains(step.id) {
            // The data class is part of the digested plan, so a rule that finds nothing cannot
            // take the need to acknowledge away.
            if risk == .destructive || step.data >= .lossy {
                if level < .destructive { missing.append(step.id) }
            } else {
                needed = max(needed, risk)
            }
        }
        if unknown.isEmpty && missing.isEmpty && needed <= level { return nil }
        return .init(missing: missing, needed: needed > level ? needed : nil, unknown: unknown)
    }

    /// The steps that fail on what was counted, but for those whose rows the plan changes first;
    /// and those that the role may not run.
    private static func certainFailures(
        _ plan: Plan, _ assessment: Assessment, _ steps: Range<Int>
    ) -> [Authorization.CertainFailure] {
        var timing = ProbeTiming()
        var failures: [Authorization.CertainFailure] = []
        for (step, effects) in zip(plan.steps[steps], assessment.effects[steps]) {
            for probe in step.probes where probe.meaning == .fails && !timing.isEarly(probe) {
                let answer = assessment.observations.answer(step: step.id, probe: probe.name)
                guard let answer, answer.isPositive else { continue }
                failures.append(.rows(answer, probe, step: step.id))
            }
            for denial in assessment.observations.denials where denial.step == step.id {
                failures.append(
                    .init(
                        step: step.id, reason: "\(denial.object): it needs \(denial.needs)",
                        remedy: NeedsPrivilege.remedy))
            }
            timing.pass(step, effects)
        }
        return failures
    }
}
