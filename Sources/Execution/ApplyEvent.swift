public import Planning

/// What a run tells while it goes on.
public enum ApplyEvent: Hashable, Sendable {
    /// The plan is accepted; so many of its steps are done already.
    case started(attempt: Int64, done: Int, of: Int)
    /// An attempt that was cut off is given up for a new plan.
    case abandoned(attempt: Int64, ResumeDecision.Reason)
    /// What may be lost was kept.
    case safeguarded(Safeguard)
    /// A step begins.
    case stepStarted(Step, number: Int, of: Int)
    /// A step has been running for so many milliseconds.
    case stepProgress(Step, StepProgress, milliseconds: Int64)
    /// A step is done and kept.
    case stepDone(Step, milliseconds: Int64)
    /// A step is tried again after a pause; who holds the locks is told as far as it is known.
    case retry(Step, after: EngineError, blockers: [LockHolder], nextTry: Int, of: Int)
    /// What an interrupted step left is removed.
    case repairing(Step)
    /// The connection was lost and is made anew.
    case reconnecting(EngineError)
    /// After a loss of the connection, the server's old process still holds the lock.
    case waitingForLock(LockHolder)
    /// All steps are done; the target is read again.
    case verifying
}
