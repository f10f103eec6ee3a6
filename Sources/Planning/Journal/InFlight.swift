/// An attempt that rests between its phases.
public struct InFlight: Hashable, Sendable {
    /// Its number.
    public var attempt: Int64
    /// The phase that ended last.
    public var ended: Phase
    /// The phase that comes next.
    public var next: Phase
    /// How many steps are done.
    public var done: Int
    /// How many there are.
    public var total: Int

    /// Makes the value.
    public init(attempt: Int64, ended: Phase, next: Phase, done: Int, total: Int) {
        self.attempt = attempt
        self.ended = ended
        self.next = next
        self.done = done
        self.total = total
    }

    /// Reads the attempt; nil if it is not in flight, or nothing of it is left to run.
    public init?(_ attempt: JournalAttempt) {
        guard attempt.isStaged, let ended = attempt.endedPhase, let next = attempt.nextPhase else {
            return nil
        }
        self.init(
            attempt: attempt.number, ended: ended, next: next, done: attempt.done.count,
            total: attempt.started.plan.steps.count)
    }

    /// For people: why nothing else is planned or applied meanwhile.
    public var conflict: String {
        "attempt #\(attempt) rests after its \(ended.rawValue) phase, and the manifests mean "
            + "something else now"
    }

    /// For people: what to do about that.
    public var remedy: String {
        "finish it first with lockstep apply --phase \(next.rawValue), or take it back with "
            + "lockstep abort"
    }

    /// For people: where it stands.
    public var summary: String {
        "Attempt #\(attempt) is in flight: its \(ended.rawValue) phase is done, \(done) of "
            + HumanText.count(Int64(total), "step") + "; \(next.rawValue) comes next."
    }
}
