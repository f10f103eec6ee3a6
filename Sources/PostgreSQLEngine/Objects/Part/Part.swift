public import SchemaCore

/// A partition's part of an index, key or foreign key of a table above: what it is called and how
/// it is kept. The server makes parts by itself, so one is managed where a manifest states it.
public struct PartDefinition: Hashable, Codable, Sendable {
    /// Where an index is kept and how.
    public struct Place: Hashable, Codable, Sendable {
        /// Storage parameters.
        public var options: [String: String]
        /// The tablespace, if it is not the database's.
        public var tablespace: String?

        /// Makes the value.
        public init(options: [String: String] = [:], tablespace: String? = nil) {
            self.options = options
            self.tablespace = tablespace
        }
    }

    /// Its name.
    public var name: String
    /// How it is kept; in a lowered manifest nothing where it is as above.
    public var options: [String: String]?
    /// Where it is kept: `pg_default` for where the database's are; in a lowered manifest nothing
    /// where it is as above.
    public var tablespace: String?
    /// How that is above, and so when the server makes it.
    public var above: Place
    /// The comment.
    public var comment: String?
    /// Whether it is of a key, which has a constraint besides the index.
    public var isKey: Bool
    /// Whether the server would choose the same if it made it anew. No difference.
    public var isUsual = false

    /// Makes the definition.
    public init(
        name: String, options: [String: String]? = nil, tablespace: String? = nil,
        above: Place = Place(), comment: String? = nil, isKey: Bool = false, isUsual: Bool = false
    ) {
        self.name = name
        self.options = options
        self.tablespace = tablespace
        self.above = above
        self.comment = comment
        self.isKey = isKey
        self.isUsual = isUsual
    }

    private enum CodingKeys: CodingKey { case name, options, tablespace, above, comment, isKey }

    /// Compares all but whether it is usual.
    public static func == (lhs: PartDefinition, rhs: PartDefinition) -> Bool {
        lhs.name == rhs.name && lhs.options == rhs.options && lhs.tablespace == rhs.tablespace
            && lhs.above == rhs.above && lhs.comment == rhs.comment && lhs.isKey == rhs.isKey
    }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension PartDefinition {
    /// The word for where an index is when no tablespace is named.
    static let usualTablespace = "pg_default"
}

extension ObjectKind {
    /// A part of an index, or of a key with its index. Its path ends in the name that the index
    /// has in the table that declares it.
    static let part = ObjectKind(rawValue: "part")
    /// A part of a foreign key, in the same way.
    static let foreignKeyPart = ObjectKind(rawValue: "foreignKeyPart")

    /// Whether it is either.
    var isPart: Bool { self == .part || self == .foreignKeyPart }
}
