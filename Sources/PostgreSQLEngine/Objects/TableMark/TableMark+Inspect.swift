import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The tables in scope that have a mark, with the index that it names.
    static let tableMarks = """
        SELECT c.relnamespace, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relreplident,
            identity.relname, identity.oid, clustered.relname, clustered.oid, c.relkind
        FROM pg_class c
        LEFT JOIN (SELECT i.indrelid, x.relname, x.oid FROM pg_index i
            JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indisreplident) identity
            ON identity.indrelid = c.oid
        LEFT JOIN (SELECT i.indrelid, x.relname, x.oid FROM pg_index i
            JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indisclustered) clustered
            ON clustered.indrelid = c.oid
        WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace = ANY($1::oid[])
            AND \(isNoMember("pg_class", "c.oid"))
            AND (c.relrowsecurity OR c.relforcerowsecurity OR c.relreplident <> 'd'
                OR clustered.oid IS NOT NULL)
        """
}

extension CatalogReader {
    /// Makes the objects of marks on tables.
    mutating func buildTableMarks(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(0))
            let isView = row.character(9) == UInt8(ascii: "m")
            let table = ObjectID(isView ? .materializedView : .table, schema, try row.text(1))
            guard objects.contains(where: { $0.id == table }) else { continue }
            var needs: Set<ObjectID> = [.schema(schema), table]
            if row.flag(2) || row.flag(3) {
                addMark(
                    .rowSecurity,
                    .rowSecurity(RowSecurityDefinition(isOn: row.flag(2), isForced: row.flag(3))),
                    table, needs)
            }
            let identity: ReplicaIdentityDefinition.Identity? =
                switch row.character(4) {
                case UInt8(ascii: "f"): .full
                case UInt8(ascii: "n"): .nothing
                // Without its index it is as good as none.
                case UInt8(ascii: "i"): row[5].map { .index($0) } ?? .nothing
                default: nil
                }
            if let identity {
                addMark(
                    .replicaIdentity,
                    .replicaIdentity(ReplicaIdentityDefinition(identity: identity)),
                    table, needs.union(index(row.oid(6), row[5], table)))
            }
            if let name = row[7] {
                needs.formUnion(index(row.oid(8), name, table))
                let mark = ClusteringDefinition(index: name, relation: isView ? table.kind : nil)
                addMark(.clustering, .clustering(mark), table, needs)
            }
        }
    }

    private func index(_ oid: OID, _ name: String?, _ table: ObjectID) -> Set<ObjectID> {
        guard let slot = slots[CatalogAddress(SystemCatalog.relation, oid)] else {
            // A part has to have its name first.
            return Set([partNames[table.path + [name ?? ""]]].compactMap { $0 })
        }
        return [objects[slot].id]
    }

    private mutating func addMark(
        _ kind: ObjectKind, _ definition: PlainDefinition, _ table: ObjectID,
        _ needs: Set<ObjectID>
    ) {
        append(
            ObjectID(kind, table.path), .plain(definition), dependencies: needs, position: 0,
            digest: nil)
    }
}
