import SchemaCore

extension TableDefinition {
    /// `CREATE TABLE` with columns and constraints inside.
    func creation(_ id: ObjectID, elements: [SQL]) -> SQL {
        var sql: SQL = isUnlogged ? "CREATE UNLOGGED TABLE" : "CREATE TABLE"
        sql += " \(name: id.path)"
        switch origin {
        case .partition(let parent, _)?: sql += " PARTITION OF \(parent.sql)"
        case .type(let type)?: sql += " OF \(type.sql)"
        case .inheritance?, nil: break
        }
        sql += list(elements)
        switch origin {
        case .partition(_, let bound)?: sql += " \(verbatim: bound)"
        case .inheritance(let parents)?:
            sql += " INHERITS (\(parents.map(\.sql).joined(", ")))"
        case .type?, nil: break
        }
        if let partitionKey { sql += " PARTITION BY \(verbatim: partitionKey)" }
        if let accessMethod { sql += " USING \(name: accessMethod)" }
        if !options.isEmpty { sql += " WITH (\(options.parameterList))" }
        if let tablespace { sql += " TABLESPACE \(name: tablespace)" }
        return sql
    }

    /// What stands in parentheses, which a table that has its columns from elsewhere can do
    /// without.
    private func list(_ elements: [SQL]) -> SQL {
        guard elements.isEmpty else { return " (\n    \(elements.joined(",\n    "))\n)" }
        switch origin {
        case .partition?, .type?: return ""
        case .inheritance?, nil: return " ()"
        }
    }
}
