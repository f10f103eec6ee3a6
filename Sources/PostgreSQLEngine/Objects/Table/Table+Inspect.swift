import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// Tables and views of the modelled sorts, with what a view is made of, with the types that
    /// stand for their rows, and with what is above a table.
    static let relations = """
        SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence, c.reloptions,
            toast.reloptions, c.reltype, row_type.typarray,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
            CASE WHEN c.relkind IN ('v', 'm') THEN (SELECT r.oid FROM pg_rewrite r
                WHERE r.ev_class = c.oid AND r.rulename = '_RETURN') END,
            CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
            CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
            above.oids, c.reloftype, type_schema.nspname, of_type.typname,
            CASE WHEN c.relkind IN ('r', 'p') THEN place.spcname END,
            CASE WHEN c.relkind IN ('r', 'p') AND method.amname <> 'heap' THEN method.amname END
        FROM pg_class c
        LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
        LEFT JOIN pg_type row_type ON row_type.oid = c.reltype
        LEFT JOIN (SELECT inhrelid, array_agg(inhparent ORDER BY inhseqno) AS oids
            FROM pg_inherits GROUP BY inhrelid) above ON above.inhrelid = c.oid
        LEFT JOIN pg_type of_type ON of_type.oid = c.reloftype AND c.reloftype <> 0
        LEFT JOIN pg_namespace type_schema ON type_schema.oid = of_type.typnamespace
        LEFT JOIN pg_tablespace place ON place.oid = c.reltablespace
        LEFT JOIN pg_am method ON method.oid = c.relam
        WHERE c.relnamespace = ANY($1::oid[]) AND (c.relkind IN ('v', 'm') OR \(isTable("c")))
            AND \(isNoMember("pg_class", "c.oid"))
        """

    /// A condition for tables that are modelled: those above which there is nothing out of scope.
    static func isTable(_ alias: String) -> String {
        """
        (\(alias).relkind IN ('r', 'p') AND NOT EXISTS (
            WITH RECURSIVE above AS (
                SELECT h.inhparent AS oid FROM pg_inherits h WHERE h.inhrelid = \(alias).oid
                UNION
                SELECT h.inhparent FROM pg_inherits h JOIN above ON above.oid = h.inhrelid
            )
            SELECT FROM above JOIN pg_class a ON a.oid = above.oid
            WHERE a.relkind = 'f' OR a.relnamespace <> ALL($1::oid[])
                OR NOT \(isNoMember("pg_class", "a.oid"))))
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
            relation.partitionKey = row[11]
            relation.bound = row[12]
            relation.parents = row.oids(13)
            if row.oid(14) != 0 {
                relation.rowOf = QualifiedName(schema: try row.text(15), name: try row.text(16))
            }
            relation.tablespace = row[17]
            relation.accessMethod = row[18]
            relationNumbers[relation.oid] = relations.count
            relations.append(relation)
        }
    }

    /// Makes the objects of tables, without their children.
    mutating func buildTables() {
        for number in relations.indices where !relations[number].isView {
            let relation = relations[number]
            let definition = TableDefinition(
                isUnlogged: relation.isUnlogged, options: relation.options,
                partitionKey: relation.partitionKey.map { VerbatimSQL($0) },
                origin: origin(of: relation), accessMethod: relation.accessMethod,
                tablespace: relation.tablespace)
            var needs: Set<ObjectID> = [.schema(relation.schema)]
            needs.formUnion(definition.parents(in: relation.schema))
            let isPlain = definition == TableDefinition(isUnlogged: relation.isUnlogged)
            let slot = add(
                relation.id, .table(definition), at: (SystemCatalog.relation, relation.oid),
                dependencies: needs, digest: isPlain ? plainTable(relation.isUnlogged) : nil)
            objects[slot].notNullNames = relation.notNullNames
            answer(for: relation, slot)
            relations[number].tableSlot = slot
            relations[number].childDependencies = [relation.id, .schema(relation.schema)]
        }
    }

    private func origin(of relation: Relation) -> TableDefinition.Origin? {
        let parents = relation.parents.compactMap { oid in
            relationNumbers[oid].map {
                QualifiedName(schema: relations[$0].schema, name: relations[$0].name)
            }
        }
        if let type = relation.rowOf { return .type(type) }
        guard let first = parents.first else { return nil }
        if let bound = relation.bound { return .partition(of: first, bound: VerbatimSQL(bound)) }
        return .inheritance(parents)
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
