internal import Foundation
import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// All publications, whatever is in scope, for a manifest can declare any.
    static func publications(version: Int) -> String {
        let hasFilters = version >= Since.schemasInPublications
        let columns =
            hasFilters
            ? """
            'columns', ARRAY(SELECT a.attname FROM pg_attribute a
                WHERE a.attrelid = r.prrelid AND a.attnum = ANY(r.prattrs)
                ORDER BY a.attname COLLATE "C"),
            'condition', pg_get_expr(r.prqual, r.prrelid)
            """ : "'columns', '{}'::text[], 'condition', NULL"
        let schemas =
            hasFilters
            ? """
            ARRAY(SELECT n.nspname::text FROM pg_publication_namespace x
                JOIN pg_namespace n ON n.oid = x.pnnspid WHERE x.pnpubid = p.oid
                ORDER BY n.nspname COLLATE "C")
            """ : "'{}'::text[]"
        let schemaEntries =
            hasFilters
            ? "ARRAY(SELECT oid FROM pg_publication_namespace WHERE pnpubid = p.oid)"
            : "'{}'::oid[]"
        let generated =
            version >= Since.generatedInPublications ? "p.pubgencols <> 'n'" : "false"
        return """
            SELECT p.oid, p.pubname, p.puballtables, (SELECT json_agg(json_build_object(
                    'schema', n.nspname, 'name', c.relname, \(columns))
                    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")::text
                FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.prpubid = p.oid),
                \(schemas), p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot,
                \(generated), ARRAY(SELECT oid FROM pg_publication_rel WHERE prpubid = p.oid),
                \(schemaEntries)
            FROM pg_publication p
            WHERE $1::oid[] IS NOT NULL AND \(isNoMember("pg_publication", "p.oid"))
            """
    }
}

extension CatalogReader {
    /// Makes the objects of publications.
    mutating func buildPublications(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let tables = try Self.tables(row, 3)
            let schemas = try row.texts(4)
            let changes = PublicationDefinition.Change.allCases.enumerated().filter {
                row.flag(5 + $0.offset)
            }.map(\.element)
            let homes = Set(tables.compactMap(\.name.schema) + schemas)
            let slot = add(
                .publication(try row.text(1)),
                .plain(
                    .publication(
                        PublicationDefinition(
                            isForAllTables: row.flag(2), tables: tables, schemas: schemas,
                            changes: changes, isViaRoot: row.flag(9),
                            hasGeneratedColumns: row.flag(10)))),
                at: (SystemCatalog.publication, row.oid(0)),
                dependencies: Set(schemas.map { .schema($0) }))
            objects[slot].homes = homes.sorted()
            for oid in row.oids(11) {
                slots[CatalogAddress(SystemCatalog.publicationTable, oid)] = slot
            }
            for oid in row.oids(12) {
                slots[CatalogAddress(SystemCatalog.publicationSchema, oid)] = slot
            }
        }
    }

    private struct TableRow: Decodable {
        var schema: String
        var name: String
        var columns: [String]
        var condition: String?
    }

    private static func tables(
        _ row: Row, _ column: Int
    ) throws(PostgreSQLError) -> [PublicationDefinition.Table] {
        guard let text = row[column] else { return [] }
        do {
            return try JSONDecoder().decode([TableRow].self, from: Data(text.utf8)).map {
                PublicationDefinition.Table(
                    name: QualifiedName(schema: $0.schema, name: $0.name), columns: $0.columns,
                    condition: $0.condition.map { VerbatimSQL($0) })
            }
        } catch {
            throw PostgreSQLError(
                kind: .decoding, message: "the server's JSON cannot be read: \(error)")
        }
    }
}
