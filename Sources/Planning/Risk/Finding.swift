public import SchemaCore

/// A rule's judgement on effects and facts.
public struct Finding: Hashable, Codable, Sendable {
    /// How much it matters.
    public enum Severity: String, Codable, Sendable, Comparable, CaseIterable {
        /// Good to know.
        case info
        /// To be looked at.
        case low
        /// To be planned for.
        case medium
        /// To be avoided at a busy time.
        case high
        /// Not without a person's consent.
        case critical

        /// The lesser severity is less.
        public static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int {
            switch self {
            case .info: 0
            case .low: 1
            case .medium: 2
            case .high: 3
            case .critical: 4
            }
        }
    }

    /// The rule: `DestroysData`.
    public var rule: String
    /// How much it matters.
    public var severity: Severity
    /// The risk that it gives its step.
    public var risk: Risk
    /// The id of the step it is about; nil if it is about the target.
    public var step: String?
    /// The object it is about.
    public var object: ObjectID
    /// One sentence: what will happen.
    public var message: String
    /// What it rests on, one fact a line: `about 120,000 rows, 14 MB`.
    public var evidence: [String]
    /// What to do about it.
    public var remedy: String

    /// Makes a finding.
    public init(
        rule: String, severity: Severity, risk: Risk, step: String?, object: ObjectID,
        message: String, evidence: [String], remedy: String
    ) {
        self.rule = rule
        self.severity = severity
        self.risk = risk
        self.step = step
        self.object = object
        self.message = message
        self.evidence = evidence
        self.remedy = remedy
    }
}
