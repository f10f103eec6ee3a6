// Owns how a plan is written down in `plan.golden`: what a reader judges, without digests.

import Planning
import SchemaCore

enum PlanGolden {
    static func text(_ steps: [PlannedStep]) -> String {
        if steps.isEmpty { return "nothing to do\n" }
        return steps.map(text).joined(separator: "\n")
    }

    private static func text(_ planned: PlannedStep) -> String {
        let step = planned.step
        var lines = ["\(step.id): \(step.title)", "  \(facts(step).joined(separator: ", "))"]
        lines += step.action.statements.flatMap { indented($0.text + ";") }
        for (word, relations) in [
            ("rewrites", planned.effects.rewrites), ("scans", planned.effects.scans),
        ] where !relations.isEmpty {
            lines.append("  \(word): \(relations.map(\.description).joined(separator: ", "))")
        }
        for loss in planned.effects.losses {
            lines.append("  loses: \(loss.what) of \(loss.object)")
        }
        for probe in step.probes {
            lines.append("  \(probe.meaning.rawValue) if above zero: \(probe.counts)")
            lines += indented("  " + probe.query.text)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func facts(_ step: Step) -> [String] {
        let transaction =
            switch step.transaction {
            case .own: "own transaction"
            case .shared(let number): "transaction \(number)"
            case .none: "no transaction"
            }
        let undo =
            switch step.undo.claim {
            case .exact: "undo exact"
            case .shape(let loses): "undo without \(loses)"
            case .none(let reason): "no undo: \(reason)"
            }
        return [step.phase.rawValue, transaction, "data \(step.data.rawValue)", undo]
    }

    private static func indented(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }
}
