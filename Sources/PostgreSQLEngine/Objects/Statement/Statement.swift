// Owns what a statement's object is. Invariant: what it is, a database tells by the query of its
// author; how it is made and removed is no part of that.

public import SchemaCore

/// Something that only its author can make and remove.
public struct StatementDefinition: Codable, Sendable {
    /// What makes it.
    public var create: [VerbatimSQL]
    /// What removes it; empty if nothing can.
    public var drop: [VerbatimSQL]
    /// The query that tells whether it is there and what it is.
    public var identity: VerbatimSQL
    /// What a server answered to that; empty before one was asked.
    public var answer: [[String?]]
    /// Its place among the statements of the manifests.
    public var order: Int

    /// Makes the definition.
    public init(
        create: [VerbatimSQL], drop: [VerbatimSQL], identity: VerbatimSQL,
        answer: [[String?]] = [], order: Int = 0
    ) {
        self.create = create
        self.drop = drop
        self.identity = identity
        self.answer = answer
        self.order = order
    }

    private enum CodingKeys: CodingKey { case create, drop, identity, answer, order }

    /// For a digest, as what it is; before a server was asked, that is what its author wrote.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(answer, forKey: .answer)
        guard !encoder.makesCanonicalBytes || answer.isEmpty else { return }
        try container.encode(create, forKey: .create)
        try container.encode(drop, forKey: .drop)
        try container.encode(identity, forKey: .identity)
        try container.encode(order, forKey: .order)
    }
}

extension StatementDefinition: Hashable {
    /// Compares what they are: another text that makes the same is no difference.
    public static func == (lhs: StatementDefinition, rhs: StatementDefinition) -> Bool {
        guard lhs.answer.isEmpty, rhs.answer.isEmpty else { return lhs.answer == rhs.answer }
        return lhs.create == rhs.create && lhs.drop == rhs.drop && lhs.identity == rhs.identity
            && lhs.order == rhs.order
    }

    /// Hashes what it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(answer) }
}
