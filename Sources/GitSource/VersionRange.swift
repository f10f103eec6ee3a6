/// A set of versions, as package managers write it: `~1.2`, `^1.2.0`, `>=1.0 <2.0`, `1.x`,
/// `1.2.3 || ^2.0`.
///
/// Blanks or commas between comparisons mean "and", `||` means "or". A pre-release matches only
/// where it is asked for: a comparison names a pre-release of the same three numbers, or the
/// caller wants them all.
public struct VersionRange: Hashable, Sendable, CustomStringConvertible {
    private struct Comparison: Hashable, Sendable {
        enum Sign: Hashable, Sendable { case less, lessOrEqual, equal, greaterOrEqual, greater }
        let sign: Sign
        let version: SemanticVersion

        func contains(_ other: SemanticVersion) -> Bool {
            switch sign {
            case .less: other < version
            case .lessOrEqual: other <= version
            case .equal: other == version
            case .greaterOrEqual: other >= version
            case .greater: other > version
            }
        }
    }

    /// A version of which trailing numbers may be missing.
    private struct Partial {
        var numbers: [UInt64]
        var prerelease: [SemanticVersion.Identifier]

        var floor: SemanticVersion {
            let padded = numbers + [0, 0, 0]
            return SemanticVersion(padded[0], padded[1], padded[2], prerelease)
        }

        /// The first version above all that begin with the first `count` numbers.
        func ceiling(keeping count: Int) -> SemanticVersion? {
            guard count > 0 else { return nil }
            var next = Array((numbers + [0, 0, 0]).prefix(count))
            next[count - 1] += 1
            next += [0, 0, 0]
            // The lowest pre-release of all, so that `<` leaves out the pre-releases of the end.
            return SemanticVersion(next[0], next[1], next[2], [.number(0)])
        }
    }

    private let alternatives: [[Comparison]]
    /// The text it was read from.
    public let description: String

    /// Reads a range.
    public init(_ text: String) throws(GitError) {
        description = text
        var alternatives: [[Comparison]] = []
        for alternative in text.replacing("||", with: "\u{1}").split(
            separator: "\u{1}", omittingEmptySubsequences: false)
        {
            alternatives.append(try Self.comparisons(alternative, in: text))
        }
        self.alternatives = alternatives
    }

    /// Whether a version lies in the range.
    public func contains(_ version: SemanticVersion, prereleases: Bool = false) -> Bool {
        alternatives.contains { comparisons in
            guard comparisons.allSatisfy({ $0.contains(version) }) else { return false }
            if !version.isPrerelease || prereleases { return true }
            return comparisons.contains { comparison in
                let named = comparison.version
                return named.isPrerelease
                    && (named.major, named.minor, named.patch)
                        == (version.major, version.minor, version.patch)
            }
        }
    }

    /// The tag with the highest matching version; of equal versions the first by name.
    public func best(of tags: some Sequence<String>, prereleases: Bool = false) -> String? {
        var best: (tag: String, version: SemanticVersion)?
        for tag in tags.sorted() {
            guard let version = SemanticVersion(tag),
                contains(version, prereleases: prereleases)
            else { continue }
            if best.map({ version > $0.version }) ?? true { best = (tag, version) }
        }
        return best?.tag
    }

    private static func comparisons(
        _ text: Substring, in whole: String
    ) throws(GitError) -> [Comparison] {
        var out: [Comparison] = []
        var sign = ""
        var seen = false
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let prefix = word.prefix { "<>=~^".contains($0) }
            let rest = word[prefix.endIndex...]
            if !sign.isEmpty && !prefix.isEmpty { throw refused(whole) }
            sign += prefix
            if rest.isEmpty { continue }
            out += try bounds(sign, try partial(rest, in: whole), in: whole)
            sign = ""
            seen = true
        }
        if !sign.isEmpty || !seen { throw refused(whole) }
        return out
    }

    private static func partial(
        _ text: Substring, in whole: String
    ) throws(GitError) -> Partial {
        let (core, prerelease) = SemanticVersion.split(
            text.hasPrefix("v") ? text.dropFirst() : text)
        var numbers: [UInt64] = []
        var open = false
        let parts = core.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { throw refused(whole) }
        for part in parts {
            if ["x", "X", "*"].contains(part) {
                open = true
            } else if let number = SemanticVersion.number(part), !open {
                numbers.append(number)
            } else {
                throw refused(whole)
            }
        }
        guard let identifiers = SemanticVersion.identifiers(prerelease),
            identifiers.isEmpty || numbers.count == 3
        else { throw refused(whole) }
        return Partial(numbers: numbers, prerelease: identifiers)
    }

    private static func bounds(
        _ sign: String, _ partial: Partial, in whole: String
    ) throws(GitError) -> [Comparison] {
        let count = partial.numbers.count
        let from = Comparison(sign: .greaterOrEqual, version: partial.floor)
        func upTo(_ keeping: Int) -> [Comparison] {
            partial.ceiling(keeping: keeping).map { [Comparison(sign: .less, version: $0)] } ?? []
        }
        switch sign {
        case "", "=":
            if count == 3 { return [Comparison(sign: .equal, version: partial.floor)] }
            return [from] + upTo(count)
        case "~": return [from] + upTo(min(count, 2))
        case "^":
            // Up to the first number that is not zero, or the last one given.
            let first = partial.numbers.firstIndex { $0 > 0 } ?? max(count - 1, 0)
            return [from] + upTo(min(first + 1, count))
        case ">=": return [from]
        case ">":
            if count == 3 { return [Comparison(sign: .greater, version: partial.floor)] }
            guard let next = partial.ceiling(keeping: count) else { throw refused(whole) }
            return [
                Comparison(
                    sign: .greaterOrEqual,
                    version: SemanticVersion(next.major, next.minor, next.patch))
            ]
        case "<":
            guard count > 0 else { throw refused(whole) }
            if !partial.prerelease.isEmpty {
                return [Comparison(sign: .less, version: partial.floor)]
            }
            let floor = partial.floor
            return [
                Comparison(
                    sign: .less,
                    version: SemanticVersion(floor.major, floor.minor, floor.patch, [.number(0)]))
            ]
        case "<=":
            if count == 3 { return [Comparison(sign: .lessOrEqual, version: partial.floor)] }
            return upTo(count)
        default: throw refused(whole)
        }
    }

    private static func refused(_ text: String) -> GitError {
        GitError(
            .badReference, "\"\(cleaned(text, limit: 80))\" is not a range of versions",
            help: "write for example ~1.2, ^1.2.0, >=1.0 <2.0 or 1.x; join alternatives with ||")
    }
}

extension VersionRange: Codable {
    /// Coded as its text.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }
    /// Coded as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
