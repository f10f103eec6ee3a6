/// Flags a step that writes a table's storage anew.
public struct RewritesTable: RiskRule {
    /// The rule's name.
    public static let name = "RewritesTable"
    /// What it flags and why.
    public static let summary = """
        The step writes every row and every index of a table anew. It needs as much free disk \
        again as the table has, may write as much log, and takes time in proportion to the \
        table's size, all of it under the lock that the step takes.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "changing-column-type", "adding-field-with-default", "adding-serial-primary-key-field",
        "change_column", "add_column_default", "add_column_generated_stored",
        "add_column_auto_incrementing", "E5", "E10", "E11", "PG301", "PG302", "volatile-default",
        "type-change-rewrite", "vacuum-full",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "high, caution: a large table.", "medium, caution: a medium table.",
        "low, safe: a small table.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = true
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Change int to bigint in a table of 10,000,000 rows",
        good: "Change int to bigint in a table of 200 rows")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        let note = subject.effects.note(of: .rewrite)
        return subject.effects.rewrites.compactMap { relation in
            let size = subject.sizeClass(relation)
            guard let (severity, risk) = Self.weight(size) else { return nil }
            var evidence = ["\(relation): \(subject.sizeText(relation))"]
            if let measured = subject.observations.size(of: relation) {
                let bytes = HumanText.bytes(measured.heapBytes + measured.indexBytes)
                let more = note?.needs.map { ", and \($0)" } ?? ""
                evidence.append("needs about \(bytes) of free disk\(more)")
            }
            return Finding(
                rule: Self.name, severity: severity, risk: risk, step: subject.step.id,
                object: relation, message: "This writes \(relation) and all its indexes anew.",
                evidence: evidence,
                remedy: size == .small
                    ? "Nothing to do: a table of this size is written in moments."
                    : Self.remedy(subject.effects, note))
        }
    }

    private static func remedy(_ effects: Effects, _ note: Effects.WorkNote?) -> String {
        let place = effects.locks.lazy.compactMap(\.reach).first ?? "the table"
        let way = note?.wayOut.map { ", or \($0)" } ?? ""
        return "Run it when \(place) is little used, with free disk for a second copy\(way)."
    }

    private static func weight(_ size: RiskThresholds.SizeClass) -> (Finding.Severity, Risk)? {
        switch size {
        case .empty: nil
        case .small: (.low, .safe)
        case .medium: (.medium, .caution)
        case .large: (.high, .caution)
        }
    }
}
