/// How much an inspection reads.
public enum InspectionDetail: Sendable {
    /// Definitions only: enough for a fingerprint.
    case definitions
    /// Dependencies as well: enough for a plan.
    case full
}
