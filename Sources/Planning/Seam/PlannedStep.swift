/// A step with its effects.
public struct PlannedStep: Hashable, Codable, Sendable {
    /// What is done.
    public var step: Step
    /// What it does to the database and those who use it.
    public var effects: Effects

    /// Makes the value.
    public init(step: Step, effects: Effects) {
        self.step = step
        self.effects = effects
    }
}
