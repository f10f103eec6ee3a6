// Owns the order in which a plan is applied, every failure and loss included. Invariants: nothing
// is run before the gate is passed; a step and its record are kept together; an attempt whose
// end is not recorded can be gone on with. It has no clock, no randomness and no connection.

public import Planning
internal import SchemaCore

/// Applies a plan: says what to do next after each event.
public struct ApplyMachine: Sendable {
    /// Where it stands.
    public internal(set) var state: State = .idle
    /// What is to be told; taken by `takeNews`.
    var news: [ApplyEvent] = []

    let limits: ExecutionLimits
    let actor: String
    /// The phase that is run; nil for all that are left.
    let phase: Phase?
    /// The name of the engine, which the plan has to be for.
    let engine: String

    var capabilities: Capabilities?
    var journal = JournalState()
    /// The attempt that was cut off before this run, until it is decided about.
    var interrupted: JournalAttempt?
    /// The step of the interrupted attempt of which a part is left that its next run removes.
    var broken: String?
    /// What did not fit when the interrupted attempt was given up.
    var abandonedFor: [ObjectDifference] = []
    var proposal: Proposal?
    /// What is under way, from the moment its attempt stands in the journal.
    var run: Run?
    /// The loss of the connection that is being overcome.
    var lost: EngineError?
    var reconnectTries = 0

    /// An attempt that is under way.
    struct Run: Sendable {
        let attempt: Int64
        let plan: Plan
        /// The step that is next or runs.
        var position: Int
        /// The steps that are kept or undone together with it.
        var group: Range<Int>
        /// The step of the group that failed last.
        var failing: Step?
        /// How long the steps of the group took that ran already.
        var timings: [Int64] = []
        var tries = 1
        /// Whether the connection was lost since the last step that is done.
        var wasLost: Bool
        /// The number of steps that are done when it ends.
        let end: Int
        /// Whether it goes on with an attempt of which a phase has ended before.
        let isStaged: Bool

        init(
            attempt: Int64, plan: Plan, position: Int, end: Int, isStaged: Bool = false,
            wasLost: Bool = false
        ) {
            self.attempt = attempt
            self.plan = plan
            self.position = position
            self.end = end
            self.isStaged = isStaged
            self.wasLost = wasLost
            group = position..<position
        }

        var step: Step { plan.steps[position] }
        /// The step that a failure is about.
        var concerned: Step? { failing ?? (isComplete ? nil : step) }
        /// How many steps are done and kept.
        var done: Int { group.lowerBound }
        var isTransactional: Bool { step.transaction != .none }
        var isComplete: Bool { position == end }
        /// Whether no phase is left to another run.
        var isLast: Bool { end == plan.steps.count }
    }

    /// Makes a machine.
    public init(limits: ExecutionLimits, engine: String, actor: String, phase: Phase? = nil) {
        self.phase = phase
        self.limits = limits
        self.engine = engine
        self.actor = actor
    }

    /// What is to be told since the last call.
    public mutating func takeNews() -> [ApplyEvent] {
        defer { news = [] }
        return news
    }

    /// Takes an event and says what to do next.
    public mutating func event(_ event: Event) -> Command {
        switch event {
        case .failed(let error): return failed(error)
        case .cancelled: return cancelled()
        case .start, .done, .locked, .capabilities, .journal, .proposed, .inspected, .outcome,
            .recorded, .safeguarded, .lockHeld, .obstructed, .ran, .blockers:
            break
        }
        switch state {
        case .idle, .locking, .readingCapabilities, .preparingJournal, .readingJournal,
            .examining, .repairing, .recordingOutcome:
            return opening(event)
        case .planning, .reinspecting, .abandoning, .starting, .resuming:
            return deciding(event)
        case .safeguarding, .checkingLock, .beginning, .recordingStart, .running, .recordingDone,
            .committing:
            return stepping(event)
        case .rollingBack, .examiningFailure, .repairingFailure, .findingBlockers, .pausing,
            .recordingFailure, .reconnecting, .pausingReconnect:
            return recovering(event)
        case .verifying, .recordingApplied, .recordingPhase, .finished: return closing(event)
        }
    }

    mutating func go(_ next: State, _ command: Command) -> Command {
        state = next
        return command
    }

    mutating func finish(_ result: ApplyResult) -> Command {
        go(.finished, .finish(result))
    }

    func unexpected(_ event: Event) -> Never {
        preconditionFailure("\(event) is no answer in state \(state)")
    }
}

// Up to the plan: lock, journal, and what an interrupted attempt left.
extension ApplyMachine {
    private mutating func opening(_ event: Event) -> Command {
        switch (state, event) {
        case (.idle, .start): return go(.locking, .acquireLock)
        case (.locking, .locked(let holder)): return locked(holder)
        case (.readingCapabilities, .capabilities(let found)):
            capabilities = found
            return go(.preparingJournal, .prepareJournal)
        case (.preparingJournal, .done): return go(.readingJournal, .readJournal)
        case (.readingJournal, .journal(let found)): return readJournal(found)
        case (.examining(let step, let isRepaired), .outcome(let outcome)):
            return examined(step, outcome, isRepaired)
        // A repair may have taken the step back, or finished it.
        case (.repairing(let step), .done):
            return go(.examining(step, isRepaired: true), .examine(step))
        case (.recordingOutcome, .recorded): return lookAgain()
        default: unexpected(event)
        }
    }

