public import SchemaCore

/// A composite type: its attributes in order.
public struct CompositeTypeDefinition: Hashable, Codable, Sendable {
    /// An attribute.
    public struct Attribute: Hashable, Codable, Sendable {
        /// Its name.
        public var name: String
        /// Its type as the server prints it; in a lowered manifest as it is written.
        public var type: VerbatimSQL
        /// Its collation where that is not its type's own.
        public var collation: QualifiedName?
    }
    /// The attributes in order.
    public var attributes: [Attribute]
}
