import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The extensions but `plpgsql`, which every database has; with the comment that their own
    /// control file gives them.
    static let extensions = """
        SELECT e.oid, e.extname, n.nspname, e.extversion, a.comment
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        LEFT JOIN pg_available_extensions a ON a.name = e.extname
        WHERE e.extname <> 'plpgsql'
        """
}

extension CatalogReader {
    /// Takes the extensions whose schema is in scope, or all.
    mutating func readExtensions(_ rows: Rows) throws(PostgreSQLError) {
        let schemas = Set(schemasInScope.map { namespaces[$0] })
        for row in rows {
            let name = try row.text(1)
            let schema = try row.text(2)
            guard scope.isEverything || schemas.contains(schema) else { continue }
            let id = ObjectID.extension(name)
            ownComments[id] = row[4]
            let slot = add(
                id, .extension(ExtensionDefinition(schema: schema, version: row[3])),
                at: (SystemCatalog.extension, row.oid(0)),
                dependencies: schema.hasPrefix("pg_") ? [] : [.schema(schema)])
            if !schema.hasPrefix("pg_") { objects[slot].homes = [schema] }
        }
    }
}
