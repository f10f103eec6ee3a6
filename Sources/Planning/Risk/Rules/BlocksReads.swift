/// Flags a step that keeps others from reading a relation.
public struct BlocksReads: RiskRule {
    /// The rule's name.
    public static let name = "BlocksReads"
    /// What it flags and why.
    public static let summary = """
        The step takes a lock under which others can neither read nor write, and holds it while \
        it reads, rewrites or indexes a table, or until later steps of its transaction have done \
        so. A lock that is held only for a moment is mentioned and no harm: how long the step \
        waits for it is bounded, since others may queue behind it meanwhile.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "constraint-missing-not-valid", "disallowed-unique-constraint",
        "require-concurrent-index-deletion", "require-concurrent-partition-detach",
        "change_column_null", "add_check_constraint", "add_exclusion_constraint", "E1", "E2", "E4",
        "E7", "E8", "E9", "PG104", "PG105", "PG303", "PG305", "blocking-constraint",
        "blocking-mat-view-refresh", "blocking-partition-mutation",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "high, caution: while a large or medium table is worked on.",
        "low, safe: while a small table is worked on.",
        "info, safe: for a moment.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = true
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Check every row of a table of 10,000,000 rows under ACCESS EXCLUSIVE",
        good: "Add a column without a default: ACCESS EXCLUSIVE for a moment")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        LockJudgement(
            rule: Self.name, blocks: .reads, verb: "reading and writing",
            medium: .high
        ).findings(for: subject)
    }
}
