public import SchemaCore

/// What has to be read for one object of which the schema says nothing: a managed row, what a
/// statement made, a role. It is kept with what was last applied, so that drift is seen without
/// manifests.
public struct ScopeRead: Hashable, Codable, Sendable {
    /// The object's address as manifests have it.
    public var object: ObjectID
    /// How the engine reads it: a JSON text of its own.
    public var how: String
    /// Whether the object belongs to the whole server, and so perhaps to others as well.
    public var isOfServer: Bool

    /// Makes the value.
    public init(object: ObjectID, how: String, isOfServer: Bool = false) {
        self.object = object
        self.how = how
        self.isOfServer = isOfServer
    }

    private enum CodingKeys: CodingKey { case object, how, isOfServer }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        object = try container.decode(ObjectID.self, forKey: .object)
        how = try container.decode(String.self, forKey: .how)
        isOfServer = try container.decodeIfPresent(Bool.self, forKey: .isOfServer) ?? false
    }

    /// Coded without what most reads do not have.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(object, forKey: .object)
        try container.encode(how, forKey: .how)
        if isOfServer { try container.encode(true, forKey: .isOfServer) }
    }
}
