// Owns what follows a failure, a lost connection and a cancellation, and the end of a run.

internal import Planning
internal import SchemaCore

extension ApplyMachine {
    mutating func failed(_ error: EngineError) -> Command {
        if error.kind == .connectionLost { return connectionLost(error) }
        switch state {
        case .running, .recordingStart:
            guard let run else { preconditionFailure("nothing is under way") }
            self.run?.failing = run.step
            if run.isTransactional { return go(.rollingBack(error), .rollback) }
            return go(.examiningFailure(error, isRepaired: false), .examine(run.step))
        case .checkingLock where error.isTransient, .beginning where error.isTransient:
            // Where one writer keeps all others waiting, that is where the waiting is.
            guard let run else { preconditionFailure("nothing is under way") }
            self.run?.failing = run.step
            return go(.rollingBack(error), .rollback)
        case .safeguarding:
            guard let run else { preconditionFailure("nothing is under way") }
            self.run?.failing = run.step
            return recordFailure(failure(error))
        case .recordingDone, .committing:
            // A commit that is refused, by a deferred constraint for example, undoes the group.
            guard let run, run.isTransactional else { return finish(.failed(failure(error))) }
            self.run?.failing = run.step
            return go(.rollingBack(error), .rollback)
        case .examiningFailure(let first, _), .repairingFailure(let first): return judge(first)
        case .findingBlockers(let first): return blocked(first, by: [])
        case .recordingFailure(let failure): return finish(.failed(failure))
        case .reconnecting: return retryReconnect(error)
        case .idle, .locking, .readingCapabilities, .preparingJournal, .readingJournal,
            .examining, .repairing, .recordingOutcome, .planning, .reinspecting, .abandoning,
            .starting, .resuming, .checkingLock, .beginning, .rollingBack, .pausing,
            .verifying, .recordingApplied, .recordingPhase, .pausingReconnect:
            return finish(.failed(failure(error)))
        case .finished: unexpected(.failed(error))
        }
    }

    mutating func cancelled() -> Command {
        switch state {
        case .beginning, .running, .recordingDone, .committing:
            if run?.isTransactional == true { return go(.rollingBack(nil), .rollback) }
            return interrupt()
        case .idle, .locking, .readingCapabilities, .preparingJournal, .readingJournal,
            .examining, .repairing, .recordingOutcome, .planning, .reinspecting, .abandoning,
            .starting, .resuming, .safeguarding, .checkingLock, .recordingStart, .rollingBack,
            .examiningFailure, .repairingFailure, .findingBlockers, .pausing,
            .recordingFailure, .verifying, .recordingApplied, .recordingPhase, .reconnecting,
            .pausingReconnect:
            return interrupt()
        case .finished: unexpected(.cancelled)
        }
    }

    mutating func recovering(_ event: Event) -> Command {
        switch (state, event) {
        case (.rollingBack(let error), .done):
            // What ran before it in the group is undone too.
            if let done = run?.done { run?.position = done }
            guard let error else { return interrupt() }
            return judge(error)
        case (.examiningFailure(let error, let isRepaired), .outcome(let outcome)):
            return examinedFailure(error, outcome, isRepaired)
        case (.repairingFailure(let error), .done):
            guard let run else { preconditionFailure("nothing is under way") }
            return go(.examiningFailure(error, isRepaired: true), .examine(run.step))
        case (.findingBlockers(let error), .blockers(let holders)):
            return blocked(error, by: holders)
        case (.pausing, .done): return nextGroup()
        case (.recordingFailure(let failure), .recorded): return finish(.failed(failure))
        case (.reconnecting, .done): return go(.locking, .acquireLock)
        case (.pausingReconnect, .done): return go(.reconnecting, .reconnect)
        default: unexpected(event)
        }
    }

    mutating func closing(_ event: Event) -> Command {
        guard let run, let proposal else { preconditionFailure("nothing is under way") }
        switch (state, event) {
        case (.verifying, .inspected(let live)):
            return run.isLast
                ? verified(run, proposal, live) : phaseEnded(run, proposal, live)
        case (.recordingPhase(let place), .recorded): return finish(.phaseDone(place))
        case (.recordingApplied, .recorded):
            return finish(
                run.plan.isEmpty
                    ? .nothingToDo
                    : .applied(attempt: run.attempt, steps: run.plan.steps.count))
        default: unexpected(event)
        }
    }
}

