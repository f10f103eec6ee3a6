/// A step with its effects.
public struct PlannedStep: Hashable, Codable, Sendable {
    /// What is done.
    public var step: Step
    /// What it does to the database and those who use it.
    public var effects: Effects

    /// What it needs rights on beside what it touches.
    public var requirements: Set<Requirement>

    /// Makes the value.
    public init(step: Step, effects: Effects, requirements: Set<Requirement> = []) {
        self.step = step
        self.effects = effects
        self.requirements = requirements
    }
}
