/// A view.
public struct ViewDefinition: Hashable, Codable, Sendable {
    /// The name as it is spelled.
    public var name: String
    /// The names that it gives its columns itself; empty where the query's are taken. What columns
    /// there are then follows from the query and what it reads, so it is no part of the view.
    public var columns: [String]
    /// The query.
    public var query: ComparableSQL

    /// Makes the definition.
    public init(name: String, columns: [String] = [], query: ComparableSQL) {
        self.name = name
        self.columns = columns
        self.query = query
    }
}
