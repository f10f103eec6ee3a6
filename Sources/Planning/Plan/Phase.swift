/// When a step may run relative to deployments of the code that uses the database.
public enum Phase: String, Codable, Sendable, Comparable, CaseIterable {
    /// What running code does not notice.
    case expand
    /// Movement and validation of data.
    case backfill
    /// What old code would miss.
    case contract

    /// Expand comes first, contract last.
    public static func < (lhs: Phase, rhs: Phase) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .expand: 0
        case .backfill: 1
        case .contract: 2
        }
    }
}
