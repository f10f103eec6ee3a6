import SchemaCore

/// A plan and its assessment as text for people.
public struct PlanText {
    /// How to write it.
    public struct Options: Hashable, Sendable {
        /// Whether it carries colour.
        public var style: TextStyle
        /// Whether statements, and findings that are only good to know, are shown as well.
        public var isVerbose: Bool
        /// The command that applies this plan, to which flags are added: `lockstep apply`.
        public var applyCommand: String

        /// Whether only what a person has to know before it runs is shown: no safe steps, nothing
        /// about the rest of the target, and no command.
        public var isBrief: Bool
        /// The attempt of which some phases are done; nil where nothing is.
        public var inFlight: InFlight?
        /// The places of the steps that are to be run; all that are not done where none is given.
        public var steps: Range<Int>?

        /// Makes options.
        public init(
            style: TextStyle = .plain, isVerbose: Bool = false, isBrief: Bool = false,
            applyCommand: String = "lockstep apply", inFlight: InFlight? = nil,
            steps: Range<Int>? = nil
        ) {
            self.steps = steps
            self.inFlight = inFlight
            self.style = style
            self.isVerbose = isVerbose
            self.isBrief = isBrief
            self.applyCommand = applyCommand
        }
    }

    /// How many findings about the target are shown without `isVerbose`.
    public static let shownTargetFindings = 10

    /// The text, with a line end behind.
    public static func render(
        _ plan: Plan, _ assessment: Assessment, options: Options = Options()
    ) -> String {
        precondition(assessment.planDigest == plan.digest, "an assessment of another plan")
        let text = PlanText(plan: plan, assessment: assessment, options: options)
        return text.lines().joined(separator: "\n") + "\n"
    }

    private let plan: Plan
    private let assessment: Assessment
    private let options: Options
    private var style: TextStyle { options.style }
    private static let width = 100
    private static let indent = String(repeating: " ", count: 18)

    private func lines() -> [String] {
        var lines = header()
        if plan.isEmpty {
            lines += ["", "Nothing to do: live and desired are equal."]
            return options.isBrief ? lines : lines + targetFindings()
        }
        lines += ["", summary()]
        var phase: Phase?
        var isBehindShort = false
        for index in steps
        where !options.isBrief || isRisky(index) {
            let isNewPhase = plan.steps[index].phase != phase
            if isNewPhase {
                phase = plan.steps[index].phase
                lines += ["", style.strong(StepText.phase(plan.steps[index].phase))]
            }
            let isShort = isShort(index)
            if isNewPhase || !isShort || !isBehindShort { lines.append("") }
            isBehindShort = isShort
            lines += isShort ? [title(index)] : step(index)
        }
        if steps.upperBound < plan.steps.count {
            let later = plan.steps[steps.upperBound...]
            lines += [
                "",
                HumanText.count(Int64(later.count), "step")
                    + " of later phases \(later.count == 1 ? "is" : "are") not run now.",
            ]
        }
        return options.isBrief ? lines : lines + targetFindings() + next()
    }

    private var done: Int { options.inFlight?.done ?? 0 }
    private var steps: Range<Int> { options.steps ?? done..<plan.steps.count }

    private func isRisky(_ index: Int) -> Bool { assessment.stepRisks[index] > .safe }

    private func shownFindings(_ index: Int) -> [Finding] {
        assessment.findings.filter {
            $0.step == plan.steps[index].id && (options.isVerbose || $0.severity > .info)
        }
    }

    /// Whether the title says it all: nobody who uses the database notices the step.
    private func isShort(_ index: Int) -> Bool {
        !options.isVerbose && !isRisky(index) && assessment.effects[index].locks.isEmpty
            && plan.steps[index].data == .untouched && shownFindings(index).isEmpty
    }

    private func header() -> [String] {
        let place = TerminalSafe.line(assessment.target)
        let engine = "\(HumanText.engine(plan.engine)) \(plan.majorVersion)"
        let name = TerminalSafe.line("\(plan.project)/\(plan.environment)")
        return [
            style.strong("Plan for \(name)") + " on \(place) (\(engine))",
            style.faint(
                "  live \(plan.liveFingerprint.short)  desired \(plan.desiredDigest.short)  "
                    + "plan \(plan.digest.short)"),
        ]
            + (plan.undoes.map { ["", "It takes back plan \($0.plan.short)."] } ?? [])
            + (options.inFlight.map { ["", $0.summary] } ?? [])
    }

