// Owns the way from the server's `pg_depend` to dependencies between addresses.

import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// What depends on what, with the extension that the latter belongs to. Internal dependencies
    /// tie the parts of one object together; schemas are known from the addresses. Arrays of an
    /// extension's type belong to the extension.
    static let dependencies = """
        WITH member AS MATERIALIZED (
            SELECT d.classid, d.objid, e.extname FROM pg_depend d
            JOIN pg_extension e ON e.oid = d.refobjid
            WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
        ), owned AS MATERIALIZED (
            SELECT classid, objid, extname FROM member
            UNION
            SELECT 'pg_type'::regclass, t.typarray, extname
            FROM member JOIN pg_type t ON classid = 'pg_type'::regclass AND t.oid = objid
            WHERE t.typarray <> 0
            UNION
            SELECT 'pg_extension'::regclass, oid, extname FROM pg_extension
        )
        SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid,
            owned.extname
        FROM pg_depend d
        LEFT JOIN owned ON owned.classid = d.refclassid AND owned.objid = d.refobjid
        WHERE d.deptype IN ('n', 'a') AND d.classid IN ('pg_class'::regclass,
                'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_rewrite'::regclass,
                'pg_proc'::regclass, 'pg_extension'::regclass, 'pg_type'::regclass,
                'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_statistic_ext'::regclass,
                'pg_operator'::regclass, 'pg_collation'::regclass, 'pg_ts_dict'::regclass,
                'pg_ts_template'::regclass, 'pg_ts_parser'::regclass, 'pg_cast'::regclass,
                'pg_conversion'::regclass, 'pg_ts_config'::regclass, 'pg_opclass'::regclass,
                'pg_opfamily'::regclass, 'pg_amop'::regclass, 'pg_amproc'::regclass,
                'pg_event_trigger'::regclass, 'pg_foreign_data_wrapper'::regclass,
                'pg_foreign_server'::regclass, 'pg_user_mapping'::regclass,
                'pg_language'::regclass, 'pg_transform'::regclass, 'pg_am'::regclass,
                'pg_publication'::regclass, 'pg_publication_rel'::regclass)
            AND (owned.objid IS NOT NULL OR d.refclassid IN ('pg_class'::regclass,
                'pg_type'::regclass, 'pg_proc'::regclass, 'pg_constraint'::regclass,
                'pg_operator'::regclass, 'pg_collation'::regclass, 'pg_ts_dict'::regclass,
                'pg_ts_template'::regclass, 'pg_ts_parser'::regclass, 'pg_ts_config'::regclass,
                'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_cast'::regclass,
                'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass,
                'pg_language'::regclass, 'pg_am'::regclass))
        """
}

extension CatalogReader {
    /// Gives the objects what the server says that they depend on.
    mutating func addDependencies(_ rows: Rows) {
        for row in rows {
            let dependant = CatalogAddress(row.oid(0), row.oid(1))
            guard let slot = slot(dependant, row.oid(0), column: row.number(2)) else { continue }
            let target: ObjectID
            if let name = row[6] {
                target = .extension(name)
            } else {
                let address = CatalogAddress(row.oid(3), row.oid(4))
                guard let found = self.slot(address, row.oid(3), column: row.number(5)) else {
                    continue
                }
                target = objects[found].id
                if dependant.catalog == SystemCatalog.rule, target.kind == .table,
                    address.catalog == SystemCatalog.type
                {
                    objects[slot].wholeRows.insert(target)
                }
            }
            if target == objects[slot].id { continue }
            if target != ownerOfSequence(objects[slot]) {
                objects[slot].dependencies.insert(target)
            }
            if target.kind == .table {
                objects[slot].dependencies.formUnion(
                    columnsAbove(row.oid(3), row.oid(4), row.number(5)))
            }
        }
    }

    /// The columns that a table's column is had from: what is done to those is done to it.
    private mutating func columnsAbove(
        _ catalog: OID, _ table: OID, _ number: Int
    ) -> [ObjectID] {
        guard catalog == SystemCatalog.relation, number > 0,
            let place = relationNumbers[table], relations[place].isDerived,
            let column = relations[place].column(number), !relations[place].owns(column)
        else { return [] }
        return above(column, of: relations[place]).flatMap { table, column -> [ObjectID] in
            guard let place = relationNumbers[table] else { return [] }
            guard relations[place].owns(column) else {
                return columnsAbove(catalog, table, column.number)
            }
            return relations[place].slot(ofColumn: column.number).map { [objects[$0].id] } ?? []
        }
    }

    /// The object that a row of a catalog is or belongs to.
    func slot(_ address: CatalogAddress, _ catalog: OID, column: Int) -> Int? {
        if catalog == SystemCatalog.relation, column > 0,
            let number = relationNumbers[address.oid], !relations[number].isView
        {
            return relations[number].slot(ofColumn: column)
        }
        return slots[address]
    }

    /// An owned sequence has its column as parent but can be made before it.
    private func ownerOfSequence(_ object: PostgreSQLObject) -> ObjectID? {
        guard case .sequence(let sequence) = object.definition else { return nil }
        return sequence.ownedBy
    }
}
