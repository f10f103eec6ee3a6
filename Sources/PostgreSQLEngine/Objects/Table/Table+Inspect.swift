import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// Tables and views of the modelled sorts, with what a view is made of and with the types that
    /// stand for their rows.
    static let relations = """
        SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence, c.reloptions,
            toast.reloptions, c.reltype, row_type.typarray,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
            CASE WHEN c.relkind IN ('v', 'm') THEN (SELECT r.oid FROM pg_rewrite r
                WHERE r.ev_class = c.oid AND r.rulename = '_RETURN') END
        FROM pg_class c
        LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
        LEFT JOIN pg_type row_type ON row_type.oid = c.reltype
        WHERE c.relnamespace = ANY($1::oid[])
            AND (c.relkind IN ('v', 'm') OR \(isOrdinaryTable("c")))
            AND \(isNoMember("pg_class", "c.oid"))
        """

    /// A condition for tables that are modelled: neither partitioned nor a partition, neither
    /// parent nor child in an inheritance, not made of a type.
    static func isOrdinaryTable(_ alias: String) -> String {
        """
        (\(alias).relkind = 'r' AND NOT \(alias).relispartition AND \(alias).reloftype = 0
            AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = \(alias).oid)
            AND NOT (\(alias).relhassubclass
                AND EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = \(alias).oid)))
        """
    }
}

extension CatalogReader {
    /// Takes tables and views; a view's definition waits for its columns.
    mutating func readRelations(_ rows: Rows) throws(PostgreSQLError) {
        relations.reserveCapacity(rows.count)
        relationNumbers.reserveCapacity(rows.count)
        for row in rows {
            var relation = Relation(
                oid: row.oid(0), schema: try schema(row.oid(1)), name: try row.text(2),
                kind: Self.relationKind(row.character(3)))
            relation.options = try row.options(5)
            for (name, value) in try row.options(6) { relation.options["toast.\(name)"] = value }
            relation.isUnlogged = row.character(4) == UInt8(ascii: "u")
            relation.rowType = row.oid(7)
            relation.rowArrayType = row.oid(8)
            if relation.isView {
                relation.query = try row.text(9)
                relation.rule = row.oid(10)
            }
            relationNumbers[relation.oid] = relations.count
            relations.append(relation)
        }
    }

    /// Makes the objects of tables, without their children.
    mutating func buildTables() {
        for number in relations.indices where !relations[number].isView {
            let relation = relations[number]
            let slot = add(
                relation.id,
                .table(
                    TableDefinition(isUnlogged: relation.isUnlogged, options: relation.options)),
                at: (SystemCatalog.relation, relation.oid),
                dependencies: [.schema(relation.schema)],
                digest: relation.options.isEmpty ? plainTable(relation.isUnlogged) : nil)
            answer(for: relation, slot)
            relations[number].childDependencies = [relation.id, .schema(relation.schema)]
        }
    }

    /// What depends on a table's row type, or on an array of it, depends on the table.
    mutating func answer(for relation: Relation, _ slot: Int) {
        slots[CatalogAddress(SystemCatalog.type, relation.rowType)] = slot
        slots[CatalogAddress(SystemCatalog.type, relation.rowArrayType)] = slot
    }

    private mutating func plainTable(_ isUnlogged: Bool) -> Digest {
        digests.digest(of: .table(TableDefinition(isUnlogged: isUnlogged)))
    }
}