    private mutating func locked(_ holder: LockHolder?) -> Command {
        guard let holder else {
            return run == nil
                ? go(.readingCapabilities, .readCapabilities)
                : go(.readingJournal, .readJournal)
        }
        guard run != nil else { return finish(.busy(holder)) }
        news.append(.waitingForLock(holder))
        return retryReconnect(
            EngineError(
                .connectionLost,
                "after the connection was lost, the target's lock is held by \(holder.summary)"))
    }

    private mutating func readJournal(_ found: JournalState) -> Command {
        journal = found
        if let place = found.firstBreak { return finish(.journalBroken(place)) }
        guard let attempt = found.lastAttempt else {
            return run == nil ? go(.planning, .makePlan) : givenUpElsewhere()
        }
        if let run {
            guard attempt.number == run.attempt else { return givenUpElsewhere() }
            if attempt.result == .applied {
                return finish(.applied(attempt: run.attempt, steps: run.plan.steps.count))
            }
            guard attempt.isUnfinished else { return givenUpElsewhere() }
        }
        guard attempt.isUnfinished else { return go(.planning, .makePlan) }
        interrupted = attempt
        let steps = attempt.started.plan.steps
        guard let open = attempt.open, let step = steps.first(where: { $0.id == open }) else {
            return lookAgain()
        }
        return go(.examining(step, isRepaired: false), .examine(step))
    }

    private mutating func examined(
        _ step: Step, _ outcome: Outcome, _ isRepaired: Bool
    ) -> Command {
        guard let interrupted else { preconditionFailure("nothing was interrupted") }
        switch outcome {
        case .notStarted: return lookAgain()
        case .partial(let repair) where repair.isEmpty || isRepaired:
            broken = step.id
            return lookAgain()
        case .partial(let repair):
            news.append(.repairing(step))
            return go(.repairing(step), .repair(repair))
        case .done:
            let event = JournalEvent.stepDone(
                attempt: interrupted.number, step: step.id, milliseconds: 0)
            self.interrupted?.markDone(step.id)
            return go(.recordingOutcome, .record([event]))
        }
    }

    private mutating func lookAgain() -> Command {
        run == nil ? go(.planning, .makePlan) : go(.reinspecting, .inspect)
    }
}

// The steps.
extension ApplyMachine {
    mutating func nextGroup() -> Command {
        guard var run else { preconditionFailure("nothing is under way") }
        guard !run.isComplete else {
            run.group = run.position..<run.position
            self.run = run
            news.append(.verifying)
            return go(.verifying, .inspect)
        }
        run.group = StepGroups.group(at: run.position, in: run.plan.steps)
        run.timings = []
        run.failing = nil
        self.run = run
        return go(.checkingLock, .checkLock)
    }

    private mutating func stepping(_ event: Event) -> Command {
        guard let run else { preconditionFailure("nothing is under way") }
        switch (state, event) {
        case (.safeguarding, .safeguarded(let kept)):
            if let kept { news.append(.safeguarded(kept)) }
            return nextGroup()
        case (.checkingLock, .lockHeld(true)):
            if run.isTransactional { return go(.beginning, .begin) }
            let event = JournalEvent.stepStarted(attempt: run.attempt, step: run.step.id)
            return go(.recordingStart, .record([event]))
        case (.checkingLock, .lockHeld(false)):
            let error = EngineError(
                .connectionLost, "this session no longer holds the target's lock",
                help: "Connect to the server directly, not through a pooler in transaction mode.")
            return finish(.failed(failure(error)))
        case (.checkingLock, .obstructed(let holders)):
            self.run?.failing = run.step
            return blocked(Self.inTheWay, by: holders)
        case (.beginning, .done), (.recordingStart, .recorded): return runStep()
        case (.running, .ran(let milliseconds)): return ran(milliseconds)
        case (.recordingDone, .recorded): return recordedDone()
        case (.committing, .done): return groupDone()
        default: unexpected(event)
        }
    }

    /// Nobody has been made to wait for it yet.
    private static let inTheWay = EngineError(
        .lockTimeout, "older transactions hold locks that the step would have to wait for",
        help: "Apply again when they have ended, or end them.")

    /// The steps that come next, kept or undone together.
    var upcoming: [Step] { run.map { Array($0.plan.steps[$0.group]) } ?? [] }

    private mutating func runStep() -> Command {
        guard let run else { preconditionFailure("nothing is under way") }
        news.append(
            .stepStarted(run.step, number: run.position + 1, of: run.plan.steps.count))
        return go(.running, .run(run.step))
    }

    mutating func ran(_ milliseconds: Int64) -> Command {
        guard let step = run?.step, let attempt = run?.attempt else {
            preconditionFailure("nothing is under way")
        }
        run?.timings.append(milliseconds)
        let event = JournalEvent.stepDone(
            attempt: attempt, step: step.id, milliseconds: milliseconds)
        return go(.recordingDone, .record([event]))
    }

    private mutating func recordedDone() -> Command {
        guard let run else { preconditionFailure("nothing is under way") }
        guard run.isTransactional else { return groupDone() }
        guard run.position + 1 < run.group.upperBound else { return go(.committing, .commit) }
        self.run?.position += 1
        return runStep()
    }

    private mutating func groupDone() -> Command {
        guard var run else { preconditionFailure("nothing is under way") }
        for (step, milliseconds) in zip(run.plan.steps[run.group], run.timings) {
            news.append(.stepDone(step, milliseconds: milliseconds))
        }
        run.position = run.group.upperBound
        run.tries = 1
        run.wasLost = false
        self.run = run
        lost = nil
        return nextGroup()
    }
}
