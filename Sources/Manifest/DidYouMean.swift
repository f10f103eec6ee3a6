/// Finds what a misspelled word was meant to be.
public enum DidYouMean {
    /// The candidate closest to `word`, if one is close enough to be worth a question.
    public static func closest(to word: String, in candidates: some Sequence<String>) -> String? {
        let folded = Array(word.lowercased().unicodeScalars.prefix(64))
        let limit = max(1, folded.count / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars.prefix(64))
            guard abs(other.count - folded.count) <= limit else { continue }
            let distance = distance(folded, other)
            if distance <= limit && distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        // One letter for another is no likeness.
        return folded.count < 2 && best?.distance ?? 0 > 0 ? nil : best?.candidate
    }

    /// `did you mean "nullable"?`, or nil where nothing is close.
    public static func hint(
        _ word: String, in candidates: some Sequence<String>,
        show: (String) -> String = { "\"\($0)\"" }
    ) -> String? {
        closest(to: word, in: candidates).map { "did you mean \(show($0))?" }
    }

    /// Damerau-Levenshtein with adjacent swaps: what typing errors look like.
    private static func distance(_ lhs: [Unicode.Scalar], _ rhs: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var previous = Array(0...rhs.count)
        for row in 0..<lhs.count {
            var current = [row + 1]
            current.reserveCapacity(rhs.count + 1)
            for column in 0..<rhs.count {
                let cost = lhs[row] == rhs[column] ? 0 : 1
                var value = min(
                    previous[column] + cost, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, lhs[row] == rhs[column - 1], lhs[row - 1] == rhs[column] {
                    value = min(value, before[column - 1] + 1)
                }
                current.append(value)
            }
            before = previous
            previous = current
        }
        return previous[rhs.count]
    }
}
