// Owns how owners and rights are read. What others than the owner gave is told and left alone: a
// server lets nobody give in another's name (`GRANTED BY` takes only the current role), so a plan
// would have to become each giver by `SET ROLE`, for which its role has to be a member of all of
// them; a chain of givers could be changed only from its end, in an order that rights of no
// manifest decide; and once a giver loses the option, what it gave goes with it.

import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// To whom what is in scope belongs, and who may do what with it. A row is the address in the
    /// system catalogs with the number of a column, the owner, where that stands to who looks,
    /// whether there is a list of rights, and the list: roles (the owner without a name), rights,
    /// whether they may be passed on, and whether somebody else than the owner gave any.
    static let access = """
        WITH scope AS MATERIALIZED (SELECT unnest($1::oid[]) AS oid),
        me AS MATERIALIZED (
            SELECT r.oid AS role, d.datdba AS database,
                coalesce(to_regrole('pg_database_owner')::oid, 0) AS stand_in
            FROM pg_roles r CROSS JOIN pg_database d
            WHERE r.rolname = current_user AND d.datname = current_database()
        ), held (classid, objid, number, owner, acl) AS (
            SELECT 'pg_namespace'::regclass::oid, n.oid, 0, n.nspowner, n.nspacl
            FROM pg_namespace n JOIN scope s ON s.oid = n.oid
            UNION ALL
            SELECT 'pg_class'::regclass, c.oid, 0, c.relowner, c.relacl
            FROM pg_class c JOIN scope s ON s.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                AND \(isNoMember("pg_class", "c.oid"))
            UNION ALL
            SELECT 'pg_class'::regclass, c.oid, a.attnum, c.relowner, a.attacl
            FROM pg_class c JOIN scope s ON s.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
                AND \(isNoMember("pg_class", "c.oid"))
            UNION ALL
            SELECT 'pg_type'::regclass, t.oid, 0, t.typowner, t.typacl
            FROM pg_type t JOIN scope s ON s.oid = t.typnamespace
            WHERE (t.typtype IN ('b', 'd', 'e', 'r') AND NOT (t.typelem <> 0
                    AND EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid))
                OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c
                    WHERE c.oid = t.typrelid AND c.relkind = 'c'))
                AND \(isNoMember("pg_type", "t.oid"))
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, 0, p.proowner, p.proacl
            FROM pg_proc p JOIN scope s ON s.oid = p.pronamespace
            WHERE \(isNoMember("pg_proc", "p.oid"))
            UNION ALL
            \(ownedOnly.joined(separator: "\nUNION ALL\n"))
            UNION ALL
            \(ofDatabase.joined(separator: "\nUNION ALL\n"))
        )
        SELECT h.classid, h.objid, h.number, owner.rolname::text,
            CASE WHEN h.owner = me.role THEN 'm' WHEN h.owner IN (me.database, me.stand_in) THEN 'd'
                ELSE 'o' END,
            h.acl IS NOT NULL, list.roles, list.privileges, list.options, list.others
        FROM held h CROSS JOIN me JOIN pg_roles owner ON owner.oid = h.owner
        LEFT JOIN LATERAL (
            SELECT array_agg(CASE x.grantee WHEN h.owner THEN '' WHEN 0 THEN 'public'
                    ELSE coalesce(r.rolname::text, x.grantee::text) END) AS roles,
                array_agg(lower(x.privilege_type)) AS privileges,
                array_agg(CASE WHEN x.is_grantable THEN 't' ELSE 'f' END) AS options,
                bool_or(x.grantor <> h.owner) AS others
            FROM aclexplode(h.acl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
        ) list ON h.acl IS NOT NULL
        """

    /// What has an owner and no rights.
    private static let ownedOnly = [
        ("pg_operator", "opr"), ("pg_collation", "coll"), ("pg_ts_dict", "dict"),
        ("pg_ts_config", "cfg"), ("pg_conversion", "con"), ("pg_opclass", "opc"),
        ("pg_opfamily", "opf"), ("pg_statistic_ext", "stx"),
    ].map { catalog, prefix in
        """
        SELECT '\(catalog)'::regclass, x.oid, 0, x.\(prefix)owner, NULL::aclitem[]
        FROM \(catalog) x JOIN scope s ON s.oid = x.\(prefix)namespace
        WHERE \(isNoMember(catalog, "x.oid"))
        """
    }

    /// What stands in no schema.
    private static let ofDatabase = [
        ("pg_language", "lan", "x.lanacl"), ("pg_foreign_data_wrapper", "fdw", "x.fdwacl"),
        ("pg_foreign_server", "srv", "x.srvacl"), ("pg_event_trigger", "evt", "NULL::aclitem[]"),
        ("pg_publication", "pub", "NULL::aclitem[]"), ("pg_subscription", "sub", "NULL::aclitem[]"),
    ].map { catalog, prefix, acl in
        """
        SELECT '\(catalog)'::regclass, x.oid, 0, x.\(prefix)owner, \(acl)
        FROM \(catalog) x WHERE x.oid >= 16384 AND \(isNoMember(catalog, "x.oid"))
        """
    }
}

