import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogReader {
    /// Takes the schemas that are in scope; those that an extension made are its own, but what
    /// else stands in them is looked at.
    mutating func readSchemas(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let oid = row.oid(0)
            let name = try row.text(1)
            namespaces[oid] = name
            guard isInScope(name) else { continue }
            schemasInScope.append(oid)
            guard row.flag(2) else { continue }
            add(.schema(name), .schema(SchemaDefinition()), at: (SystemCatalog.schema, oid))
        }
    }

    private func isInScope(_ schema: String) -> Bool {
        if schema == Self.journalSchema || schema == "information_schema" { return false }
        if schema.hasPrefix("pg_") { return false }
        return scope.looks(at: schema) || scope.quarantines.contains(schema)
    }
}
