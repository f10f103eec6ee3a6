public import SchemaCore

/// What is known of a plan on one target at one time. It is no part of the plan's digest.
public struct Assessment: Hashable, Codable, Sendable {
    /// `lockstep.dev/v1`.
    public var apiVersion = "lockstep.dev/v1"
    /// `Assessment`.
    public var kind = "Assessment"
    /// The plan it is about.
    public var planDigest: Digest
    /// The target, without secrets.
    public var target: String
    /// The effects of each step, in the order of the steps.
    public var effects: [Effects]
    /// What was measured.
    public var observations: Observations
    /// What the rules found, the gravest first within each step, in the order of the steps; those
    /// about the target last.
    public var findings: [Finding]
    /// The risk of each step, in the order of the steps.
    public var stepRisks: [Risk]
    /// The highest risk.
    public var risk: Risk

    /// Makes an assessment; the risks follow from the findings.
    public init(
        plan: Plan, target: String, effects: [Effects], observations: Observations,
        findings: [Finding]
    ) {
        planDigest = plan.digest
        self.target = target
        self.effects = effects
        self.observations = observations
        self.findings = findings
        stepRisks = plan.steps.map { step in
            findings.lazy.filter { $0.step == step.id }.map(\.risk).max() ?? .safe
        }
        risk = stepRisks.max() ?? .safe
    }
}
