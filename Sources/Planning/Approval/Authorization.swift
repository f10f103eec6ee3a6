/// What a person's flags allow of a plan.
public enum Authorization: Hashable, Sendable {
    /// Every step may run.
    case granted
    /// Something is missing; nothing may run.
    case refused(Refusal)
    /// Steps are known to fail, whatever is allowed; nothing may run.
    case failing([CertainFailure])

    /// A step that is known to fail.
    public struct CertainFailure: Hashable, Sendable {
        /// The step's id.
        public var step: String
        /// Why it fails, for people: what was counted, or which privilege is missing.
        public var reason: String
        /// What to do about it.
        public var remedy: String

        /// Makes the value.
        public init(step: String, reason: String, remedy: String) {
            self.step = step
            self.reason = reason
            self.remedy = remedy
        }

        /// A step that fails on rows that were counted.
        static func rows(
            _ answer: Observations.Answer, _ probe: Probe, step: String
        ) -> Self {
            .init(
                step: step, reason: "\(probe.counts): \(answer.text)",
                remedy: remedy(probe.name))
        }

        /// For people: which step, why, and what to do, one line each.
        public var explanation: String {
            TerminalSafe.line("\(step) would fail: \(reason)")
                + "\n  help: \(TerminalSafe.line(remedy))"
        }

        static func remedy(_ probe: String) -> String {
            "Correct the rows before you apply, then plan again. They are found by the query "
                + "of the probe \(probe), which the plan's JSON holds."
        }
    }

    /// What is missing.
    public struct Refusal: Hashable, Sendable {
        /// The ids of the destructive steps that nobody acknowledged, in the order of the plan.
        public var missing: [String]
        /// The `--auto-approve` level that the other steps need; nil if they need no more than
        /// was given.
        public var needed: Risk?
        /// Acknowledged ids that are no step of this plan, in order.
        public var unknown: [UnknownStep]

        /// Makes the value.
        public init(missing: [String], needed: Risk?, unknown: [UnknownStep]) {
            self.missing = missing
            self.needed = needed
            self.unknown = unknown
        }

        /// For people: what is missing, one line each, and what to add to the command.
        public var explanation: String {
            var lines = unknown.map { item in
                let hint = item.suggestion.map { "; did you mean \(TerminalSafe.line($0))?" } ?? ""
                return "--acknowledge \(TerminalSafe.line(item.id)): "
                    + "there is no such step in this plan\(hint)"
            }
            if !missing.isEmpty {
                lines.append(
                    "\(HumanText.count(Int64(missing.count), "step")) can lose data and must be "
                        + "acknowledged by id; add:")
                lines += missing.map { "  --acknowledge \(ShellWord.quoted($0))" }
            }
            if let needed {
                lines.append(
                    "other steps are up to \(needed.rawValue); add: "
                        + "--auto-approve \(needed.rawValue)")
            }
            return lines.joined(separator: "\n")
        }
    }

    /// An acknowledged id that is no step.
    public struct UnknownStep: Hashable, Sendable {
        /// What was given.
        public var id: String
        /// The step that may have been meant.
        public var suggestion: String?

        /// Makes the value.
        public init(id: String, suggestion: String?) {
            self.id = id
            self.suggestion = suggestion
        }
    }
}
