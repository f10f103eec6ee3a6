public import Planning

/// How a run ended.
public enum ApplyResult: Hashable, Sendable {
    /// All steps are done and the target has the desired state.
    case applied(attempt: Int64, steps: Int)
    /// All steps up to the end of a phase are done; the attempt rests until the next is run.
    case phaseDone(InFlight)
    /// The target has the desired state already.
    case nothingToDo
    /// Another plan is between its phases: it is finished or taken back first. Nothing was done.
    case inFlight(InFlight)
    /// A phase was asked for before this one, which comes first; nothing was done.
    case outOfOrder(first: Phase, asked: Phase)
    /// What is desired was taken back by this attempt, and nobody said that it is wanted again;
    /// nothing was done.
    case held(by: Int64)
    /// The plan was made for another state; nothing was done.
    case stale(PlanStale)
    /// Another run holds the target's lock; nothing was done.
    case busy(LockHolder)
    /// Not everything was allowed; nothing was done.
    case refused(Authorization.Refusal)
    /// Steps are known to fail on rows that are there; nothing was done.
    case willFail([Authorization.CertainFailure])
    /// Somebody changed the journal; nothing was done.
    case journalBroken(JournalBreak)
    /// A step or what is around it failed.
    case failed(ApplyFailure)
    /// The run was cancelled at a place from which the next one goes on.
    case interrupted(done: Int, of: Int)
}

/// Why a plan is not applied to a target: the state it was made for is no longer.
public struct PlanStale: Hashable, Sendable {
    /// What is not as the plan has it.
    public enum Reason: Hashable, Sendable {
        /// The server: the plan is for another engine or major version.
        case server(planned: String, found: String)
        /// What is desired.
        case desired
        /// The live objects.
        case live
        /// What a step that was interrupted needs or left.
        case interrupted
        /// The live objects, since the phase before ended.
        case betweenPhases
    }
    /// What is not as the plan has it.
    public var reason: Reason
    /// The objects that differ, as far as they can be known: a plan holds the digests of what its
    /// steps touch and one fingerprint over all.
    public var differences: [ObjectDifference]

    /// Makes the value.
    public init(_ reason: Reason, differences: [ObjectDifference] = []) {
        self.reason = reason
        self.differences = differences
    }
}

/// What failed.
public struct ApplyFailure: Hashable, Sendable {
    /// The step; nil if it was none.
    public var step: Step?
    /// What happened.
    public var error: EngineError
    /// Who held the locks that it waited for.
    public var blockers: [LockHolder]
    /// The objects that are not as desired after all steps.
    public var differences: [ObjectDifference]
    /// How many steps are done.
    public var done: Int
    /// How many steps there are.
    public var total: Int
    /// Whether the journal holds an attempt that the next run goes on with.
    public var isResumable: Bool

    /// Makes the value.
    public init(
        step: Step?, error: EngineError, blockers: [LockHolder] = [],
        differences: [ObjectDifference] = [], done: Int, total: Int, isResumable: Bool
    ) {
        self.step = step
        self.error = error
        self.blockers = blockers
        self.differences = differences
        self.done = done
        self.total = total
        self.isResumable = isResumable
    }
}
