import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The default privileges for schemas in scope, and those for all: role, schema, sort, and the
    /// list as in `access`.
    static let defaultPrivileges = """
        SELECT pg_get_userbyid(d.defaclrole), d.defaclnamespace, d.defaclobjtype,
            list.roles, list.privileges, list.options
        FROM pg_default_acl d LEFT JOIN LATERAL (
            SELECT array_agg(CASE x.grantee WHEN d.defaclrole THEN '' WHEN 0 THEN 'public'
                    ELSE coalesce(r.rolname::text, x.grantee::text) END) AS roles,
                array_agg(lower(x.privilege_type)) AS privileges,
                array_agg(CASE WHEN x.is_grantable THEN 't' ELSE 'f' END) AS options
            FROM aclexplode(d.defaclacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
        ) list ON true
        WHERE d.defaclnamespace = 0 OR d.defaclnamespace = ANY($1::oid[])
        """
}

extension CatalogReader {
    /// Makes the objects of default privileges.
    mutating func buildDefaultPrivileges(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let role = try row.text(0)
            let schema = row.oid(1) == 0 ? nil : try schema(row.oid(1))
            let sort: DefaultPrivilegesDefinition.Sort
            switch row.character(2) {
            case UInt8(ascii: "r"): sort = .tables
            case UInt8(ascii: "S"): sort = .sequences
            case UInt8(ascii: "f"): sort = .functions
            case UInt8(ascii: "T"): sort = .types
            case UInt8(ascii: "n"): sort = .schemas
            default:
                report(
                    ObjectID(.defaultPrivileges, [role] + (schema.map { [$0] } ?? [])),
                    "default privileges of another sort")
                continue
            }
            let id = DefaultPrivilegesDefinition.id(of: role, sort, in: schema)
            var table = DefaultPrivilegesDefinition.usual(id, major: version / 10_000)
            if row[3] != nil {
                let options = try row.texts(5)
                for (place, (role, right)) in zip(try row.texts(3), try row.texts(4)).enumerated() {
                    table.add(role, [right], grantable: options[place] == "t" ? [right] : [])
                }
            }
            let grants = table.definition(isWhole: schema == nil).grants
            if grants.isEmpty { continue }
            append(
                id, .plain(.defaultPrivileges(DefaultPrivilegesDefinition(grants: grants))),
                dependencies: schema.map { [.schema($0)] } ?? [], position: 0, digest: nil)
        }
    }
}
