import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The enums with their labels in order.
    static let enums = """
        SELECT t.oid, t.typnamespace, t.typname, t.typarray, ARRAY(SELECT e.enumlabel
            FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
        FROM pg_type t WHERE t.typtype = 'e' AND t.typnamespace = ANY($1::oid[])
            AND \(isNoMember("pg_type", "t.oid"))
        """
}

extension CatalogReader {
    /// Takes the enums; an array of one is the same thing.
    mutating func readEnums(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let slot = add(
                .enum(schema, try row.text(2)), .enum(EnumDefinition(labels: try row.texts(4))),
                at: (SystemCatalog.type, row.oid(0)), dependencies: [.schema(schema)])
            slots[CatalogAddress(SystemCatalog.type, row.oid(3))] = slot
            arrayTypes.insert(row.oid(3))
        }
    }
}
