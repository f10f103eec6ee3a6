public import SchemaCore

/// What part of a database is looked at.
public struct Scope: Hashable, Codable, Sendable {
    /// The schemas, in order. Empty for an engine or a database without schemas.
    public var schemas: [String]
    /// Whether every schema that is not the server's own is meant; then `schemas` is empty.
    public var isEverything: Bool
    /// What is read beside the schema: managed rows, what statements made; one for each object,
    /// in the order of their addresses.
    public var reads: [ScopeRead]

    /// Makes a scope of some schemas.
    ///
    /// - Parameter reads: of several for one object the last counts.
    public init(schemas: some Sequence<String>, reads: some Sequence<ScopeRead> = []) {
        self.schemas = Set(schemas).sorted()
        isEverything = false
        let byObject = Dictionary(reads.map { ($0.object, $0) }, uniquingKeysWith: { $1 })
        self.reads = byObject.values.sorted { $0.object < $1.object }
    }

    private init() {
        schemas = []
        isEverything = true
        reads = []
    }

    /// All that is not the server's own.
    public static let everything = Scope()

    /// Whether objects of a kind are read one by one, by their names: then one that is not managed
    /// is one that was, or has the name of one, and nothing is said of others like it.
    public func namesEach(_ kind: ObjectKind) -> Bool {
        reads.contains { $0.object.kind == kind }
    }

    private enum CodingKeys: CodingKey { case schemas, isEverything, reads }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schemas = try container.decode([String].self, forKey: .schemas)
        isEverything = try container.decode(Bool.self, forKey: .isEverything)
        reads = try container.decodeIfPresent([ScopeRead].self, forKey: .reads) ?? []
    }

    /// Coded without reads where there are none, as most scopes are.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemas, forKey: .schemas)
        try container.encode(isEverything, forKey: .isEverything)
        if !reads.isEmpty { try container.encode(reads, forKey: .reads) }
    }
}
