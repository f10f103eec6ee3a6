// Owns the comparison of names by their bytes. Swift takes two spellings of one text for equal (é
// as one scalar, or as e with an accent), and has no total order of them; to a server they are
// names like any others.

internal import Foundation

extension String {
    /// Whether both have the same UTF-8.
    public func isSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && comparedBytes(with: other) == 0
    }

    /// Whether this comes first in the order of the UTF-8, which is that of the scalars.
    public func precedesByBytes(_ other: String) -> Bool { comparedBytes(with: other) < 0 }

    /// Below zero if this comes first, zero if both are the same.
    private func comparedBytes(with other: String) -> Int {
        var mine = self
        var theirs = other
        return mine.withUTF8 { mine in
            theirs.withUTF8 { theirs in
                let shared = Swift.min(mine.count, theirs.count)
                guard shared > 0, let first = mine.baseAddress, let second = theirs.baseAddress
                else { return mine.count - theirs.count }
                let order = memcmp(first, second, shared)
                return order == 0 ? mine.count - theirs.count : Int(order)
            }
        }
    }
}
