internal import Foundation
import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The foreign tables in scope but those that are children, or partitions of what is not.
    static let foreignTables = """
        SELECT c.oid, c.relnamespace, c.relname, c.reltype, t.typarray, f.srvname,
            \(options("x.ftoptions")),
            coalesce((SELECT json_agg(json_build_object('number', a.attnum, 'name', a.attname,
                    'type', format_type(a.atttypid, a.atttypmod),
                    'schema', CASE WHEN a.attcollation <> own.typcollation THEN n.nspname END,
                    'collation', CASE WHEN a.attcollation <> own.typcollation THEN l.collname END,
                    'notNull', a.attnotnull, 'generated', a.attgenerated,
                    'expression', pg_get_expr(d.adbin, d.adrelid),
                    'options', \(options("a.attfdwoptions"))::json) ORDER BY a.attnum)
                FROM pg_attribute a JOIN pg_type own ON own.oid = a.atttypid
                LEFT JOIN pg_collation l ON l.oid = a.attcollation
                LEFT JOIN pg_namespace n ON n.oid = l.collnamespace
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]')::text,
            coalesce((SELECT json_agg(json_build_object('name', k.conname,
                    'expression', pg_get_expr(k.conbin, k.conrelid), 'noInherit', k.connoinherit)
                    ORDER BY k.conname COLLATE "C")
                FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
                    AND k.conislocal), '[]')::text,
            \(secrets("x.ftoptions")) || ARRAY(SELECT 'check that is not validated: ' || k.conname
                FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
                    AND NOT k.convalidated)
            || ARRAY(SELECT 'comment on its check ' || k.conname FROM pg_constraint k
                WHERE k.conrelid = c.oid AND k.contype = 'c'
                    AND obj_description(k.oid, 'pg_constraint') IS NOT NULL)
            || ARRAY(SELECT 'statistics target or storage of ' || a.attname
                FROM pg_attribute a JOIN pg_type own ON own.oid = a.atttypid
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND (a.attstattarget >= 0 OR cardinality(a.attoptions) > 1
                        OR NOT starts_with(a.attoptions[1], '\(ownOption)=')
                        OR a.attstorage <> own.typstorage))
            || ARRAY(SELECT 'NOT NULL or default of ' || a.attname || ' other than above'
                FROM pg_attribute a
                JOIN pg_attribute up ON up.attrelid = p.oid AND up.attname = a.attname
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                LEFT JOIN pg_attrdef ud ON ud.adrelid = up.attrelid AND ud.adnum = up.attnum
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND (a.attnotnull <> up.attnotnull OR a.attgenerated <> up.attgenerated
                        OR pg_get_expr(d.adbin, d.adrelid)
                            IS DISTINCT FROM pg_get_expr(ud.adbin, ud.adrelid))),
            ARRAY(SELECT k.oid FROM pg_constraint k WHERE k.conrelid = c.oid),
            ARRAY(SELECT d.oid FROM pg_attrdef d WHERE d.adrelid = c.oid),
            p.relnamespace, p.relname, pg_get_expr(c.relpartbound, c.oid)
        FROM pg_class c JOIN pg_foreign_table x ON x.ftrelid = c.oid
        JOIN pg_foreign_server f ON f.oid = x.ftserver
        JOIN pg_type t ON t.oid = c.reltype
        LEFT JOIN (SELECT h.inhrelid, up.oid, up.relnamespace, up.relname FROM pg_inherits h
            JOIN pg_class up ON up.oid = h.inhparent) p ON p.inhrelid = c.oid
        WHERE c.relnamespace = ANY($1::oid[]) AND c.relkind = 'f' AND \(isForeignTable("c"))
            AND \(isNoMember("pg_class", "c.oid"))
        """

    /// Whether a foreign table is modelled: one that is a partition of what is, or has to do with
    /// no other table.
    static func isForeignTable(_ alias: String) -> String {
        """
        (CASE WHEN \(alias).relispartition THEN EXISTS (SELECT FROM pg_inherits tie
                JOIN pg_class tied ON tied.oid = tie.inhparent
                WHERE tie.inhrelid = \(alias).oid AND tied.relnamespace = ANY($1::oid[])
                    AND \(isNoMember("pg_class", "tied.oid")) AND \(isTable("tied")))
            ELSE NOT EXISTS (SELECT FROM pg_inherits tie
                WHERE \(alias).oid IN (tie.inhrelid, tie.inhparent)) END)
        """
    }
}

