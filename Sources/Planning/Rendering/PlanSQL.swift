import SchemaCore

/// A plan as a script: for reading, and for places where Lockstep cannot connect.
///
/// Statements stand in it as they would be run, byte for byte; only comments are made harmless,
/// since a changed literal would change what is applied.
public enum PlanSQL {
    /// The script, with a line end behind.
    ///
    /// - Parameter settings: what a session of ours has set as well, so that statements mean the
    ///   same: `Engine.scriptSettings`.
    public static func render(
        _ plan: Plan, _ assessment: Assessment, settings: [String] = []
    ) -> String {
        precondition(assessment.planDigest == plan.digest, "an assessment of another plan")
        var lines = header(plan)
        guard !plan.isEmpty else {
            return (lines + ["-- Nothing to do: live and desired are equal."])
                .joined(separator: "\n") + "\n"
        }
        lines += settings
        var open: Step.Transaction?
        for (index, step) in plan.steps.enumerated() {
            if let group = open, group != step.transaction {
                lines += ["", "COMMIT;"]
                open = nil
            }
            lines += [""] + comment(plan, index, assessment.stepRisks[index])
            switch step.transaction {
            case .none: lines += statements(step)
            case .own: lines += ["BEGIN;"] + statements(step) + ["COMMIT;"]
            case .shared:
                if open == nil { lines.append("BEGIN;") }
                open = step.transaction
                lines += statements(step)
            }
        }
        if open != nil { lines += ["", "COMMIT;"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func header(_ plan: Plan) -> [String] {
        var lines = [
            "-- Plan \(plan.digest)",
            "-- for \(plan.project)/\(plan.environment), \(HumanText.engine(plan.engine)) "
                + "\(plan.majorVersion)",
            "-- from the live state \(plan.liveFingerprint)",
            "-- to the desired state \(plan.desiredDigest)",
            "--",
            "-- This script takes no lock on the target, checks no approval and writes no journal;",
            "-- \"lockstep apply\" does. Run it only on a database in the live state named above.",
        ].map(TerminalSafe.line)
        let tricky = plan.steps.enumerated().filter { _, step in
            step.action.statements.contains { TerminalSafe.isTricky($0.text) }
        }.map { String($0.offset + 1) }
        if !tricky.isEmpty {
            lines += [
                "--",
                "-- Careful: control characters or characters that reorder text stand in the",
                "-- statements of step \(HumanText.list(tricky)); look at them with: cat -v",
            ]
        }
        return lines + [""]
    }

    private static func comment(_ plan: Plan, _ index: Int, _ risk: Risk) -> [String] {
        let step = plan.steps[index]
        return [
            "-- Step \(index + 1) of \(plan.steps.count) (\(step.phase.rawValue), "
                + "\(risk.rawValue)): \(step.title)",
            "-- \(step.id); \(StepText.undo(step.undo))",
        ].map(TerminalSafe.line)
    }

    private static func statements(_ step: Step) -> [String] {
        step.action.statements.map(\.terminated)
    }
}