extension CatalogReader {
    /// Takes the owners of what is in the catalog, and the rights on it.
    mutating func buildAccess(_ rows: Rows) throws(PostgreSQLError) {
        stated.reserveCapacity(rows.count * 2)
        for row in rows {
            if row.number(2) > 0 {
                try buildRights(onColumn: row)
            } else if let slot = slots[CatalogAddress(row.oid(0), row.oid(1))] {
                try buildAccess(to: objects[slot], row)
            }
        }
    }

    private mutating func buildAccess(
        to object: PostgreSQLObject, _ row: Row
    ) throws(PostgreSQLError) {
        let id = object.id
        // The sequence of an identity column is a part of the column.
        if id.kind == .column {
            if try !grants(row, id, .sequence).grants.isEmpty {
                report(id, "rights on its sequence")
            }
            return
        }
        var needs: Set<ObjectID> = [id]
        if id.kind != .schema, id.words?.isInSchema == true { needs.insert(.schema(id.path[0])) }
        if id.kind.hasOwner, !object.isOwnedSequence {
            state(id.owner, .owner(try owner(row)), needs)
        }
        guard let sort = AccessSort(id.kind) else { return }
        if row.flag(9) { report(id, "rights that others than its owner gave") }
        if try ownerRights(row).isPassedOn { report(id, "grant options of its owner") }
        state(id.grants, .grants(try grants(row, id, sort)), needs)
    }

    private mutating func buildRights(onColumn row: Row) throws(PostgreSQLError) {
        guard let (id, relation, isObject) = column(row) else { return }
        let rights = try grants(row, id, .column)
        if try ownerRights(row).areNamed { report(id, "rights of its owner") }
        if rights.grants.isEmpty { return }
        if row.flag(9) { report(id, "rights that others than its owner gave") }
        var needs: Set<ObjectID> = [relation, .schema(relation.path[0])]
        if isObject { needs.insert(id) }
        state(id.grants, .grants(rights), needs)
    }

    /// Whether the list names the owner, and whether with rights that it may pass on, which it may
    /// without that.
    private func ownerRights(
        _ row: Row
    ) throws(PostgreSQLError) -> (areNamed: Bool, isPassedOn: Bool) {
        guard row.flag(5), row[6] != nil else { return (false, false) }
        let options = zip(try row.texts(6), try row.texts(8))
            .filter { $0.0 == GrantsDefinition.owner }.map(\.1)
        return (!options.isEmpty, options.contains("t"))
    }

    /// The address of a column, its relation, and whether it is an object.
    private func column(_ row: Row) -> (id: ObjectID, relation: ObjectID, isObject: Bool)? {
        if let number = relationNumbers[row.oid(1)] {
            let relation = relations[number]
            guard let column = relation.column(row.number(2)) else { return nil }
            let id = ObjectID.column(relation.schema, relation.name, column.name)
            return (id, relation.id, !relation.isView && relation.owns(column))
        }
        guard let slot = slots[CatalogAddress(row.oid(0), row.oid(1))],
            let name = attributeNames[row.oid(1)]?[row.number(2)]
        else { return nil }
        let relation = objects[slot].id
        return (.column(relation.path[0], relation.name, name), relation, false)
    }

    private func owner(_ row: Row) throws(PostgreSQLError) -> OwnerDefinition {
        let standing: OwnerDefinition.Standing =
            switch row.character(4) {
            case UInt8(ascii: "m"): .own
            case UInt8(ascii: "d"): .database
            default: .other
            }
        return OwnerDefinition(role: try row.text(3), standing: standing)
    }

    private func grants(
        _ row: Row, _ subject: ObjectID, _ sort: AccessSort
    ) throws(PostgreSQLError) -> GrantsDefinition {
        guard row.flag(5) else { return GrantsDefinition() }
        var table = GrantTable(subject, sort, major: version / 10_000)
        if row[6] != nil {
            let options = try row.texts(8)
            for (place, (role, right)) in zip(try row.texts(6), try row.texts(7)).enumerated() {
                table.add(role, [right], grantable: options[place] == "t" ? [right] : [])
            }
        }
        return table.definition(isWhole: sort != .column)
    }

    private mutating func state(
        _ id: ObjectID, _ definition: PlainDefinition, _ needs: Set<ObjectID>
    ) {
        let whole = PostgreSQLObject.Definition.plain(definition)
        stated.append(
            PostgreSQLObject(
                id, whole, digest: digests.digest(of: whole), dependencies: needs, position: 0))
    }
}

extension PostgreSQLObject {
    /// Whether it is a sequence that belongs to a column, and so to the owner of its table.
    fileprivate var isOwnedSequence: Bool {
        guard case .sequence(let sequence) = definition else { return false }
        return sequence.ownedBy != nil
    }
}
