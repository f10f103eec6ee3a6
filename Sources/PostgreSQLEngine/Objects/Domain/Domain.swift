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
    /// What of its NOT NULL constraint is not as usual (PostgreSQL 17 and newer).
    public var notNull: NotNull?

    /// What of a domain's NOT NULL constraint is not as usual.
    public struct NotNull: Hashable, Codable, Sendable {
        /// Its name, if it is not the server's choice.
        public var name: String?
        /// The comment on it.
        public var comment: String?

        /// The same, if anything of it is unusual.
        var unlessUsual: NotNull? { self == NotNull() ? nil : self }
    }
}
