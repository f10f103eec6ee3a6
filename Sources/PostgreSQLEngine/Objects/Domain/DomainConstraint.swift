public import SchemaCore

/// A check of a domain.
public struct DomainConstraintDefinition: Hashable, Codable, Sendable {
    /// The condition on VALUE.
    public var expression: VerbatimSQL
    /// Whether values that are there are known to hold it.
    public var isValidated = true
}
