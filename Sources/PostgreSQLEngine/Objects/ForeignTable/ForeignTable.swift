public import SchemaCore

/// A foreign table: what the server knows of a table that is somewhere else.
public struct ForeignTableDefinition: Hashable, Codable, Sendable {
    /// A column. It holds no rows, so nothing of it has to be looked at or written anew.
    public struct Column: Hashable, Codable, Sendable {
        /// Its name.
        public var name: String
        /// Its type as the server prints it; in a lowered manifest as it is written.
        public var type: VerbatimSQL
        /// Its collation where that is not its type's own.
        public var collation: QualifiedName?
        /// Whether NULL is not expected.
        public var isNotNull: Bool
        /// Its default.
        public var fallback: VerbatimSQL?
        /// The expression that gives its value, if it is a generated column.
        public var generated: ColumnDefinition.Generated?
        /// What the wrapper has to know of it.
        public var options: [String: String]
    }

    /// A condition that all rows are taken to meet.
    public struct Check: Hashable, Codable, Sendable {
        /// Its name.
        public var name: String
        /// The condition.
        public var expression: VerbatimSQL
        /// Whether children do not have it.
        public var isNoInherit: Bool
    }

    /// A table of whose rows it holds a part, and which part.
    public struct Partition: Hashable, Codable, Sendable {
        /// The table.
        public var parent: QualifiedName
        /// Which rows: `FOR VALUES …` or `DEFAULT`, as the server prints it.
        public var bound: VerbatimSQL
    }

    /// The foreign server.
    public var server: String
    /// What the wrapper has to know of the table.
    public var options: [String: String]
    /// The columns in order; of a partition those with options, by name, for they have nothing
    /// else of their own.
    public var columns: [Column]
    /// The checks by name.
    public var checks: [Check]
    /// What it is a part of, if it is one.
    public var partition: Partition?
}

extension ForeignTableDefinition {
    /// The table of whose rows it holds a part; `schema` is its own.
    func parentTable(in schema: String) -> ObjectID? {
        partition.map { .table($0.parent.schema ?? schema, $0.parent.name) }
    }
}

extension ForeignTableDefinition.Column {
    /// A partition's column with options.
    init(name: String, options: [String: String]) {
        self.init(
            name: name, type: VerbatimSQL(""), collation: nil, isNotNull: false, fallback: nil,
            generated: nil, options: options)
    }
}
