/// What sort of thing an object is. An engine names its own kinds; only the facets that every
/// engine hangs on other objects are named here.
public struct ObjectKind: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    /// One camel-case word: `table`, `column`, `enum`.
    public let rawValue: String

    /// Makes a kind from its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A comment on another object.
    public static let comment = ObjectKind(rawValue: "comment")
    /// The role to which another object belongs.
    public static let owner = ObjectKind(rawValue: "owner")
    /// What roles may do with another object.
    public static let grants = ObjectKind(rawValue: "grants")

    /// How people are told of it: `materialized view` for `materializedView`.
    public var words: String {
        var out = ""
        for letter in rawValue {
            if letter.isUppercase { out.append(" ") }
            out.append(contentsOf: letter.lowercased())
        }
        return out
    }

    /// By word.
    public static func < (lhs: ObjectKind, rhs: ObjectKind) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    /// Whether objects of this kind are facets: they hang on a subject and have no name.
    var isFacet: Bool { self == .comment || self == .owner || self == .grants }
}

/// The address of one object: state, change, dependency, step and finding all speak of it.
///
/// A column's path is `[schema, table, column]`; a facet's path is its subject's kind followed by
/// its subject's path. Two are equal if their bytes are.
public struct ObjectID: Sendable {
    /// What sort of thing it is.
    public let kind: ObjectKind
    /// The names that lead to it, outermost first; never empty.
    public let path: [String]

    /// Makes an address.
    public init(_ kind: ObjectKind, _ path: [String]) {
        precondition(!path.isEmpty, "an object has at least a name")
        self.kind = kind
        self.path = path
    }

    /// Makes an address from its names.
    public init(_ kind: ObjectKind, _ path: String...) { self.init(kind, path) }

    /// The address of the comment on this object.
    public var comment: ObjectID { facet(.comment) }

    /// The address of a facet of this object.
    public func facet(_ kind: ObjectKind) -> ObjectID {
        ObjectID(kind, [self.kind.rawValue] + path)
    }

    /// For a facet, what it hangs on.
    public var subject: ObjectID? {
        guard kind.isFacet, path.count > 1 else { return nil }
        return ObjectID(ObjectKind(rawValue: path[0]), Array(path.dropFirst()))
    }

    /// The innermost name.
    public var name: String { path[path.count - 1] }

    /// The same address with another innermost name.
    public func renamed(_ name: String) -> ObjectID {
        ObjectID(kind, Array(path.dropLast()) + [name])
    }
}

extension ObjectID: Hashable {
    /// Compares the bytes of the names.
    public static func == (lhs: ObjectID, rhs: ObjectID) -> Bool {
        lhs.kind == rhs.kind && lhs.path.elementsEqual(rhs.path) { $0.isSameBytes(as: $1) }
    }

    /// Hashes the names; two spellings of one text have one hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(path)
    }
}

extension ObjectID: Comparable {
    /// By kind, then by path.
    public static func < (lhs: ObjectID, rhs: ObjectID) -> Bool {
        guard lhs.kind == rhs.kind else { return lhs.kind < rhs.kind }
        for (mine, other) in zip(lhs.path, rhs.path) where !mine.isSameBytes(as: other) {
            return mine.precedesByBytes(other)
        }
        return lhs.path.count < rhs.path.count
    }
}

extension ObjectID: CustomStringConvertible {
    /// `column app.users.email`, `comment on table app.users`; names that are no plain words are
    /// quoted as in SQL.
    public var description: String {
        if let subject { return "\(kind.words) on \(subject)" }
        return "\(kind.words) \(dottedPath)"
    }

    /// The same with the kinds' own words, for what other programs keep.
    public var key: String {
        if let subject { return "\(kind.rawValue) on \(subject.key)" }
        return "\(kind.rawValue) \(dottedPath)"
    }

    /// The dotted path without the kind, quoted where needed; a last part in parentheses, the
    /// types of a function's arguments, follows without a dot.
    public var dottedPath: String {
        var names = (subject?.path ?? path)[...]
        var types = ""
        if names.count > 2, let last = names.last, last.hasPrefix("("), last.hasSuffix(")") {
            types = last
            names = names.dropLast()
        }
        return names.map(Self.quoted).joined(separator: ".") + types
    }

    private static func quoted(_ name: String) -> String {
        let plain = name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "_$".unicodeScalars.contains(scalar)
        }
        if plain && !name.isEmpty { return name }
        return "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}

extension ObjectID: Codable {
    /// Coded as an array: the kind, then the path.
    public init(from decoder: any Decoder) throws {
        var parts = try decoder.singleValueContainer().decode([String].self)
        guard parts.count > 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an object address"))
        }
        let kind = ObjectKind(rawValue: parts.removeFirst())
        self.init(kind, parts)
    }

    /// Coded as an array: the kind, then the path.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode([kind.rawValue] + path)
    }
}
