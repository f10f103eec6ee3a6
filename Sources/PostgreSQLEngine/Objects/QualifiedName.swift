public import SchemaCore

/// A name in a schema, for example a collation's or a referenced table's.
public struct QualifiedName: Hashable, Codable, Sendable, Comparable {
    /// The schema; in a lowered manifest nil where the search path is to find it.
    public var schema: String?
    /// The name.
    public var name: String

    /// Makes a name.
    public init(schema: String?, name: String) {
        self.schema = schema
        self.name = name
    }

    /// By schema, then by name.
    public static func < (lhs: QualifiedName, rhs: QualifiedName) -> Bool {
        (lhs.schema ?? "", lhs.name) < (rhs.schema ?? "", rhs.name)
    }

    /// The dotted name.
    public var sql: SQL { "\(name: (schema.map { [$0] } ?? []) + [name])" }
}
