public import SchemaCore

/// The steps, or why there can be none.
public struct PlanningResult: Sendable {
    /// The steps in order with the effects that are known of each.
    public var steps: [PlannedStep]
    /// Errors for changes that cannot be made; never an empty list of steps in their place.
    public var diagnostics: [Diagnostic]
    /// What the steps drop, for good or to make it again, by its address in the live catalog.
    public var removed: Set<ObjectID>
    /// What of it does not come back.
    public var dropped: Set<ObjectID>
    /// The columns that change their type, by the same addresses.
    public var retyped: Set<ObjectID>
    /// What of what is dropped is only taken out of use: what stands on it stays.
    public var kept: Set<ObjectID>
    /// What is made again with all that belongs to it, by its address after the renames: what of
    /// that is not managed would be gone.
    public var remade: Set<ObjectID>

    /// Makes the value.
    public init(
        steps: [PlannedStep], diagnostics: [Diagnostic], removed: Set<ObjectID> = [],
        dropped: Set<ObjectID> = [], retyped: Set<ObjectID> = [], remade: Set<ObjectID> = [],
        kept: Set<ObjectID> = []
    ) {
        self.kept = kept
        self.steps = steps
        self.diagnostics = diagnostics
        self.removed = removed
        self.dropped = dropped
        self.retyped = retyped
        self.remade = remade
    }
}
