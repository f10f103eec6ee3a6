/// The sizes at which a lock, a scan or a rewrite begins to matter. They stand here and nowhere
/// else, and the manual pages print them.
public enum RiskThresholds {
    /// Below this many rows and below `smallBytes`, a table is small: the work is over in moments.
    public static let smallRows: Int64 = 10_000
    /// Below this many bytes (heap and indexes) and below `smallRows`, a table is small.
    public static let smallBytes: Int64 = 10 << 20
    /// From this many rows on, a table is large.
    public static let largeRows: Int64 = 1_000_000
    /// From this many bytes (heap and indexes) on, a table is large.
    public static let largeBytes: Int64 = 1 << 30

    /// The classes that the thresholds make.
    public enum SizeClass: Int, Hashable, Comparable, Sendable {
        /// Nothing is there: the plan itself made it.
        case empty
        /// Below both of the small thresholds.
        case small
        /// Between.
        case medium
        /// At or above one of the large thresholds, or of a size that is not known.
        case large

        /// The smaller is less.
        public static func < (lhs: SizeClass, rhs: SizeClass) -> Bool {
            lhs.rawValue < rhs.rawValue
        }
    }

    /// The class of a size; one that is not known counts as large.
    public static func sizeClass(_ size: Observations.Size?) -> SizeClass {
        guard let size else { return .large }
        let bytes = size.heapBytes + size.indexBytes
        if size.rows >= largeRows || bytes >= largeBytes { return .large }
        if size.rows < smallRows && bytes < smallBytes { return .small }
        return .medium
    }

    /// One line for manual pages.
    public static var summary: String {
        """
        A table is small below \(HumanText.number(smallRows)) rows and \
        \(HumanText.bytes(smallBytes)), large from \(HumanText.number(largeRows)) rows or \
        \(HumanText.bytes(largeBytes)) on, medium between. A size that is not known counts as \
        large.
        """
    }
}
