import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The composite types in scope with their attributes; those of tables are no types of ours.
    static let compositeTypes = """
        SELECT t.oid, t.typnamespace, t.typname, t.typarray, t.typrelid,
            array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL),
            array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
                FILTER (WHERE a.attnum IS NOT NULL),
            array_agg(CASE WHEN a.attcollation <> own.typcollation THEN n.nspname END
                ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL),
            array_agg(CASE WHEN a.attcollation <> own.typcollation THEN l.collname END
                ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL),
            array_agg(a.attnum ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL)
        FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_type own ON own.oid = a.atttypid
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_namespace n ON n.oid = l.collnamespace
        WHERE t.typtype = 'c' AND t.typnamespace = ANY($1::oid[])
            AND \(isNoMember("pg_type", "t.oid"))
        GROUP BY t.oid
        """
}

extension CatalogReader {
    /// Takes the composite types; an array of one is the same thing, and so is its relation.
    mutating func readCompositeTypes(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            var attributes: [CompositeTypeDefinition.Attribute] = []
            if !row.isNull(5) {
                let schemas = try row.optionalTexts(7) ?? []
                let collations = try row.optionalTexts(8) ?? []
                for (place, (name, type)) in zip(try row.texts(5), try row.texts(6)).enumerated() {
                    attributes.append(
                        .init(
                            name: name, type: VerbatimSQL(type),
                            collation: collations[place].map {
                                QualifiedName(schema: schemas[place], name: $0)
                            }))
                }
            }
            let slot = add(
                .compositeType(schema, try row.text(2)),
                .plain(.compositeType(CompositeTypeDefinition(attributes: attributes))),
                at: (SystemCatalog.type, row.oid(0)), dependencies: [.schema(schema)])
            slots[CatalogAddress(SystemCatalog.type, row.oid(3))] = slot
            arrayTypes.insert(row.oid(3))
            slots[CatalogAddress(SystemCatalog.relation, row.oid(4))] = slot
            attributeNames[row.oid(4)] = Dictionary(
                zip(row.numbers(9), attributes.map(\.name)), uniquingKeysWith: { first, _ in first }
            )
        }
    }
}