// Failed steps.
extension ApplyMachine {
    private mutating func examinedFailure(
        _ error: EngineError, _ outcome: Outcome, _ isRepaired: Bool
    ) -> Command {
        switch outcome {
        case .notStarted: return judge(error)
        case .done: return ran(0)
        case .partial(let repair) where repair.isEmpty || isRepaired: return judge(error)
        case .partial(let repair):
            if let step = run?.step { news.append(.repairing(step)) }
            return go(.repairingFailure(error), .repair(repair))
        }
    }

    /// Another try, or the end.
    private mutating func judge(_ error: EngineError) -> Command {
        guard let run else { preconditionFailure("nothing is under way") }
        guard error.isTransient else { return recordFailure(failure(error)) }
        return go(.findingBlockers(error), .findBlockers(run.concerned ?? run.step))
    }

    mutating func blocked(_ error: EngineError, by holders: [LockHolder]) -> Command {
        guard let run else { preconditionFailure("nothing is under way") }
        guard run.tries < limits.attempts else {
            return recordFailure(failure(error, blockers: holders))
        }
        let next = run.tries + 1
        self.run?.tries = next
        news.append(
            .retry(
                run.concerned ?? run.step, after: error, blockers: holders, nextTry: next,
                of: limits.attempts))
        return go(.pausing, .pause(beforeTry: next))
    }

    private mutating func recordFailure(_ failure: ApplyFailure) -> Command {
        guard let run, let step = failure.step else {
            preconditionFailure("no step has failed")
        }
        let failed = JournalEvent.stepFailed(
            attempt: run.attempt, step: step.id, code: failure.error.code,
            message: failure.error.message)
        // What came of a phase that has ended is not for the manifests of now to say.
        if run.isStaged { return go(.recordingFailure(failure), .record([failed])) }
        var ended = failure
        ended.isResumable = false
        let event = JournalEvent.attemptEnded(
            attempt: run.attempt, result: .failed, fingerprint: nil)
        return go(.recordingFailure(ended), .record([failed, event]))
    }

    /// What a failure at this place means: an attempt without an end in the journal is gone on
    /// with by the next run.
    func failure(_ error: EngineError, blockers: [LockHolder] = []) -> ApplyFailure {
        guard let run else {
            return ApplyFailure(
                step: nil, error: error, done: 0, total: proposal?.plan.steps.count ?? 0,
                isResumable: interrupted != nil)
        }
        return ApplyFailure(
            step: run.concerned, error: error, blockers: blockers, done: run.done,
            total: run.plan.steps.count, isResumable: true)
    }

    private mutating func interrupt() -> Command {
        finish(.interrupted(done: run?.done ?? 0, of: run?.plan.steps.count ?? 0))
    }
}

// Lost connections.
extension ApplyMachine {
    private mutating func connectionLost(_ error: EngineError) -> Command {
        guard run != nil else { return finish(.failed(failure(error))) }
        switch state {
        case .reconnecting: return retryReconnect(error)
        case .recordingFailure(let failure): return finish(.failed(failure))
        case .finished: unexpected(.failed(error))
        case .idle, .locking, .readingCapabilities, .preparingJournal, .readingJournal,
            .examining, .repairing, .recordingOutcome, .planning, .reinspecting, .abandoning,
            .starting, .resuming, .safeguarding, .checkingLock, .beginning, .recordingStart,
            .running,
            .recordingDone, .committing, .rollingBack, .examiningFailure, .repairingFailure,
            .findingBlockers, .pausing, .verifying, .recordingApplied, .recordingPhase,
            .pausingReconnect:
            break
        }
        // Lost twice without a step done in between: it may be the step that ends the server.
        guard run?.wasLost == false else { return finish(.failed(failure(error))) }
        run?.wasLost = true
        lost = error
        reconnectTries = 1
        news.append(.reconnecting(error))
        return go(.reconnecting, .reconnect)
    }

    mutating func retryReconnect(_ error: EngineError) -> Command {
        guard reconnectTries < limits.attempts else {
            return finish(.failed(failure(error)))
        }
        reconnectTries += 1
        return go(.pausingReconnect, .pause(beforeTry: reconnectTries))
    }