    private func summary() -> String {
        let changes = PlanChanges(plan)
        let sorts: [PlanChanges.Sort] = [.created, .altered, .renamed, .dropped]
        let objects = sorts.compactMap { sort -> String? in
            let count = changes.count(sort)
            return count == 0 ? nil : "\(count) \(sort.rawValue)"
        }
        let risks = Risk.allCases.compactMap { risk -> String? in
            let count = assessment.stepRisks[steps].count { $0 == risk }
            return count == 0 ? nil : "\(count) \(style.badge(risk))"
        }
        let count =
            HumanText.count(Int64(steps.count), "step")
            + (steps.count == plan.steps.count ? "" : " of \(plan.steps.count)")
        return "\(count): \(risks.joined(separator: ", "))"
            + (objects.isEmpty ? "" : "\nObjects: " + objects.joined(separator: ", "))
    }

    private func title(_ index: Int) -> String {
        let number = String(index + 1)
        let padding = String(repeating: " ", count: max(0, 3 - number.count))
        let badge = style.badge(assessment.stepRisks[index], width: 11)
        let title = style.strong(TerminalSafe.line(plan.steps[index].title))
        return "\(padding)\(number)  \(badge)  \(title)"
    }

    private func step(_ index: Int) -> [String] {
        let step = plan.steps[index]
        let findings = assessment.findings.filter { $0.step == step.id }
        let effects = assessment.effects[index]
        var lines = [title(index), Self.indent + style.faint(TerminalSafe.line(step.id))]
        lines += wrapped(
            [
                StepText.locks(effects, findings: findings), StepText.data(step),
                StepText.undo(step.undo),
            ].joined(separator: "; "))
        lines += shownFindings(index).flatMap(finding)
        if options.isVerbose {
            lines.append(Self.indent + style.faint(StepText.transaction(step.transaction)))
            lines += step.action.statements.flatMap { statement in
                TerminalSafe.block(statement.terminated).split(
                    separator: "\n", omittingEmptySubsequences: false
                ).map { Self.indent + "| " + $0 }
            }
        }
        return lines
    }

    private func finding(_ finding: Finding) -> [String] {
        // Colour goes in after the lines are broken: it has no width.
        let plain = finding.severity.rawValue
        var lines = wrapped("\(plain) \(finding.rule): \(finding.message)")
        lines[0] =
            Self.indent + style.severity(finding.severity)
            + lines[0].dropFirst(Self.indent.count + plain.count)
        lines += finding.evidence.flatMap { wrapped("seen: " + $0, deeper: 2) }
        return lines + wrapped("do: " + finding.remedy, deeper: 2)
    }

    private func wrapped(_ text: String, deeper: Int = 0) -> [String] {
        let indent = Self.indent + String(repeating: " ", count: deeper)
        return HumanText.wrapped(
            TerminalSafe.line(text), indent: indent, hanging: indent + "  ", width: Self.width)
    }

    private func targetFindings() -> [String] {
        let findings = assessment.findings.filter { $0.step == nil }
        if findings.isEmpty { return [] }
        let shown = options.isVerbose ? findings.count : Self.shownTargetFindings
        var lines = ["", style.strong("About the target"), ""]
        lines += findings.prefix(shown).map { finding in
            "  \(style.severity(finding.severity)) \(finding.rule): "
                + TerminalSafe.line(finding.message)
        }
        if findings.count > shown {
            lines.append("  and \(findings.count - shown) more; --verbose shows all")
        }
        let remedies = Set(findings.map(\.remedy)).sorted()
        return lines
            + remedies.flatMap { remedy in
                HumanText.wrapped(
                    "do: " + TerminalSafe.line(remedy), indent: "  ", hanging: "    ",
                    width: Self.width)
            }
    }

    private func next() -> [String] {
        var lines = ["", style.strong("Next"), ""]
        for (rule, why) in [
            (MayFailOnData.name, "will fail on rows that are there now: correct them first"),
            (NeedsPrivilege.name, "cannot be run by this role, and so none will be"),
        ] {
            let failing = Set(
                assessment.findings.filter { $0.rule == rule && $0.severity == .high }
                    .compactMap(\.step))
            if failing.isEmpty { continue }
            lines.append("  \(HumanText.count(Int64(failing.count), "step")) \(why).")
        }
        var command = options.applyCommand
        if let phase = options.inFlight?.next { command += " --phase \(phase.rawValue)" }
        let refusal = AutoApproval.refusal(
            plan: plan, assessment: assessment, autoApprove: nil, acknowledged: [],
            steps: steps)
        if let refusal {
            if !refusal.missing.isEmpty {
                let count = HumanText.count(Int64(refusal.missing.count), "step")
                lines.append(
                    "  \(count) can lose data. Look at the findings above; "
                        + "to consent and apply:")
            } else {
                lines.append("  Look at the findings above; to consent and apply:")
            }
            if let needed = refusal.needed { command += " --auto-approve \(needed.rawValue)" }
            for id in refusal.missing {
                command += " \\\n      --acknowledge \(ShellWord.quoted(id))"
            }
        } else {
            lines.append("  Apply it:")
        }
        return lines + ["    " + command]
    }
}
