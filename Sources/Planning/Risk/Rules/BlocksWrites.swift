/// Flags a step that keeps others from writing to a relation.
public struct BlocksWrites: RiskRule {
    /// The rule's name.
    public static let name = "BlocksWrites"
    /// What it flags and why.
    public static let summary = """
        The step takes a lock under which others can read but not write, and holds it while it \
        reads, rewrites or indexes a table, or until later steps of its transaction have done \
        so: on PostgreSQL an index built without CONCURRENTLY or a foreign key validated at \
        once, on SQLite any step, whose lock is on the whole database. A lock that is held only \
        for a moment is mentioned and no harm.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "require-concurrent-index-creation", "adding-foreign-key-constraint", "add_index",
        "add_foreign_key", "validate_foreign_key", "E6", "PG101", "PG306",
        "require-concurrent-index", "require-concurrent-reindex",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "high, caution: while a large table is worked on.",
        "medium, caution: while a medium table is worked on.",
        "low, safe: while a small table is worked on.",
        "info, safe: for a moment.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = true
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Build an index on a table of 10,000,000 rows while writers wait",
        good: "Build an index on a table of 200 rows while writers wait")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        LockJudgement(
            rule: Self.name, blocks: .writes, verb: "writing", medium: .medium
        ).findings(for: subject)
    }
}
