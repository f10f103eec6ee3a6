import SchemaCore

/// The schema change report for a pull request. Its headings are fixed: people and tools look for
/// them. What was not measured is said to be so.
public struct PlanMarkdown {
    /// The report, with a line end behind.
    public static func render(
        _ plan: Plan, _ assessment: Assessment, applyCommand: String = "lockstep apply"
    ) -> String {
        precondition(assessment.planDigest == plan.digest, "an assessment of another plan")
        let report = PlanMarkdown(
            plan: plan, assessment: assessment, changes: PlanChanges(plan),
            applyCommand: applyCommand)
        let sections = [
            report.header(), report.schemaChanges(), report.migrationPlan(), report.dataImpact(),
            report.backup(), report.findings(), report.approval(),
        ]
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    let plan: Plan
    let assessment: Assessment
    let changes: PlanChanges
    let applyCommand: String

    private func header() -> [String] {
        let name = MarkdownSafe.code("\(plan.project)/\(plan.environment)")
        let engine = MarkdownSafe.prose("\(HumanText.engine(plan.engine)) \(plan.majorVersion)")
        return [
            "# Schema change report for \(name)",
            "",
            "Target \(MarkdownSafe.code(assessment.target)), \(engine). "
                + "Highest risk: **\(assessment.risk.rawValue)**.",
            "",
            "| | |",
            "|---|---|",
            "| Plan | `\(plan.digest)` |",
            "| Live state | `\(plan.liveFingerprint)` |",
            "| Desired state | `\(plan.desiredDigest)` |",
        ]
    }

    // MARK: Migration plan

    private func migrationPlan() -> [String] {
        var lines = ["## Migration Plan"]
        if plan.isEmpty { return lines + ["", "Nothing to do: live and desired are equal."] }
        var phase: Phase?
        for (index, step) in plan.steps.enumerated() {
            if step.phase != phase {
                phase = step.phase
                lines += ["", "### \(StepText.phase(step.phase))"]
            }
            lines += [""] + stepLines(index, step)
        }
        return lines
    }

    private func stepLines(_ index: Int, _ step: Step) -> [String] {
        let findings = assessment.findings.filter { $0.step == step.id }
        let locks = StepText.locks(assessment.effects[index], findings: findings)
        var lines = [
            "#### \(index + 1). \(MarkdownSafe.prose(step.title))",
            "",
            "- Step: \(MarkdownSafe.code(step.id))",
            "- Risk: **\(assessment.stepRisks[index].rawValue)**; \(StepText.data(step))",
            "- Lock: \(MarkdownSafe.prose(locks))",
            "- Transaction: \(StepText.transaction(step.transaction))",
            "",
        ]
        lines += MarkdownSafe.block(Self.script(step.action.statements), language: "sql")
        lines += ["", "Rollback: \(rollback(step.undo))"]
        if !step.undo.statements.isEmpty {
            lines += [""] + MarkdownSafe.block(Self.script(step.undo.statements), language: "sql")
        }
        return lines
    }

    private func rollback(_ undo: Undo) -> String {
        switch undo.claim {
        case .exact: "gives back what was there before, data included."
        case .shape(let loses): "gives back the shape, but loses \(MarkdownSafe.prose(loses))."
        case .none(let reason): "none: \(MarkdownSafe.prose(reason))."
        }
    }

    private static func script(_ statements: [Statement]) -> String {
        statements.map(\.terminated).joined(separator: "\n")
    }

    // MARK: The rest

    private func backup() -> [String] {
        [
            "## Backup Verification",
            "",
            "- [ ] Backup created",
            "- [ ] Restore tested",
            "",
            "The target's journal holds no evidence of either.",
        ]
    }

    private func findings() -> [String] {
        let steps = assessment.findings.filter { $0.step != nil }
        let grave = steps.filter { $0.severity > .info }
        var lines = ["## Findings", ""] + grave.flatMap(finding)
        if grave.isEmpty { lines.append("No step gives cause for concern.") }
        let notes = steps.filter { $0.severity == .info }
        if !notes.isEmpty {
            lines += ["", "Good to know:", ""]
            lines += notes.map { "- \(heading($0))" }
        }
        return lines + targetFindings()
    }

    private func finding(_ finding: Finding) -> [String] {
        ["- \(heading(finding))"]
            + finding.evidence.map { "  - Seen: \(MarkdownSafe.prose($0))" }
            + ["  - Remedy: \(MarkdownSafe.prose(finding.remedy))"]
    }

    private func heading(_ finding: Finding) -> String {
        let place = plan.steps.firstIndex { $0.id == finding.step }.map { "step \($0 + 1)" }
        return "**\(finding.severity.rawValue)** \(finding.rule) (\(place ?? "target"), "
            + "\(finding.risk.rawValue)): \(MarkdownSafe.prose(finding.message))"
    }

    /// There may be hundreds of one sort; each remedy stands once.
    private func targetFindings() -> [String] {
        let findings = assessment.findings.filter { $0.step == nil }
        if findings.isEmpty { return [] }
        let shown = PlanText.shownTargetFindings
        var lines = ["", "About the target:", ""]
        lines += findings.prefix(shown).map { "- \(heading($0))" }
        if findings.count > shown {
            lines.append(
                "- and \(findings.count - shown) more, which `lockstep plan -o json` lists")
        }
        return lines + [""]
            + Set(findings.map(\.remedy)).sorted().map {
                "Remedy: \(MarkdownSafe.prose($0))"
            }
    }

    private func approval() -> [String] {
        var lines = ["## How to approve", ""]
        if plan.isEmpty { return lines + ["Nothing to approve."] }
        var command = applyCommand
        let refusal = AutoApproval.refusal(
            plan: plan, assessment: assessment, autoApprove: nil, acknowledged: [])
        if let refusal {
            if !refusal.missing.isEmpty {
                let count = HumanText.count(Int64(refusal.missing.count), "step")
                lines += [
                    "\(count) can lose data, and each must be acknowledged by its id:", "",
                ]
                lines += refusal.missing.map { "- \(MarkdownSafe.code($0))" } + [""]
            }
            lines.append("To consent to this plan and apply it:")
            if let needed = refusal.needed { command += " --auto-approve \(needed.rawValue)" }
            for id in refusal.missing {
                command += " \\\n    --acknowledge \(ShellWord.quoted(id))"
            }
        } else {
            lines.append("Every step is safe; the plan is applied by:")
        }
        lines += [""] + MarkdownSafe.block(command, language: "sh")
        lines += [
            "",
            "Consent holds for the plan `\(plan.digest.short)` and the live state "
                + "`\(plan.liveFingerprint.short)` only; if either moves, the plan is stale.",
        ]
        return lines
    }
}
