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
    /// How it ended; nil if it was cut off.
    public private(set) var result: AttemptResult?

    /// Reads the entries from an `attemptStarted` on; nil if they do not begin with one.
    public init?(_ entries: [JournalEntry]) {
        guard let first = entries.first, case .attemptStarted(let started) = first.event else {
            return nil
        }
        number = first.sequence
        self.started = started
        done = []
        for entry in entries.dropFirst() { read(entry.event) }
    }

    /// Whether it neither ended nor was given up.
    public var isUnfinished: Bool { result == nil }

    /// Counts a step as done whose record is about to be written.
    public mutating func markDone(_ step: String) {
        done.append(step)
        if open == step { open = nil }
    }

    private mutating func read(_ event: JournalEvent) {
        switch event {
        case .attemptStarted, .attemptResumed: break
        case .stepStarted(let attempt, let step):
            if attempt == number { open = step }
        case .stepDone(let attempt, let step, _):
            if attempt == number { markDone(step) }
        case .stepFailed(let attempt, let step, _, _):
            if attempt == number, open == step { open = nil }
        case .attemptEnded(let attempt, let result, _):
            if attempt == number { self.result = result }
        }
    }
}
