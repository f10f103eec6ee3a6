/// Judges a step's effects by the facts. A rule is named for what it flags.
public protocol RiskRule: Sendable {
    /// The rule's name: `DestroysData`.
    static var name: String { get }
    /// What it flags and why, for its manual page: one paragraph.
    static var summary: String { get }
    /// Names under which other tools know it.
    static var aliases: [String] { get }
    /// What it finds in a step.
    func findings(for subject: RiskSubject) -> [Finding]
}

/// What a rule looks at.
public struct RiskSubject: Sendable {
    /// The step.
    public let step: Step
    /// Its effects.
    public let effects: Effects
    /// What was measured on the target.
    public let observations: Observations

    /// Makes the value.
    public init(step: Step, effects: Effects, observations: Observations) {
        self.step = step
        self.effects = effects
        self.observations = observations
    }
}
