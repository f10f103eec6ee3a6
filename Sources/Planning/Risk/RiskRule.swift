/// Judges a step's effects by the facts. A rule is named for what it flags.
///
/// A rule never reads SQL: what a step does stands in its effects.
public protocol RiskRule: Sendable {
    /// The rule's name: `DestroysData`.
    static var name: String { get }
    /// What it flags and why, for its manual page: one paragraph.
    static var summary: String { get }
    /// Names under which other tools know it.
    static var aliases: [String] { get }
    /// When it gives which severity and risk: one line each, the gravest first.
    static var severities: [String] { get }
    /// Whether its severity follows the size of tables, so that the thresholds concern it.
    static var followsSize: Bool { get }
    /// What it flags and its harmless twin, for its manual page.
    static var examples: RiskExamples { get }
    /// What it finds in a step.
    func findings(for subject: RiskSubject) -> [Finding]
    /// What it finds in the target, apart from any step.
    func findings(in target: RiskTarget) -> [Finding]
}

extension RiskRule {
    /// Nothing: most rules look at steps or at targets, not at both.
    public func findings(for subject: RiskSubject) -> [Finding] { [] }
    /// Nothing: most rules look at steps or at targets, not at both.
    public func findings(in target: RiskTarget) -> [Finding] { [] }
}
