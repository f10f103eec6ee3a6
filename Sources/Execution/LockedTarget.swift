public import Planning

/// A target whose lock is held, as a plan is made for it.
public struct LockedTarget<E: ExecutionEngine>: Sendable {
    /// The session that holds the lock. It is the runner's: no transaction may be left open in it,
    /// and it is not closed by the caller.
    public let session: E.Session
    /// What the server can do.
    public let capabilities: Capabilities
    /// What was last applied.
    public let applied: AppliedState?
    /// The newest attempt; nil where nothing was attempted.
    public let lastAttempt: JournalAttempt?
}
