/// A number as it is usually written, by its digits: `-0.25`, `1e+300`, but not `007` or `1.50`,
/// which numbers would not give back.
struct DecimalText: Equatable {
    private var isNegative = false
    private var digits: [UInt8] = []
    /// How many of the digits stand before the point.
    private var places = 0
    /// Whether it cannot be meant as an integer.
    let hasPoint: Bool

    init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("-") { isNegative = true; rest.removeFirst() }
        let parts = rest.split(
            maxSplits: 1, omittingEmptySubsequences: false
        ) { $0 == "e" || $0 == "E" }
        let halves = parts[0].split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let (whole, fraction) = (
            Array(halves[0].utf8), Array((halves.dropFirst().first ?? "").utf8)
        )
        let zero = UInt8(ascii: "0")
        guard (whole + fraction).allSatisfy({ (0x30...0x39).contains($0) }), !whole.isEmpty,
            whole.count == 1 || whole[0] != zero, halves.count == 1 || !fraction.isEmpty,
            fraction == [zero] || fraction.last != zero
        else { return nil }
        var exponent = 0
        if parts.count == 2 {
            guard let read = Int(parts[1]), abs(read) < 1_000 else { return nil }
            exponent = read
        }
        hasPoint = parts.count == 2 || halves.count == 2
        digits = whole + fraction
        places = whole.count + exponent
        while digits.first == zero { digits.removeFirst(); places -= 1 }
        while digits.last == zero { digits.removeLast() }
        if digits.isEmpty { places = 0 }
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.isNegative == rhs.isNegative && lhs.digits == rhs.digits && lhs.places == rhs.places
    }
}
