public import SchemaCore

/// A publication.
public struct PublicationDefinition: Hashable, Codable, Sendable {
    /// A table of it.
    public struct Table: Hashable, Codable, Sendable {
        /// The table.
        public var name: QualifiedName
        /// The columns, by name; empty for all.
        public var columns: [String]
        /// Which rows are published; nil for all.
        public var condition: VerbatimSQL?
    }

    /// A change that is published.
    public enum Change: String, Hashable, Codable, CaseIterable, Sendable {
        case insert, update, delete, truncate
    }

    /// Whether it is for all tables.
    public var isForAllTables: Bool
    /// The tables by name, where it is for some.
    public var tables: [Table]
    /// The schemas whose tables it is for, by name.
    public var schemas: [String]
    /// What is published, in the order of the cases.
    public var changes: [Change]
    /// Whether partitions publish as their topmost parent.
    public var isViaRoot: Bool
    /// Whether stored generated columns are published (PostgreSQL 18).
    public var hasGeneratedColumns: Bool
}