extension CatalogReader {
    /// Makes the objects of foreign tables.
    mutating func buildForeignTables(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let columns: [ForeignColumnRow] = try Self.decoded(row, 7)
            let checks: [ForeignCheckRow] = try Self.decoded(row, 8)
            let server = try row.text(5)
            let partition = try partition(row)
            let own =
                partition == nil
                ? columns.map(\.column)
                : columns.filter { !($0.options ?? [:]).isEmpty }.map {
                    .init(name: $0.name, options: $0.options ?? [:])
                }.sorted { $0.name.precedesByBytes($1.name) }
            var needs: Set<ObjectID> = [.schema(schema)]
            let id = ObjectID.foreignTable(schema, try row.text(2))
            let definition = ForeignTableDefinition(
                server: server, options: try Self.texts(row, 6), columns: own,
                checks: checks.map(\.check), partition: partition)
            if let parent = definition.parentTable(in: schema) { needs.insert(parent) }
            let slot = add(
                id,
                .plain(.foreignTable(definition)),
                at: (SystemCatalog.relation, row.oid(0)), dependencies: needs)
            for type in [row.oid(3), row.oid(4)] where type != 0 {
                slots[CatalogAddress(SystemCatalog.type, type)] = slot
            }
            // What its checks and defaults depend on, it depends on.
            for oid in row.oids(10) {
                slots[CatalogAddress(SystemCatalog.constraint, oid)] = slot
            }
            for oid in row.oids(11) {
                slots[CatalogAddress(SystemCatalog.columnDefault, oid)] = slot
            }
            attributeNames[row.oid(0)] = Dictionary(
                columns.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
            for what in try row.texts(9) { report(id, what) }
        }
    }

    private func partition(
        _ row: Row
    ) throws(PostgreSQLError) -> ForeignTableDefinition.Partition? {
        guard let bound = row[14] else { return nil }
        return ForeignTableDefinition.Partition(
            parent: QualifiedName(schema: try schema(row.oid(12)), name: try row.text(13)),
            bound: VerbatimSQL(bound))
    }

    private struct ForeignColumnRow: Decodable {
        var number: Int
        var name: String
        var type: String
        var schema: String?
        var collation: String?
        var notNull: Bool
        var generated: String
        var expression: String?
        var options: [String: String]?

        var column: ForeignTableDefinition.Column {
            let value = expression.map { VerbatimSQL($0) }
            return ForeignTableDefinition.Column(
                name: name, type: VerbatimSQL(type),
                collation: collation.map { QualifiedName(schema: schema, name: $0) },
                isNotNull: notNull, fallback: generated.isEmpty ? value : nil,
                generated: generated.isEmpty
                    ? nil
                    : value.map { .init(expression: $0, isStored: generated == "s") },
                options: options ?? [:])
        }
    }

    private struct ForeignCheckRow: Decodable {
        var name: String
        var expression: String
        var noInherit: Bool

        var check: ForeignTableDefinition.Check {
            ForeignTableDefinition.Check(
                name: name, expression: VerbatimSQL(expression), isNoInherit: noInherit)
        }
    }

    private static func decoded<Value: Decodable>(
        _ row: Row, _ column: Int
    ) throws(PostgreSQLError) -> [Value] {
        do {
            return try JSONDecoder().decode([Value].self, from: Data(try row.text(column).utf8))
        } catch let error as PostgreSQLError {
            throw error
        } catch {
            throw PostgreSQLError(
                kind: .decoding, message: "the server's JSON cannot be read: \(error)")
        }
    }
}
