/// What a user may ask of a plan; part of its digest.
public struct PlanningOptions: Hashable, Codable, Sendable {
    /// Whether indexes on tables that exist are built without blocking writers.
    public var concurrentIndexes: Bool

    /// For how many seconds what is dropped and holds data stays in quarantine before it may be
    /// purged; nil drops it at once.
    public var retention: Int?

    /// Makes the value.
    public init(concurrentIndexes: Bool = true, retention: Int? = nil) {
        self.concurrentIndexes = concurrentIndexes
        self.retention = retention
    }
}
