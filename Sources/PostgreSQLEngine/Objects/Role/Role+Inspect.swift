// Owns how roles are read: by their names, or all of them where that is asked for; never what
// holds a password (`pg_authid`).

import PostgreSQLClient
import SchemaCore

/// Which roles a scope reads.
struct ScopedRoles {
    /// By these names.
    var names: Set<String> = []
    /// All but the server's own.
    var isAll = false

    init(_ reads: [PostgreSQLRead]) {
        for read in reads {
            switch read {
            case .roles(let names): self.names.formUnion(names)
            case .allRoles: isAll = true
            case .row, .statement: break
            }
        }
    }

    var isEmpty: Bool { names.isEmpty && !isAll }

    /// As queries take it.
    var parameters: [String?] {
        [PostgreSQLArray.text(of: names.sorted()), isAll ? "true" : "false"]
    }

    /// Whether a role is among them, in SQL.
    static func condition(_ role: String, names: String, isAll: String) -> String {
        """
        (\(role).rolname = ANY(\(names)::text[]) OR \(isAll)::bool AND \(role).oid >= 16384
            AND NOT starts_with(\(role).rolname::text, '\(ScratchLease.prefix)'))
        """
    }
}

extension CatalogQuery {
    /// A row is the role, its options, its comment, its memberships one by one (role, options, who
    /// gave it), and its settings one by one (database or nothing, name, value). Before 16 a
    /// membership has no options of its own.
    static let roles = """
        SELECT r.rolname, ARRAY(SELECT power FROM (VALUES
                ('superuser', r.rolsuper), ('createdb', r.rolcreatedb),
                ('createrole', r.rolcreaterole), ('replication', r.rolreplication),
                ('bypassrls', r.rolbypassrls)) p (power, has) WHERE has),
            r.rolinherit, r.rolcanlogin, CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit END,
            CASE WHEN r.rolvaliduntil <> 'infinity' THEN r.rolvaliduntil::text END,
            shobj_description(r.oid, 'pg_authid'), member.lists, setting.lists
        FROM pg_roles r LEFT JOIN LATERAL (
            SELECT array_agg(ARRAY[g.rolname::text, m.admin_option::text,
                coalesce(to_jsonb(m)->>'inherit_option', r.rolinherit::text),
                coalesce(to_jsonb(m)->>'set_option', 'true'),
                CASE WHEN m.grantor = 10 OR to_jsonb(m)->>'set_option' IS NULL THEN ''
                    ELSE coalesce(by.rolname::text, '') END]
                ORDER BY g.rolname, by.rolname) AS lists
            FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
            LEFT JOIN pg_roles by ON by.oid = m.grantor WHERE m.member = r.oid
        ) member ON true LEFT JOIN LATERAL (
            SELECT array_agg(ARRAY[d.datname::text, split_part(line, '=', 1),
                substr(line, strpos(line, '=') + 1)] ORDER BY d.datname, line) AS lists
            FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase
            CROSS JOIN unnest(s.setconfig) line
            WHERE s.setrole = r.oid AND NOT \(Secret.condition("split_part(line, '=', 1)"))
        ) setting ON true
        WHERE \(ScopedRoles.condition("r", names: "$1", isAll: "$2"))
        """
}

extension ScopeReader {
    /// The roles that are there.
    func roles(_ wanted: ScopedRoles) async throws -> [PostgreSQLObject] {
        if wanted.isEmpty { return [] }
        return try await connection.query(CatalogQuery.roles, wanted.parameters).map { row in
            var role = RoleDefinition(
                powers: try row.texts(1).compactMap(RoleDefinition.Power.init),
                inherits: row.flag(2), canLogin: row.flag(3),
                connectionLimit: try row.optionalInt(4), validUntil: row[5], comment: row[6])
            if row[7] != nil {
                for line in try row.nestedTexts(7).map({ $0.map { $0 ?? "" } }) {
                    role.add(
                        .init(
                            role: line[0], isAdmin: line[1] == "true",
                            inherits: line[2] == "true", canSet: line[3] == "true",
                            grantors: [line[4]]))
                }
            }
            if row[8] != nil {
                for line in try row.nestedTexts(8) {
                    role.set(line[1] ?? "", to: line[2] ?? "", in: line[0])
                }
            }
            return PostgreSQLObject(.role(try row.text(0)), .plain(.role(role.tidied())))
        }
    }
}

extension RoleDefinition {
    /// Who has a membership from several has what any of them gave.
    fileprivate mutating func add(_ one: Membership) {
        guard let index = memberships.firstIndex(where: { $0.role == one.role }) else {
            return memberships.append(one)
        }
        memberships[index].isAdmin = memberships[index].isAdmin || one.isAdmin
        memberships[index].canSet = memberships[index].canSet || one.canSet
        memberships[index].inherits = memberships[index].inherits == true || one.inherits == true
        memberships[index].grantors += one.grantors
    }

    fileprivate mutating func set(_ name: String, to value: String, in database: String?) {
        guard let database else {
            settings[name] = value
            return
        }
        if let index = databaseSettings.firstIndex(where: { $0.database == database }) {
            databaseSettings[index].settings[name] = value
        } else {
            databaseSettings.append(.init(database: database, settings: [name: value]))
        }
    }
}
