// Owns the decision which plan is applied, or whether one goes on that was begun before.

internal import Planning
internal import SchemaCore

extension ApplyMachine {
    mutating func deciding(_ event: Event) -> Command {
        switch (state, event) {
        case (.planning, .proposed(let proposal)):
            self.proposal = proposal
            return decide(live: proposal.live)
        case (.reinspecting, .inspected(let live)): return decide(live: live)
        case (.abandoning, .recorded):
            interrupted = nil
            guard run == nil else {
                return finish(.stale(PlanStale(.interrupted, differences: abandonedFor)))
            }
            return gate()
        case (.starting, .recorded(let number)):
            guard let proposal else { preconditionFailure("no plan was proposed") }
            let plan = proposal.plan
            run = Run(attempt: number, plan: plan, position: 0, end: plan.end(of: phase))
            return begin(done: 0)
        case (.resuming, .recorded): return begin(done: run?.position ?? 0)
        default: unexpected(event)
        }
    }

    private mutating func decide(live: LiveState) -> Command {
        guard let proposal else { preconditionFailure("no plan was proposed") }
        guard let attempt = interrupted else { return gate() }
        if run == nil, proposal.replaces == attempt.number { return abandon(attempt) }
        if run == nil, attempt.isStaged {
            if let refusal = refusal(of: proposal, between: attempt) { return finish(refusal) }
        }
        let plan = attempt.started.plan
        if let rest = attempt.rest {
            let differences = changes(since: rest, live)
            guard differences.isEmpty else {
                return finish(.stale(PlanStale(.betweenPhases, differences: differences)))
            }
            return resume(attempt, at: attempt.done.count)
        }
        let desired = attempt.isStaged ? plan.desiredDigest : proposal.plan.desiredDigest
        let decision = ResumeDecision.of(attempt, desired: desired, live: live.all, broken: broken)
        switch decision {
        case .resume(let position):
            if let result = misplaced(plan, at: position) { return finish(result) }
            return resume(attempt, at: position)
        case .replan(.objectsChanged(let differences)) where attempt.isStaged:
            return finish(.stale(PlanStale(.interrupted, differences: differences)))
        case .replan(let reason):
            news.append(.abandoned(attempt: attempt.number, reason))
            if case .objectsChanged(let differences) = reason { abandonedFor = differences }
            return abandon(attempt)
        }
    }

    private mutating func abandon(_ attempt: JournalAttempt) -> Command {
        let event = JournalEvent.attemptEnded(
            attempt: attempt.number, result: .abandoned, fingerprint: nil)
        return go(.abandoning, .record([event]))
    }

    private mutating func resume(_ attempt: JournalAttempt, at position: Int) -> Command {
        let plan = attempt.started.plan
        // A loss in which the commit got through is progress too.
        let wasLost = run.map { $0.done >= position } ?? false
        // Of a phase that is passed already nothing is run, and nothing of the next one.
        run = Run(
            attempt: attempt.number, plan: plan, position: position,
            end: max(position, plan.end(of: phase)), isStaged: attempt.isStaged, wasLost: wasLost)
        interrupted = nil
        let event = JournalEvent.attemptResumed(attempt: attempt.number, actor: actor)
        return go(.resuming, .record([event]))
    }

    /// Why the next phase of an attempt in flight is not run; nil if it is.
    private func refusal(
        of proposal: Proposal, between attempt: JournalAttempt
    ) -> ApplyResult? {
        guard let place = InFlight(attempt) else { return nil }
        guard proposal.plan.digest == attempt.started.planDigest else { return .inFlight(place) }
        if let phase, phase <= place.ended { return .phaseDone(place) }
        if let result = misplaced(attempt.started.plan, at: place.done) { return result }
        return denial(of: proposal)
    }

