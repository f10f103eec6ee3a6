/// Flags a step that keeps an object and may change or lose some of its values.
public struct LosesValues: RiskRule {
    /// The rule's name.
    public static let name = "LosesValues"
    /// What it flags and why.
    public static let summary = """
        The step converts data in place, and not every value need survive it: a narrower type, a \
        scale cut off, an enum's label taken away. What does not fit is counted on the target. A \
        count of 0 lowers the severity, but rows may come before the step runs, so the step must \
        be acknowledged all the same.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "changing-column-type", "change_column", "type-change-rewrite", "rename_enum_value", "DL6",
        "DL7", "MF5",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "critical, destructive: rows were counted that do not fit.",
        "high, destructive: it could not be counted.",
        "medium, destructive: none was counted.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Narrow a numeric column while 7 values have more digits",
        good: "Widen a varchar column, which every value fits")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        let counts = subject.probeResults.map { (probe, answer) in (probe, answer) }
        return subject.changedValues.map { loss in
            let relevant = counts.filter { $0.0.object == loss.object || counts.count == 1 }
            let answers = (relevant.isEmpty ? counts : relevant)
            let severity = Self.severity(answers.map(\.1))
            var evidence = answers.map { "\($0.0.counts): \($0.1.text)" }
            if evidence.isEmpty { evidence = ["what does not fit was not counted"] }
            if let relation = loss.relation {
                evidence.append("\(relation): \(subject.sizeText(relation))")
            }
            return Finding(
                rule: Self.name, severity: severity, risk: .destructive, step: subject.step.id,
                object: loss.object,
                message: "This changes or loses \(loss.what) of \(loss.object).",
                evidence: evidence, remedy: Self.remedy(severity, step: subject.step.id))
        }
    }

    private static func severity(_ answers: [Observations.Answer]) -> Finding.Severity {
        if answers.contains(where: { $0.isPositive }) { return .critical }
        return !answers.isEmpty && answers.allSatisfy(\.isZero) ? .medium : .high
    }

    private static func remedy(_ severity: Finding.Severity, step: String) -> String {
        let acknowledge = "acknowledge the step with --acknowledge \(ShellWord.quoted(step))."
        return severity == .medium
            ? "Nothing that is there now is lost; rows may still come. If that is fine, "
                + acknowledge
            : "Look at the rows, make a backup, or correct them first. Then " + acknowledge
    }
}
