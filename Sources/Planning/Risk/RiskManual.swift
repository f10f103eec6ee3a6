internal import Manifest

/// The manual pages of the risk rules, as `lockstep explain` prints them.
public enum RiskManual {
    /// The page of a rule, by its name or by a name that another tool gives it; upper and lower
    /// case are the same. An unknown name gets what it may have been meant to be.
    public static func text(
        _ name: String, rules: [any RiskRule] = RiskRules.all
    ) -> Result<String, UnknownRule> {
        let types = rules.map { type(of: $0) }
        let wanted = name.lowercased()
        if let rule = types.first(where: { $0.name.lowercased() == wanted }) {
            return .success(page(rule))
        }
        let others = types.filter { $0.aliases.contains { $0.lowercased() == wanted } }
        if !others.isEmpty { return .success(others.map(page).joined(separator: "\n")) }
        return .failure(
            UnknownRule(
                name: name,
                suggestion: DidYouMean.closest(
                    to: name, in: types.map { $0.name } + types.flatMap { $0.aliases })))
    }

    /// The list of all rules with the first sentence of each.
    public static func list(rules: [any RiskRule] = RiskRules.all) -> String {
        let types = rules.map { type(of: $0) }
        let width = types.map { $0.name.count }.max() ?? 0
        let lines = types.map { rule in
            let gap = String(repeating: " ", count: width - rule.name.count + 2)
            return "  " + rule.name + gap + firstSentence(rule.summary)
        }
        return (["Risk rules:", ""] + lines + ["", "lockstep explain RULE tells all of one."])
            .joined(separator: "\n") + "\n"
    }

    /// A name that no rule has.
    public struct UnknownRule: Error, Hashable, Sendable {
        /// What was asked for.
        public var name: String
        /// What it may have been meant to be.
        public var suggestion: String?

        /// One sentence that says so, and what to do.
        public var message: String {
            let hint = suggestion.map { "did you mean \($0)? " } ?? ""
            return "there is no risk rule \"\(TerminalSafe.line(name))\": \(hint)"
                + "\"lockstep explain\" lists all rules"
        }
    }

    private static func page(_ rule: any RiskRule.Type) -> String {
        var out = [rule.name, ""] + HumanText.wrapped(rule.summary, indent: "  ")
        out += ["", "Severity and risk", ""] + rule.severities.map { "  \($0)" }
        if rule.followsSize {
            out += ["", "Sizes", ""] + HumanText.wrapped(RiskThresholds.summary, indent: "  ")
        }
        out += ["", "Example", ""]
        out += HumanText.wrapped("Flagged: \(rule.examples.bad).", indent: "  ")
        out += HumanText.wrapped("Not flagged: \(rule.examples.good).", indent: "  ")
        out += ["", "Other tools call it", ""]
        out += HumanText.wrapped(rule.aliases.joined(separator: ", "), indent: "  ")
        return out.joined(separator: "\n") + "\n"
    }

    private static func firstSentence(_ text: String) -> String {
        let end = text.firstRange(of: ". ")?.lowerBound ?? text.endIndex
        let sentence = text[..<end]
        let head = sentence.firstIndex(of: ":").map { sentence[..<$0] } ?? sentence
        return head.hasSuffix(".") ? String(head) : head + "."
    }
}