    /// While the connection was away, another run took the lock and dealt with our attempt.
    mutating func givenUpElsewhere() -> Command {
        let cause = lost ?? EngineError(.connectionLost, "the connection was lost")
        var failure = failure(cause)
        failure.error.help = "Another run went on or made a new plan meanwhile. Run again."
        failure.isResumable = false
        return finish(.failed(failure))
    }
}

// The end.
extension ApplyMachine {
    private mutating func verified(
        _ run: Run, _ proposal: Proposal, _ live: LiveState
    ) -> Command {
        let fingerprint = Fingerprint.of(live.managed)
        guard fingerprint == run.plan.desiredDigest else {
            // Where only the plan is at hand, it knows what its steps leave.
            let differences =
                proposal.desired.map {
                    ObjectDifference.between(expected: $0, found: live.managed)
                } ?? differences(from: run, live)
            return recordMismatch(
                run, differences, fingerprint: fingerprint,
                what: "all steps are done, but the target is not as desired")
        }
        return go(
            .recordingApplied,
            .recordApplied(
                appliedState(proposal, live),
                [
                    .attemptEnded(
                        attempt: run.attempt, result: .applied, fingerprint: fingerprint)
                ]))
    }

    /// A phase has ended and others are to come: what its steps touched has to be as they leave
    /// it, and all that is there now is what drift is measured against meanwhile.
    private mutating func phaseEnded(
        _ run: Run, _ proposal: Proposal, _ live: LiveState
    ) -> Command {
        guard let phase else { preconditionFailure("only a run of one phase ends before the last") }
        let differences = differences(from: run, live)
        guard differences.isEmpty else {
            return recordMismatch(
                run, differences, fingerprint: Fingerprint.of(live.managed),
                what: "all steps of the phase are done, but what they touched is not as planned")
        }
        var state = appliedState(proposal, live)
        state.scope = run.plan.scope
        let event = JournalEvent.phaseEnded(
            attempt: run.attempt, phase: phase, fingerprint: state.fingerprint)
        let place = InFlight(
            attempt: run.attempt, ended: phase, next: run.plan.steps[run.end].phase,
            done: run.end, total: run.plan.steps.count)
        return go(.recordingPhase(place), .recordApplied(state, [event]))
    }

    /// What of all that the steps touched up to the end of a run is not as they leave it. Of what
    /// steps to come change further, no step tells how it looks in between.
    private func differences(from run: Run, _ live: LiveState) -> [ObjectDifference] {
        let pending = Set(run.plan.steps[run.end...].flatMap(\.touches).map(\.object))
        let touches = run.plan.steps[..<run.end].flatMap(\.touches)
            .filter { !pending.contains($0.object) }
        let touched = Set(touches.map(\.object))
        var expected: [ObjectID: Digest] = [:]
        for touch in touches { expected[touch.object] = touch.after }
        return ObjectDifference.between(
            expected: expected, found: live.all.filter { touched.contains($0.key) })
    }

    private mutating func recordMismatch(
        _ run: Run, _ differences: [ObjectDifference], fingerprint: Digest, what: String
    ) -> Command {
        let names = differences.prefix(5).map(\.description).joined(separator: "; ")
        var failure = failure(
            EngineError(
                .refused,
                what
                    + (names.isEmpty ? "" : ": \(names)"),
                help: "Somebody else may have changed the target meanwhile. Plan again."))
        failure.differences = differences
        failure.isResumable = false
        return go(
            .recordingFailure(failure),
            .record([
                .attemptEnded(attempt: run.attempt, result: .failed, fingerprint: fingerprint)
            ]))
    }

    func appliedState(_ proposal: Proposal, _ live: LiveState) -> AppliedState {
        var scope = proposal.plan.scope
        // What was declared once and is no longer was looked at to be taken away.
        if let declared = proposal.reads {
            scope.reads.removeAll { !declared.contains($0.object) }
        }
        return AppliedState(
            objects: live.managed.filter { !proposal.implied.contains($0.key) },
            desiredDigest: proposal.plan.desiredDigest,
            revision: proposal.attempt.revision, scope: scope)
    }
}
