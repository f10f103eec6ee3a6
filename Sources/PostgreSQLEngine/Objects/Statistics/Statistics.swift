public import SchemaCore

/// Extended statistics of a table.
public struct StatisticsDefinition: Hashable, Codable, Sendable {
    /// What is computed.
    public enum Sort: String, Hashable, Codable, CaseIterable, Sendable {
        case distinct, dependencies, mostCommon
    }

    /// The table.
    public var table: QualifiedName
    /// What is computed, in the order of the cases; empty for one expression, which has its own.
    public var sorts: [Sort]
    /// The columns, in the order of their names: which comes first means nothing.
    public var columns: [String]
    /// The expressions.
    public var expressions: [VerbatimSQL]
    /// How many values are sampled; nil for the table's own.
    public var target: Int?
    /// The kind of what they are of, if it is no table.
    public var relation: ObjectKind?
}
