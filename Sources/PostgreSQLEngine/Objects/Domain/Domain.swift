public import SchemaCore

/// A domain. Its checks are objects of their own.
public struct DomainDefinition: Hashable, Codable, Sendable {
    /// The type below it, as the server prints it; in a lowered manifest as it is written.
    public var type: VerbatimSQL
    /// Its collation where that is not its type's own.
    public var collation: QualifiedName?
    /// The default of columns of it.
    public var `default`: VerbatimSQL?
    /// Whether it takes no NULL.
    public var isNotNull = false
}
