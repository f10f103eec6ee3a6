public import SchemaCore

/// What a later phase of an attempt, and the way back from it, need and its plan does not tell.
public struct AttemptContext: Hashable, Codable, Sendable {
    /// The effects of each step as they were assessed, in the order of the steps.
    public var effects: [Effects]
    /// What is desired without being declared, which is not recorded as applied; in order.
    public var implied: [ObjectID]
    /// The addresses of what the manifests have read beside the schema, in order; nil keeps all.
    public var reads: [ObjectID]?
    /// The renames of the plan, implied ones among them, in order.
    public var renames: [Rename]
    /// What was there before.
    public var former: FormerState

    /// Makes the value.
    public init(
        effects: [Effects], implied: Set<ObjectID>, reads: Set<ObjectID>?, renames: [Rename],
        former: FormerState
    ) {
        self.effects = effects
        self.implied = implied.sorted()
        self.reads = reads?.sorted()
        self.renames = renames
        self.former = former
    }
}
