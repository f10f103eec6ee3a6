/// What a user may ask of a plan; part of its digest.
public struct PlanningOptions: Hashable, Codable, Sendable {
    /// Whether indexes on tables that exist are built without blocking writers.
    public var concurrentIndexes: Bool

    /// Makes the value.
    public init(concurrentIndexes: Bool = true) { self.concurrentIndexes = concurrentIndexes }
}