    /// What of the steps that are to be run is not allowed; nil if all is.
    private func denial(of proposal: Proposal) -> ApplyResult? {
        switch proposal.authorization {
        case .refused(let refusal): .refused(refusal)
        case .failing(let failures): .willFail(failures)
        case .granted: nil
        }
    }

    /// Why the phase that is asked for does not follow upon so many steps; nil if it does.
    private func misplaced(_ plan: Plan, at position: Int) -> ApplyResult? {
        guard let phase, position < plan.steps.count else { return nil }
        let next = plan.steps[position].phase
        return phase > next ? .outOfOrder(first: next, asked: phase) : nil
    }

    /// What differs from what was recorded when a phase ended.
    private func changes(since rest: Digest, _ live: LiveState) -> [ObjectDifference] {
        guard let proposal else { preconditionFailure("no plan was proposed") }
        let found = live.managed.filter { !proposal.implied.contains($0.key) }
        if Fingerprint.of(found) == rest { return [] }
        guard let applied = journal.applied, applied.fingerprint == rest else {
            return ObjectDifference.between(expected: [:], found: found)
        }
        return ObjectDifference.between(expected: applied.digests, found: found)
    }

    private mutating func gate() -> Command {
        guard let proposal, let capabilities else { preconditionFailure("the gate has no plan") }
        let plan = proposal.plan
        if plan.engine != engine || plan.majorVersion != capabilities.majorVersion {
            let reason = PlanStale.Reason.server(
                planned: "\(plan.engine) \(plan.majorVersion)",
                found: "\(engine) \(capabilities.majorVersion)")
            return finish(.stale(PlanStale(reason)))
        }
        if let desired = proposal.desired, Fingerprint.of(desired) != plan.desiredDigest {
            return finish(.stale(PlanStale(.desired)))
        }
        if Fingerprint.of(proposal.live.managed) != plan.liveFingerprint {
            return finish(.stale(PlanStale(.live, differences: staleObjects(proposal))))
        }
        if let holder = holder(of: proposal) { return finish(.held(by: holder)) }
        if let result = misplaced(plan, at: 0) ?? denial(of: proposal) { return finish(result) }
        // That something was taken back is worth an entry even if there was nothing to do.
        if plan.isEmpty && plan.undoes == nil
            && journal.applied == appliedState(proposal, proposal.live)
        {
            return finish(.nothingToDo)
        }
        return go(.starting, .record([.attemptStarted(proposal.attempt)]))
    }

    /// The attempt that took back what the plan would bring.
    private func holder(of proposal: Proposal) -> Int64? {
        guard let last = journal.lastAttempt, last.result == .applied,
            let undone = last.started.plan.undoes, !proposal.isReleased,
            proposal.plan.undoes == nil, !proposal.plan.isEmpty,
            proposal.plan.desiredDigest == undone.desired
        else { return nil }
        return last.number
    }

    mutating func begin(done: Int) -> Command {
        guard let run else { preconditionFailure("nothing is under way") }
        broken = nil
        news.append(.started(attempt: run.attempt, done: done, of: run.plan.steps.count))
        guard run.plan.steps[done..<run.end].contains(where: { $0.data >= .lossy }) else {
            return nextGroup()
        }
        return go(.safeguarding, .safeguard(run.plan, attempt: run.attempt))
    }

    /// What a plan's steps expect and do not find; where they find all, what differs from what was
    /// last applied.
    private func staleObjects(_ proposal: Proposal) -> [ObjectDifference] {
        var expected: [ObjectID: Digest?] = [:]
        for touch in proposal.plan.steps.flatMap(\.touches)
        where expected[touch.object] == nil { expected[touch.object] = touch.before }
        let touched = expected.compactMap { id, digest in
            ObjectDifference.difference(id, expected: digest, found: proposal.live.all[id])
        }
        if !touched.isEmpty { return touched.sorted { $0.object < $1.object } }
        guard let applied = journal.applied else { return [] }
        return ObjectDifference.between(
            expected: applied.digests, found: proposal.live.managed)
    }
}
