public import SchemaCore

/// How the table of a row, and its columns, may be called as long as a rename has not been done.
public struct FormerRowNames: Hashable, Codable, Sendable {
    /// The addresses of the table.
    public var tables: [ObjectID] = []
    /// The names of columns, by what they are called afterwards.
    public var columns: [String: [String]] = [:]

    /// No other names.
    public init() {}

    /// Takes what concerns a table from what manifests say of former names.
    public init(of table: ObjectID, in renames: [RequestedRename]) {
        for rename in renames {
            if rename.to == table { tables = rename.candidates }
            if rename.to.kind.rawValue == "column", Array(rename.to.path.dropLast()) == table.path {
                columns[rename.to.name] = rename.candidates.map(\.name)
            }
            if rename.to.kind.rawValue == "schema", rename.to.name == table.path[0], tables.isEmpty
            {
                tables = rename.candidates.map { ObjectID(table.kind, [$0.name, table.name]) }
            }
        }
    }
}
