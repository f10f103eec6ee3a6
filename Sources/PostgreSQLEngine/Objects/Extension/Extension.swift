/// An installed extension; its members are its own and never compared.
public struct ExtensionDefinition: Hashable, Codable, Sendable {
    /// The schema that holds its objects.
    public var schema: String
    /// The installed version, for example `1.6`; in a lowered manifest nil for "any".
    public var version: String?

    /// Makes the definition.
    public init(schema: String, version: String?) {
        self.schema = schema
        self.version = version
    }
}
