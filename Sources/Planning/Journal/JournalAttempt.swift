public import SchemaCore

// Owns what the entries of one attempt mean.

/// An attempt to apply a plan, as far as it came.
public struct JournalAttempt: Hashable, Sendable {
    /// Its number: that of the entry that started it.
    public let number: Int64
    /// What was to be applied, by whom, from where.
    public let started: JournalEvent.AttemptStarted
    /// The ids of the steps that are done, in the order in which they were.
    public private(set) var done: [String]
    /// The step outside a transaction that was begun and of which no end is recorded.
    public private(set) var open: String?
    /// How it ended; nil if it was cut off or rests.
    public private(set) var result: AttemptResult?
    /// The last phase that ended while others were to come; nil if none did.
    public private(set) var endedPhase: Phase?
    /// The fingerprint of what was recorded as applied when it came to rest between two phases; nil
    /// if it ended, was cut off or runs.
    public private(set) var rest: Digest?

    /// Reads the entries from an `attemptStarted` on; nil if they do not begin with one.
    public init?(_ entries: [JournalEntry]) {
        guard let first = entries.first, case .attemptStarted(let started) = first.event else {
            return nil
        }
        number = first.sequence
        self.started = started
        done = []
        for entry in entries.dropFirst() { read(entry) }
    }

    /// Whether it neither ended nor was given up.
    public var isUnfinished: Bool { result == nil }
    /// Whether it is in flight between its phases: what comes next is no matter of the manifests
    /// of now, but of its own plan.
    public var isStaged: Bool { isUnfinished && endedPhase != nil }
    /// The phase of its next step; nil where no step is left.
    public var nextPhase: Phase? {
        let steps = started.plan.steps
        return done.count < steps.count ? steps[done.count].phase : nil
    }

    /// Counts a step as done whose record is about to be written.
    public mutating func markDone(_ step: String) {
        done.append(step)
        if open == step { open = nil }
    }

    private mutating func read(_ entry: JournalEntry) {
        switch entry.event {
        case .attemptStarted: break
        case .attemptResumed(let attempt, _):
            if attempt == number { rest = nil }
        case .phaseEnded(let attempt, let phase, let fingerprint):
            guard attempt == number else { return }
            endedPhase = phase
            rest = fingerprint
        case .stepStarted(let attempt, let step):
            if attempt == number { open = step }
        case .stepDone(let attempt, let step, _):
            if attempt == number { markDone(step) }
        case .stepFailed(let attempt, let step, _, _):
            if attempt == number, open == step { open = nil }
        case .attemptEnded(let attempt, let result, _):
            guard attempt == number else { return }
            self.result = result
            rest = nil
        }
    }
}
