import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The extended statistics in scope. Single expressions have statistics of their own (`e`),
    /// whatever is asked for.
    static let statistics = """
        SELECT x.oid, x.stxnamespace, x.stxname, n.nspname, c.relname,
            array_to_string(x.stxkind, ''),
            ARRAY(SELECT a.attname::text FROM unnest(x.stxkeys::int2[]) key
                JOIN pg_attribute a ON a.attrelid = x.stxrelid AND a.attnum = key
                ORDER BY a.attname),
            coalesce(pg_get_statisticsobjdef_expressions(x.oid), '{}'),
            nullif(x.stxstattarget, -1), c.relkind
        FROM pg_statistic_ext x JOIN pg_class c ON c.oid = x.stxrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE x.stxnamespace = ANY($1::oid[]) AND \(isNoMember("pg_statistic_ext", "x.oid"))
        """
}

extension CatalogReader {
    /// Makes the objects of extended statistics.
    mutating func buildStatistics(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let table = QualifiedName(schema: try row.text(3), name: try row.text(4))
            let isView = row.character(9) == UInt8(ascii: "m")
            let owner = ObjectID(
                isView ? .materializedView : .table, try row.text(3), table.name)
            let letters = try row.text(5)
            let columns = try row.texts(6)
            let expressions = try row.texts(7)
            let sorts: [StatisticsDefinition.Sort] = [
                ("d", StatisticsDefinition.Sort.distinct), ("f", .dependencies), ("m", .mostCommon),
            ].filter { letters.contains($0.0) }.map(\.1)
            add(
                .statistics(schema, try row.text(2)),
                .plain(
                    .statistics(
                        StatisticsDefinition(
                            table: table, sorts: sorts, columns: columns,
                            expressions: expressions.map { VerbatimSQL($0) },
                            target: row.isNull(8) ? nil : row.number(8),
                            relation: isView ? owner.kind : nil))),
                at: (SystemCatalog.statistics, row.oid(0)),
                dependencies: [
                    .schema(schema), .schema(owner.path[0]), owner,
                ])
        }
    }
}
