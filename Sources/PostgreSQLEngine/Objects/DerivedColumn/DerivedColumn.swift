public import SchemaCore

/// What a column that a table has from a parent or a type is beside what it is there.
public struct DerivedColumnDefinition: Hashable, Codable, Sendable {
    /// Whether it refuses NULL although it need not.
    public var isNotNull: Bool
    /// Its default, if it is another one than above: `NULL` for none.
    public var fallback: VerbatimSQL?
    /// The default that it would have else; known only of what a server has read.
    public var inherited: VerbatimSQL?
    /// The kind of what has the column, if it is no table.
    public var relation: ObjectKind?

    /// Makes the definition.
    public init(
        isNotNull: Bool, fallback: VerbatimSQL? = nil, inherited: VerbatimSQL? = nil,
        relation: ObjectKind? = nil
    ) {
        self.relation = relation
        self.isNotNull = isNotNull
        self.fallback = fallback
        self.inherited = inherited
    }

    /// No default.
    static let none = VerbatimSQL("NULL")
}

extension ObjectID {
    /// What the column of a path has for itself, which is had from elsewhere.
    static func derivedColumn(_ schema: String, _ table: String, _ column: String) -> ObjectID {
        ObjectID(.derivedColumn, schema, table, column)
    }
}
