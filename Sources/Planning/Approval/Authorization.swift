/// What a person's flags allow of a plan.
public enum Authorization: Hashable, Sendable {
    /// Every step may run.
    case granted
    /// Something is missing; nothing may run.
    case refused(Refusal)

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
