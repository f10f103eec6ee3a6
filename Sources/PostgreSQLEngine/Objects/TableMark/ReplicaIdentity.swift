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
