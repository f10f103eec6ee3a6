/// Flags a step after which code that uses the database fails or gets other answers.
public struct BreaksRunningCode: RiskRule {
    /// The rule's name.
    public static let name = "BreaksRunningCode"
    /// What it flags and why.
    public static let summary = """
        Code that is deployed now uses a name, a type or a freedom that the step takes away: a \
        renamed or dropped column, a value that is no longer allowed. Whether some code really \
        does is not measured; the step says what would fail if it did.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "renaming-column", "renaming-table", "rename_column", "rename_table", "rename_schema",
        "ban-drop-not-null", "change_column_default", "add_column_json", "E3", "BC101", "BC102",
        "CD101", "broken-compute", "function-volatility-change",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "high, breaking: statements fail.",
        "low, caution: statements succeed and mean something else.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Rename a column that a query may read",
        good: "Add a nullable column, which no query knows yet")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        // A new part of a table that exists may break those who use the table.
        let breaks = subject.effects.breaks.filter {
            !subject.created.contains($0.object.standing ?? $0.object)
        }
        return breaks.map { item in
            Finding(
                rule: Self.name, severity: item.isFailure ? .high : .low,
                risk: item.isFailure ? .breaking : .caution, step: subject.step.id,
                object: item.object,
                message: item.isFailure
                    ? "Code that uses \(item.object) breaks: \(item.consequence)."
                    : "Code that uses \(item.object) notices: \(item.consequence).",
                evidence: ["whether any code uses it was not measured"],
                remedy: item.isFailure
                    ? """
                    Deploy code that does without it first, then apply. If both versions of the \
                    code must run for a while, split the change in two: add the new form now, \
                    take the old one away when nothing uses it.
                    """
                    : "Make sure that the code which uses it means the new behaviour.")
        }
    }
}
