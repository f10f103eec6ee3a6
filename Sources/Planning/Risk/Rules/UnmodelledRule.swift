/// Flags what stands in a managed schema and is not modelled: reported, never skipped in silence.
public struct UnmodelledRule: RiskRule {
    public static let name = "Unmodelled"
    public static let summary = """
        Something in a managed schema is of a kind, or has a property, that Lockstep does not \
        model yet. It is left alone: neither compared nor changed nor dropped. So nothing that \
        the manifests say keeps it as it is, and a change to what it depends on may fail.
        """
    public static let aliases = ["schema-drift", "unsupported object"]
    public static let severities = ["low, safe: always; --strict makes it an error."]
    public static let followsSize = false
    public static let examples = RiskExamples(
        bad: "A managed table has a trigger, which is not modelled",
        good: "Everything in the managed schemas is modelled")

    /// Makes the rule.
    public init() {}

    public func findings(in target: RiskTarget) -> [Finding] {
        target.unmodelled.map { item in
            Finding(
                rule: Self.name, severity: .low, risk: .safe, step: nil, object: item.object,
                message: "\(item.object) is not fully managed: \(item.what) is not modelled.",
                evidence: ["seen in the target: \(item.what)"],
                remedy: """
                    It is left alone. Look after it by other means, or exclude its schema; with \
                    --strict this is an error.
                    """)
        }
    }
}
