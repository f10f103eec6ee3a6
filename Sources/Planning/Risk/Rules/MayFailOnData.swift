/// Flags a step that succeeds only if the rows that are there allow it.
public struct MayFailOnData: RiskRule {
    /// The rule's name.
    public static let name = "MayFailOnData"
    /// What it flags and why.
    public static let summary = """
        The step asks something of the rows that are there: no NULL, no duplicate, a parent for \
        every child, a value that can be converted. One row that does not comply makes the step \
        fail. Such rows are counted on the target when the plan is made and again before it is \
        applied: as long as there is one, nothing of the plan is run. What an earlier step of the \
        plan changes cannot be counted before; if such a step fails, the plan stops there.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "adding-not-nullable-field", "adding-required-field", "adding-foreign-key-constraint",
        "disallowed-unique-constraint", "change_column_null", "add_check_constraint",
        "add_unique_constraint", "add_exclusion_constraint", "MF101", "MF102", "MF103", "MF104",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "high, caution: rows were counted on which the step fails.",
        "medium, caution: it could not be counted, or an earlier step changes what was counted.",
        "low, caution: none was counted, and an earlier step changes what was counted.",
        "info, safe: none was counted.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Forbid NULL in a column while 42 rows have one",
        good: "Forbid NULL in a column of which every row has a value")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        subject.step.probes.compactMap { probe in
            switch probe.meaning {
            case .fails: finding(for: probe, in: subject)
            case .loses: nil
            }
        }
    }

    private func finding(for probe: Probe, in subject: RiskSubject) -> Finding {
        let answer = subject.answer(to: probe)
        let isEarly = subject.earlyProbes.contains(probe.name)
        func make(
            _ severity: Finding.Severity, _ risk: Risk, _ message: String, _ remedy: String
        ) -> Finding {
            Finding(
                rule: Self.name, severity: severity, risk: risk, step: subject.step.id,
                object: probe.object, message: message,
                evidence: ["\(probe.counts): \(answer.text)"], remedy: remedy)
        }
        switch answer {
        case .count(0) where isEarly:
            return make(
                .low, .caution,
                "The step fails on no row of \(probe.object) as they are now; an earlier step "
                    + "changes what was counted.",
                "Make sure that the earlier step leaves no row on which this one fails: then the "
                    + "plan stops there. What is counted is the query of the probe "
                    + "\(probe.name), which the plan's JSON holds.")
        case .count(0):
            return make(
                .info, .safe,
                "The rows of \(probe.object) were checked: the step succeeds on them.",
                "Nothing to do. It is checked again before the plan is applied.")
        case .count where isEarly, .atLeastOne where isEarly:
            return make(
                .medium, .caution,
                "The step fails on \(answer.rows) of \(probe.object) as they "
                    + "are now; an earlier step changes what was counted.",
                "Make sure that the earlier step leaves no such row. They are found by the query "
                    + "of the probe \(probe.name), which the plan's JSON holds.")
        case .count, .atLeastOne:
            return make(
                .high, .caution, "The step will fail on \(answer.rows) of \(probe.object).",
                Authorization.CertainFailure.remedy(probe.name))
        case .unknown:
            return make(
                .medium, .caution,
                "The step may fail on rows of \(probe.object): they were not counted.",
                "Count the rows with the query of the probe \(probe.name), which the plan's JSON "
                    + "holds, and correct those that there are.")
        }
    }
}

extension RiskSubject {
    /// The answer to a probe of this step; one that was never asked is unknown.
    func answer(to probe: Probe) -> Observations.Answer {
        observations.answer(step: step.id, probe: probe.name) ?? .unknown(reason: "not asked")
    }

    /// All probes of this step with their answers.
    var probeResults: [(Probe, Observations.Answer)] { step.probes.map { ($0, answer(to: $0)) } }
}

extension Observations.Answer {
    var isPositive: Bool {
        switch self {
        case .count(let number): number > 0
        case .atLeastOne: true
        case .unknown: false
        }
    }

    var isZero: Bool {
        switch self {
        case .count(let number): number == 0
        case .atLeastOne, .unknown: false
        }
    }

    /// `3 rows`, of what was counted.
    fileprivate var rows: String {
        switch self {
        case .count(let number): HumanText.count(number, "row")
        case .atLeastOne: "at least 1 row"
        case .unknown: "an unknown number of rows"
        }
    }

    /// `3`, `not known: the time was up`.
    var text: String {
        switch self {
        case .count(let number): HumanText.number(number)
        case .atLeastOne(let reason): "at least 1: \(reason)"
        case .unknown(let reason): "not known: \(reason)"
        }
    }
}
