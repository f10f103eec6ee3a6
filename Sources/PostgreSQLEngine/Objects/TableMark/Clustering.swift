public import SchemaCore

/// The index by which `CLUSTER` orders a table.
public struct ClusteringDefinition: Hashable, Codable, Sendable {
    /// The index, in the table's schema.
    public var index: String
    /// The kind of what is ordered, if it is no table.
    public var relation: ObjectKind?
}
