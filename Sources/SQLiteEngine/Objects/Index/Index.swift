/// An index that belongs to no constraint.
public struct IndexDefinition: Hashable, Codable, Sendable {
    /// One key of an index.
    public struct Key: Hashable, Codable, Sendable {
        /// What is indexed.
        public enum Element: Hashable, Codable, Sendable {
            /// A column, spelled as it is declared.
            case column(String)
            /// An expression, without the outer parentheses.
            case expression(ComparableSQL)
        }
        /// What is indexed.
        public var element: Element
        /// The collation in upper case, if it is not the column's own; for an expression, if it is
        /// not `BINARY`.
        public var collation: String?
        /// `DESC`.
        public var isDescending: Bool

        /// Makes the definition.
        public init(_ element: Element, collation: String? = nil, isDescending: Bool = false) {
            self.element = element
            self.collation = collation
            self.isDescending = isDescending
        }
    }

    /// The name as it is spelled.
    public var name: String
    /// The table's name as it is spelled there.
    public var table: String
    /// Whether it refuses duplicates.
    public var isUnique: Bool
    /// The keys in order.
    public var keys: [Key]
    /// The condition of a partial index, without outer parentheses.
    public var predicate: ComparableSQL?

    /// Makes the definition.
    public init(
        name: String, table: String, isUnique: Bool = false, keys: [Key],
        predicate: ComparableSQL? = nil
    ) {
        self.name = name
        self.table = table
        self.isUnique = isUnique
        self.keys = keys
        self.predicate = predicate
    }
}
