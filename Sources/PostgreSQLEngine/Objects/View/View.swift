public import SchemaCore

/// A view.
public struct ViewDefinition: Hashable, Codable, Sendable {
    /// A column that the view gives.
    public struct Column: Hashable, Codable, Sendable {
        /// Its name.
        public var name: String
        /// Its type as the server prints it; in a lowered manifest empty where that says none.
        public var type: String

        /// Makes the definition.
        public init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }
    /// The query, without a semicolon at the end.
    public var query: VerbatimSQL
    /// The columns in order; in a lowered manifest only the names that it gives, or none.
    public var columns: [Column]
    /// Options by name: `security_barrier`, `security_invoker`, `check_option`.
    public var options: [String: String]

    /// Makes the definition.
    public init(query: VerbatimSQL, columns: [Column] = [], options: [String: String] = [:]) {
        self.query = query
        self.columns = columns
        self.options = options
    }
}
