/// Flags a step that the role of the session may not run.
public struct NeedsPrivilege: RiskRule {
    /// The rule's name.
    public static let name = "NeedsPrivilege"
    /// What it flags and why.
    public static let summary = """
        The role that looks at the target lacks what the step needs: to own what it changes, to \
        make objects where it makes them, or to refer to what they stand on (schemas, types, \
        referenced tables, languages). The server would refuse the step when its turn \
        comes, with the steps before it done. So it is asked when the plan is made and again \
        before it is applied: as long as a privilege is missing, nothing of the plan is run. A \
        plan may be made and read with fewer privileges than it takes to apply it.
        """
    /// Names under which other tools know it.
    public static let aliases = ["must be owner of", "permission denied", "42501"]
    /// When it gives which severity and risk.
    public static let severities = ["high, caution: always; nothing of the plan is run."]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Add a column to a table that belongs to another role",
        good: "Add a column to a table of one's own")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        subject.observations.denials.filter { $0.step == subject.step.id }.map { denial in
            Finding(
                rule: Self.name, severity: .high, risk: .caution, step: subject.step.id,
                object: denial.object,
                message: "The role of this session may not do this: it needs \(denial.needs).",
                evidence: ["asked of the target's catalog for the session's role"],
                remedy: Self.remedy)
        }
    }

    static let remedy =
        "Apply with a role that may, or make this one a member of the role that does."
}
