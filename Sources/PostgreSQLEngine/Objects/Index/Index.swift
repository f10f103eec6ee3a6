public import SchemaCore

/// An index that belongs to no constraint.
public struct IndexDefinition: Hashable, Codable, Sendable {
    /// One key of an index.
    public struct Key: Hashable, Codable, Sendable {
        /// What is indexed.
        public enum Element: Hashable, Codable, Sendable {
            /// A column, by name.
            case column(String)
            /// An expression, without the outer parentheses.
            case expression(VerbatimSQL)
        }
        /// What is indexed.
        public var element: Element
        /// The collation, if it is not the element's own.
        public var collation: QualifiedName?
        /// The operator class, if it is not the default for type and method.
        public var operatorClass: QualifiedName?
        /// The operator class's parameters.
        public var operatorClassOptions: [String: String]
        /// `DESC`.
        public var isDescending: Bool
        /// Whether NULLs come first; by default so if descending.
        public var nullsFirst: Bool
        /// How many values of an expression are sampled, if not the server's default.
        public var statistics: Int?

        /// Makes the definition.
        public init(
            _ element: Element, collation: QualifiedName? = nil,
            operatorClass: QualifiedName? = nil, operatorClassOptions: [String: String] = [:],
            isDescending: Bool = false, nullsFirst: Bool? = nil, statistics: Int? = nil
        ) {
            self.statistics = statistics
            self.element = element
            self.collation = collation
            self.operatorClass = operatorClass
            self.operatorClassOptions = operatorClassOptions
            self.isDescending = isDescending
            self.nullsFirst = nullsFirst ?? isDescending
        }
    }

    /// The kind of the relation that it belongs to.
    public var relation: ObjectKind
    /// The relation's name in the index's schema.
    public var table: String
    /// Whether it refuses duplicates.
    public var isUnique: Bool
    /// Whether NULLs count as equal.
    public var nullsNotDistinct: Bool
    /// The access method, for example `btree`.
    public var method: String
    /// The keys in order.
    public var keys: [Key]
    /// Further columns.
    public var include: [String]
    /// The condition of a partial index, without the outer parentheses.
    public var predicate: VerbatimSQL?
    /// Storage parameters.
    public var options: [String: String]
    /// The tablespace, if it is not the database's.
    public var tablespace: String?
    /// False for what a failed concurrent build left; a manifest cannot ask for it.
    public var isValid: Bool

    /// Makes the definition.
    ///
    /// - Parameter relation: by default a table.
    public init(
        on relation: ObjectKind? = nil, table: String, isUnique: Bool = false,
        nullsNotDistinct: Bool = false, method: String = "btree", keys: [Key],
        include: [String] = [],
        predicate: VerbatimSQL? = nil, options: [String: String] = [:],
        tablespace: String? = nil, isValid: Bool = true
    ) {
        self.tablespace = tablespace
        self.relation = relation ?? .table
        self.table = table
        self.isUnique = isUnique
        self.nullsNotDistinct = nullsNotDistinct
        self.method = method
        self.keys = keys
        self.include = include
        self.predicate = predicate
        self.options = options
        self.isValid = isValid
    }
}

extension IndexDefinition {
    /// The relation that the index with this address belongs to.
    func owner(of id: ObjectID) -> ObjectID { ObjectID(relation, id.path[0], table) }
}

extension PostgreSQLObject {
    /// Whether it is what a failed concurrent build left, or on a partitioned table an index that
    /// not all partitions have a part of.
    var isBrokenIndex: Bool {
        if case .index(let index) = definition { return !index.isValid }
        return false
    }
}

extension Catalog where Object == PostgreSQLObject {
    /// Whether it is an index that not all partitions have a part of, as `CREATE INDEX ON ONLY`
    /// makes it: its parts serve queries and keep rows unique.
    func lacksParts(_ index: PostgreSQLObject) -> Bool {
        index.isBrokenIndex && index.parent.flatMap { self[$0] }?.isPartitioned == true
    }
}
