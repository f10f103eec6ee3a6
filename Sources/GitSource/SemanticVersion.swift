/// A version as semver.org 2.0 has it. Build metadata takes no part in the order.
public struct SemanticVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// One dot-separated piece of a pre-release.
    enum Identifier: Hashable, Sendable, Comparable {
        case number(UInt64)
        case text(String)

        /// Numbers come before texts.
        static func < (lhs: Identifier, rhs: Identifier) -> Bool {
            switch (lhs, rhs) {
            case (.number(let left), .number(let right)): left < right
            case (.number, .text): true
            case (.text, .number): false
            case (.text(let left), .text(let right)):
                left.utf8.lexicographicallyPrecedes(right.utf8)
            }
        }
    }

    /// The first number.
    public let major: UInt64
    /// The second number.
    public let minor: UInt64
    /// The third number.
    public let patch: UInt64
    let prerelease: [Identifier]

    init(_ major: UInt64, _ minor: UInt64, _ patch: UInt64, _ prerelease: [Identifier] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
    }

    /// Reads `1.2.3`, `v1.2.3-rc.1`, `1.2.3+build`; nil if the text is no version.
    public init?(_ text: String) {
        let (core, prerelease) = Self.split(text.hasPrefix("v") ? text.dropFirst() : text[...])
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, let major = Self.number(numbers[0]),
            let minor = Self.number(numbers[1]), let patch = Self.number(numbers[2]),
            let identifiers = Self.identifiers(prerelease)
        else { return nil }
        self.init(major, minor, patch, identifiers)
    }

    /// Whether it has a pre-release part.
    public var isPrerelease: Bool { !prerelease.isEmpty }

    /// Without build metadata and without a leading `v`.
    public var description: String {
        let core = "\(major).\(minor).\(patch)"
        if prerelease.isEmpty { return core }
        let parts = prerelease.map { identifier in
            switch identifier {
            case .number(let number): String(number)
            case .text(let text): text
            }
        }
        return core + "-" + parts.joined(separator: ".")
    }

    /// By precedence: a pre-release comes before its release.
    public static func < (lhs: SemanticVersion, rhs: SemanticVersion) -> Bool {
        let left = (lhs.major, lhs.minor, lhs.patch)
        let right = (rhs.major, rhs.minor, rhs.patch)
        if left != right { return left < right }
        if lhs.prerelease.isEmpty || rhs.prerelease.isEmpty {
            return !lhs.prerelease.isEmpty && rhs.prerelease.isEmpty
        }
        return lhs.prerelease.lexicographicallyPrecedes(rhs.prerelease)
    }

    /// The numbers' part and the pre-release's part, without build metadata.
    static func split(_ text: Substring) -> (core: Substring, prerelease: Substring?) {
        let bare = text.prefix { $0 != "+" }
        guard let dash = bare.firstIndex(of: "-") else { return (bare, nil) }
        return (bare[..<dash], bare[bare.index(after: dash)...])
    }

    static func number(_ text: Substring) -> UInt64? {
        guard !text.isEmpty, text.utf8.count < 19,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || !text.hasPrefix("0")
        else { return nil }
        return UInt64(text)
    }

    static func identifiers(_ text: Substring?) -> [Identifier]? {
        guard let text else { return [] }
        var out: [Identifier] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let isWord = part.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
                    || byte == 0x2d
            }
            guard !part.isEmpty, isWord else { return nil }
            if part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                guard let number = number(part) else { return nil }
                out.append(.number(number))
            } else {
                out.append(.text(String(part)))
            }
        }
        return out
    }
}
