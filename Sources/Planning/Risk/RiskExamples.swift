/// What a rule flags and its harmless twin; each is the title of a case of the rule's corpus.
public struct RiskExamples: Hashable, Sendable {
    /// What is flagged.
    public var bad: String
    /// What does the same without harm, or is no harm.
    public var good: String

    /// Makes the value.
    public init(bad: String, good: String) {
        self.bad = bad
        self.good = good
    }
}
