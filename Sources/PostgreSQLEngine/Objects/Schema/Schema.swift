/// A schema has nothing but its name (its owner and grants have kinds of their own).
public struct SchemaDefinition: Hashable, Codable, Sendable {
    /// Makes the definition.
    public init() {}
}
