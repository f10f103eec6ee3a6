/// What a rule looks at that is about the target, not about a step.
public struct RiskTarget: Sendable {
    /// What in the managed schemas Lockstep does not model.
    public let unmodelled: [Unmodelled]

    /// Makes the value.
    public init(unmodelled: [Unmodelled]) { self.unmodelled = unmodelled }
}
