import PostgreSQLClient
import SchemaCore

/// What is known of a partition, or of a table above some, and makes no difference.
struct PartitionFacts: Hashable, Codable, Sendable {
    /// What its parts of its parent's keys, foreign keys and indexes are called, by the parent's.
    var names: [String: String] = [:]
    /// The condition that its bound is, if every server says it in the same way.
    var condition: VerbatimSQL?
    /// Whether partitions of it stand in schemas out of scope; nil where none does.
    var isAboveOthers: Bool?
}

extension CatalogQuery {
    /// What partitions are, and what they call their parts of what their parents have. A condition
    /// that parts rows by a hash names the parent by its number. The last tell of tables with
    /// partitions out of scope.
    static let partitions = """
        SELECT c.oid, NULL, pg_get_partition_constraintdef(c.oid), false
        FROM pg_class c WHERE c.relispartition AND c.relkind IN ('r', 'p')
            AND c.relnamespace = ANY($1::oid[]) AND NOT EXISTS (
                SELECT FROM pg_partition_ancestors(c.oid) above
                JOIN pg_partitioned_table p ON p.partrelid = above.relid
                WHERE p.partstrat = 'h' AND above.relid <> c.oid)
        UNION ALL
        SELECT i.indrelid, p.relname, c.relname, false
        FROM pg_class c JOIN pg_inherits h ON h.inhrelid = c.oid
        JOIN pg_class p ON p.oid = h.inhparent JOIN pg_index i ON i.indexrelid = c.oid
        WHERE c.relispartition AND c.relkind IN ('i', 'I') AND c.relnamespace = ANY($1::oid[])
        UNION ALL
        SELECT k.conrelid, p.conname, k.conname, false
        FROM pg_constraint k JOIN pg_constraint p ON p.oid = k.conparentid
        WHERE k.contype = 'f' AND k.connamespace = ANY($1::oid[]) AND k.conrelid <> p.conrelid
        UNION ALL
        SELECT DISTINCT p.oid, NULL::name, NULL, true
        FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent AND p.relkind = 'p'
        JOIN pg_class c ON c.oid = h.inhrelid
        WHERE p.relnamespace = ANY($1::oid[]) AND c.relnamespace <> ALL($1::oid[])
        """
}

extension CatalogReader {
    /// Gives partitions what is known of them.
    mutating func addPartitionFacts(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            guard let number = relationNumbers[row.oid(0)] else { continue }
            let slot = relations[number].tableSlot
            var facts = objects[slot].partition ?? PartitionFacts()
            if row.flag(3) {
                facts.isAboveOthers = true
            } else if let name = row[1] {
                facts.names[name] = try row.text(2)
            } else {
                facts.condition = row[2].map { VerbatimSQL($0) }
            }
            objects[slot].partition = facts
        }
    }
}
