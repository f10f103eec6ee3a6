/// What of a column's NOT NULL is not as usual: a constraint with properties from PostgreSQL 18 on.
public struct NotNullDefinition: Hashable, Codable, Sendable {
    /// Its name, if it is not the server's choice.
    public var name: String?
    /// Whether the rows that were there before are known to hold it. One that is not validated
    /// refuses new NULLs, but promises nothing.
    public var isValidated = true
    /// Whether child tables do not have it.
    public var noInherit = false
    /// The comment on it.
    public var comment: String?

    /// Makes the definition.
    public init(
        name: String? = nil, isValidated: Bool = true, noInherit: Bool = false,
        comment: String? = nil
    ) {
        self.name = name
        self.isValidated = isValidated
        self.noInherit = noInherit
        self.comment = comment
    }

    /// The same, if anything of it is unusual.
    var unlessUsual: NotNullDefinition? { self == NotNullDefinition() ? nil : self }
}
