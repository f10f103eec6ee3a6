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

    /// The foreign server.
    public var server: String
    /// What the wrapper has to know of the table.
    public var options: [String: String]
    /// The columns in order.
    public var columns: [Column]
    /// The checks by name.
    public var checks: [Check]
}
