/// Whether policies rule a table.
public struct RowSecurityDefinition: Hashable, Codable, Sendable {
    /// Whether policies narrow what others than the owner see and write.
    public var isOn: Bool
    /// Whether they bind the owner, too.
    public var isForced: Bool
}

/// How replication knows a row of a table, where that is not by the primary key.
public struct ReplicaIdentityDefinition: Hashable, Codable, Sendable {
    /// By what a row is known.
    public enum Identity: Hashable, Codable, Sendable {
        /// By all of it.
        case full
        /// By nothing: updates and deletes cannot be replicated.
        case nothing
        /// By the columns of a unique index.
        case index(String)
    }

    /// By what a row is known.
    public var identity: Identity
}

/// The index by which `CLUSTER` orders a table.
public struct ClusteringDefinition: Hashable, Codable, Sendable {
    /// The index, in the table's schema.
    public var index: String
}
