import SchemaCore

extension Assessment {
    /// Judges a plan by all rules.
    ///
    /// Pure: equal arguments give equal assessments, findings in the order in which they are shown.
    ///
    /// - Parameters:
    ///   - effects: those of each step, in the order of the steps.
    ///   - target: for people, without secrets.
    ///   - done: how many steps are done already: nothing is found in those.
    public static func make(
        plan: Plan, effects: [Effects], observations: Observations, unmodelled: [Unmodelled],
        target: String, done: Int = 0, rules: [any RiskRule] = RiskRules.all
    ) -> Assessment {
        precondition(effects.count == plan.steps.count, "each step has its effects")
        let planned = zip(plan.steps, effects).map { PlannedStep(step: $0, effects: $1) }
        var existing: Set<ObjectID> = []
        var created: Set<ObjectID> = []
        var findings: [Finding] = []
        var timing = ProbeTiming()
        for one in planned[..<done] {
            // By now somebody may use it.
            existing.formUnion(one.step.touches.lazy.filter { $0.after != nil }.map(\.object))
        }
        for (index, one) in planned.enumerated().dropFirst(done) {
            // What was taken away to be made again is not new to those who use it.
            existing.formUnion(
                one.step.touches.lazy.filter { $0.before != nil && !created.contains($0.object) }
                    .map(\.object))
            created.formUnion(one.step.createdObjects.subtracting(existing))
            let subject = RiskSubject(
                step: one.step, effects: one.effects, observations: observations,
                following: sameTransaction(planned, behind: index), created: created,
                earlyProbes: timing.early(in: one.step))
            timing.pass(one.step, one.effects)
            findings += sorted(rules.flatMap { $0.findings(for: subject) }, rules)
        }
        let about = RiskTarget(unmodelled: Set(unmodelled).sorted())
        findings += sorted(rules.flatMap { $0.findings(in: about) }, rules)
        return Assessment(
            plan: plan, target: target, effects: effects, observations: observations,
            findings: findings)
    }

    /// The assessment with its steps judged again by the plan and the effects: what somebody wrote
    /// into a file as findings and risks is not taken from it. What is about the target stays.
    ///
    /// - Returns: nil if it is not an assessment of this plan.
    public func judgedAgain(for plan: Plan) -> Assessment? {
        guard planDigest == plan.digest, effects.count == plan.steps.count else { return nil }
        let judged = Assessment.make(
            plan: plan, effects: effects, observations: observations, unmodelled: [],
            target: target)
        return Assessment(
            plan: plan, target: target, effects: effects, observations: observations,
            findings: judged.findings + findings.filter { $0.step == nil })
    }

    /// The steps behind one that share its transaction, up to the first that does not.
    private static func sameTransaction(
        _ planned: [PlannedStep], behind index: Int
    ) -> [PlannedStep] {
        switch planned[index].step.transaction {
        case .own, .none: []
        case .shared:
            Array(
                planned[(index + 1)...].prefix {
                    $0.step.transaction == planned[index].step.transaction
                })
        }
    }

    private static func sorted(_ findings: [Finding], _ rules: [any RiskRule]) -> [Finding] {
        let ranks = Dictionary(
            rules.enumerated().map { (type(of: $1).name, $0) }, uniquingKeysWith: min)
        return findings.sorted { lhs, rhs in
            if lhs.severity != rhs.severity { return lhs.severity > rhs.severity }
            if lhs.risk != rhs.risk { return lhs.risk > rhs.risk }
            let left = ranks[lhs.rule] ?? .max
            let right = ranks[rhs.rule] ?? .max
            if left != right { return left < right }
            if lhs.object != rhs.object { return lhs.object < rhs.object }
            return lhs.message < rhs.message
        }
    }
}

extension Step {
    /// What the step makes anew. A step that also removes an object of the same kind may rename
    /// it, data and all; then nothing counts as new.
    var createdObjects: Set<ObjectID> {
        let gone = Set(touches.filter { $0.after == nil }.map(\.object.kind))
        return Set(
            touches.filter {
                $0.before == nil && $0.after != nil && !gone.contains($0.object.kind)
            }.map(\.object))
    }
}
