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

    /// What columns are called now, by what they are called afterwards; nil for one that is not
    /// there yet. A name that one column gives away can be another's (`RequestedRename.resolved`).
    ///
    /// - Parameter isThere: whether the table has a column of that name.
    public func current(_ isThere: (String) -> Bool) -> (_ column: String) -> String? {
        var found: [String: String] = [:]
        var given: Set<String> = []
        var goesOn = true
        while goesOn {
            goesOn = false
            for (column, former) in columns where found[column] == nil {
                guard !isThere(column) || given.contains(column),
                    let name = former.first(where: isThere)
                else { continue }
                found[column] = name
                given.insert(name)
                goesOn = true
            }
        }
        let there = Set(columns.keys.filter { isThere($0) && !given.contains($0) })
        return { [columns] column in
            found[column] ?? (columns[column] == nil || there.contains(column) ? column : nil)
        }
    }
}
