/// Flags what stands in a managed schema and is not modelled: reported, never skipped in silence.
public struct UnmodelledRule: RiskRule {
    /// The rule's name.
    public static let name = "Unmodelled"
    /// What it flags and why.
    public static let summary = """
        Something in a managed schema is of a kind, or has a property, that Lockstep does not \
        model yet, or needs something of that sort. It is neither compared nor changed, so \
        nothing that the manifests say keeps it as it is. A plan that would drop what it needs is \
        refused. What is a part of an object goes when that is dropped or made again, and the \
        step says so.
        """
    /// Names under which other tools know it.
    public static let aliases = ["schema-drift", "unsupported object"]
    /// When it gives which severity and risk.
    public static let severities = ["low, safe: always; --strict makes it an error."]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "A managed table has a trigger, which is not modelled",
        good: "Everything in the managed schemas is modelled")

    /// Makes the rule.
    public init() {}

    /// What it finds in the target.
    public func findings(in target: RiskTarget) -> [Finding] {
        target.unmodelled.map { item in
            // What only needs something else says itself what is not modelled.
            let ending = item.what.hasSuffix("not modelled") ? "" : " is not modelled"
            return Finding(
                rule: Self.name, severity: .low, risk: .safe, step: nil, object: item.object,
                message: "\(item.object) is left alone: \(item.what)\(ending).",
                evidence: ["found when the target was inspected"],
                remedy: """
                    Look after it by other means: nothing that the manifests say keeps it as it \
                    is. With --strict this is an error.
                    """)
        }
    }
}
