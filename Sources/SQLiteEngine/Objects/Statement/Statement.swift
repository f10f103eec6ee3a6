// Owns what a statement's object is. Invariant: what it is, a database tells by the query of its
// author; how it is made and removed is no part of that.

public import SchemaCore

/// Something that only its author can make and remove, for example a virtual table.
public struct StatementDefinition: Codable, Sendable {
    /// The name as it is spelled.
    public var name: String
    /// What makes it.
    public var create: VerbatimSQL
    /// What removes it; nil if nothing can.
    public var drop: VerbatimSQL?
    /// The query that tells whether it is there and what it is.
    public var identity: VerbatimSQL
    /// What a database answered to that; empty before one was asked.
    public var answer: [[DataDefinition.Value]]
    /// Its place among the statements of the manifests.
    public var order: Int

    /// Makes the definition.
    public init(
        name: String, create: VerbatimSQL, drop: VerbatimSQL? = nil, identity: VerbatimSQL,
        answer: [[DataDefinition.Value]] = [], order: Int = 0
    ) {
        self.name = name
        self.create = create
        self.drop = drop
        self.identity = identity
        self.answer = answer
        self.order = order
    }

    private enum CodingKeys: CodingKey { case name, create, drop, identity, answer, order }

    /// For a digest, as what it is.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(answer, forKey: .answer)
        let isDigest = CodingUserInfoKey.canonicalBytes.map { encoder.userInfo[$0] != nil }
        guard isDigest != true else { return }
        try container.encode(create, forKey: .create)
        try container.encodeIfPresent(drop, forKey: .drop)
        try container.encode(identity, forKey: .identity)
        try container.encode(order, forKey: .order)
    }
}

extension StatementDefinition: Hashable {
    /// Compares what they are: another text that makes the same is no difference.
    public static func == (lhs: StatementDefinition, rhs: StatementDefinition) -> Bool {
        lhs.name == rhs.name && lhs.answer == rhs.answer
    }

    /// Hashes what it is.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(answer)
    }
}
