import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The policies of tables in scope.
    static let policies = """
        SELECT p.oid, c.relnamespace, c.relname, p.polname, p.polcmd, p.polpermissive,
            ARRAY(SELECT coalesce(r.rolname, 'public')::text
                FROM unnest(p.polroles) role LEFT JOIN pg_roles r ON r.oid = role ORDER BY 1),
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE c.relnamespace = ANY($1::oid[]) AND \(isNoMember("pg_class", "c.oid"))
        """
}

extension CatalogReader {
    /// Makes the objects of policies.
    mutating func buildPolicies(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let table = ObjectID.table(schema, try row.text(2))
            let command: PolicyDefinition.Command =
                switch row.character(4) {
                case UInt8(ascii: "r"): .select
                case UInt8(ascii: "a"): .insert
                case UInt8(ascii: "w"): .update
                case UInt8(ascii: "d"): .delete
                default: .all
                }
            add(
                .policy(schema, table.name, try row.text(3)),
                .plain(
                    .policy(
                        PolicyDefinition(
                            command: command, isRestrictive: !row.flag(5),
                            roles: try row.texts(6), visible: row[7].map { VerbatimSQL($0) },
                            check: row[8].map { VerbatimSQL($0) }))),
                at: (SystemCatalog.policy, row.oid(0)), dependencies: [.schema(schema), table])
        }
    }
}
