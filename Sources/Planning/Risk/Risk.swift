/// How much can go wrong with a step, a plan or a target.
public enum Risk: String, Codable, Sendable, Comparable, CaseIterable {
    /// Nobody notices.
    case safe
    /// It may block others, or fail on the data that is there.
    case caution
    /// Code that uses the database may fail.
    case breaking
    /// Data can be lost.
    case destructive

    /// The lesser risk is less.
    public static func < (lhs: Risk, rhs: Risk) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .safe: 0
        case .caution: 1
        case .breaking: 2
        case .destructive: 3
        }
    }
}
