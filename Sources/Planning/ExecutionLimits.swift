/// How long a step may wait and run.
public struct ExecutionLimits: Hashable, Sendable {
    /// How long a statement waits for a lock, in milliseconds; it queues everybody behind it.
    public var lockTimeout: Int
    /// How long a statement in a transaction may run, in milliseconds; 0 for no limit.
    public var statementTimeout: Int
    /// How long one concurrent build may run, in milliseconds.
    public var buildTimeout: Int
    /// How often a step is tried when its lock is not had.
    public var attempts: Int
    /// The pause before the second try, in milliseconds; it doubles, with jitter, up to
    /// `longestPause`.
    public var firstPause: Int
    /// The longest pause, in milliseconds.
    public var longestPause: Int
    /// How long a step runs before the server is asked how far it is, in milliseconds; the next
    /// times it is twice as long, up to `longestLook`.
    public var firstLook: Int
    /// The longest time between two looks, in milliseconds.
    public var longestLook: Int

    /// Makes limits; the defaults are those of the documentation.
    public init(
        lockTimeout: Int = 2_000, statementTimeout: Int = 0, buildTimeout: Int = 21_600_000,
        attempts: Int = 10, firstPause: Int = 200, longestPause: Int = 10_000,
        firstLook: Int = 1_000, longestLook: Int = 60_000
    ) {
        self.lockTimeout = lockTimeout
        self.statementTimeout = statementTimeout
        self.buildTimeout = buildTimeout
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.firstLook = firstLook
        self.longestLook = longestLook
    }
}
