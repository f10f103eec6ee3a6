public import SchemaCore

/// What part of a database is looked at.
public struct Scope: Hashable, Codable, Sendable {
    /// The schemas, in order. Empty for an engine or a database without schemas.
    public var schemas: [String]
    /// Whether every schema that is not the server's own is meant; then `schemas` is empty.
    public var isEverything: Bool
    /// Schemas that are looked at only because something that is declared may still stand there,
    /// under a former name; in order. What else is in them is nobody's.
    public var former: [String]
    /// What is read beside the schema: managed rows, what statements made; one for each object,
    /// in the order of their addresses.
    public var reads: [ScopeRead]
    /// What earlier plans took out of use, in the order of the places: it is read, and kept apart
    /// from all else.
    public var residue: [Residue]

    /// Makes a scope of some schemas.
    ///
    /// - Parameters:
    ///   - former: those that are among `schemas` count as such.
    ///   - reads: of several for one object the last counts.
    public init(
        schemas: some Sequence<String>, former: some Sequence<String> = [],
        reads: some Sequence<ScopeRead> = [], residue: [Residue] = []
    ) {
        self.residue = residue
        self.schemas = Set(schemas).sorted()
        self.former = Set(former).subtracting(schemas).sorted()
        isEverything = false
        let byObject = Dictionary(reads.map { ($0.object, $0) }, uniquingKeysWith: { $1 })
        self.reads = byObject.values.sorted { $0.object < $1.object }
    }

    private init() {
        schemas = []
        former = []
        isEverything = true
        reads = []
        residue = []
    }

    /// All that is not the server's own.
    public static let everything = Scope()

    /// Whether objects of a kind are read one by one, by their names: then one that is not managed
    /// is one that was, or has the name of one, and nothing is said of others like it.
    public func namesEach(_ kind: ObjectKind) -> Bool {
        reads.contains { $0.object.kind == kind }
    }

    /// The kinds of what is read that belongs to the whole server.
    public var kindsOfServer: Set<ObjectKind> {
        Set(reads.lazy.filter(\.isOfServer).map(\.object.kind))
    }

    /// Whether a schema is looked at.
    public func looks(at schema: String) -> Bool {
        isEverything || schemas.contains(schema) || former.contains(schema)
    }

    /// Whether an object is only seen because something else may come from its schema.
    public func onlyPasses(_ id: ObjectID) -> Bool {
        !former.isEmpty && former.contains((id.subject ?? id).path[0])
    }

    /// The same scope where these renames are going to be done: what is in a schema that gets
    /// another name comes along.
    public func taking(_ renames: [Rename]) -> Scope {
        let moved = Set(renames.lazy.map(\.from.path).filter { $0.count == 1 }.map { $0[0] })
        var scope = self
        scope.former.removeAll(where: moved.contains)
        return scope
    }

    private enum CodingKeys: CodingKey { case schemas, former, isEverything, reads, residue }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schemas = try container.decode([String].self, forKey: .schemas)
        isEverything = try container.decode(Bool.self, forKey: .isEverything)
        former = try container.decodeIfPresent([String].self, forKey: .former) ?? []
        reads = try container.decodeIfPresent([ScopeRead].self, forKey: .reads) ?? []
        residue = try container.decodeIfPresent([Residue].self, forKey: .residue) ?? []
    }

    /// Coded without what is empty in most scopes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemas, forKey: .schemas)
        if !former.isEmpty { try container.encode(former, forKey: .former) }
        try container.encode(isEverything, forKey: .isEverything)
        if !reads.isEmpty { try container.encode(reads, forKey: .reads) }
        if !residue.isEmpty { try container.encode(residue, forKey: .residue) }
    }
}
