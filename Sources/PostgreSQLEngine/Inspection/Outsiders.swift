// Owns what stands in schemas out of scope and needs something in scope: nobody tells of it and
// nothing changes it, but a plan must neither fail on it nor take it along without a word.

import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// What depends on something in scope (`$1`) and is, or belongs to, something in another
    /// schema: its kind and path, what it depends on, and how.
    static let outsiders = """
        WITH other AS MATERIALIZED (
            SELECT oid, nspname AS schema FROM pg_namespace
            WHERE oid <> ALL($1::oid[]) AND nspname NOT LIKE 'pg\\_%'
                AND nspname <> 'information_schema'
        ), rel AS MATERIALIZED (
            SELECT c.oid, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materializedView'
                    WHEN 'f' THEN 'foreignTable' WHEN 'c' THEN 'compositeType'
                    WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
                    ELSE 'table' END AS kind,
                o.schema, c.relname AS name
            FROM pg_class c JOIN other o ON o.oid = c.relnamespace
        ), thing (classid, objid, kind, path) AS (
            SELECT 'pg_class'::regclass, oid, kind, ARRAY[schema, name]::text[] FROM rel
            UNION ALL
            SELECT 'pg_rewrite'::regclass, r.oid, kind, ARRAY[schema, name]::text[]
            FROM pg_rewrite r JOIN rel ON rel.oid = r.ev_class
            UNION ALL
            SELECT 'pg_attrdef'::regclass, d.oid, 'default',
                ARRAY[schema, name, a.attname]::text[]
            FROM pg_attrdef d JOIN rel ON rel.oid = d.adrelid
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            UNION ALL
            SELECT 'pg_constraint'::regclass, k.oid, 'constraint',
                ARRAY[schema, name, k.conname]::text[]
            FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid
            UNION ALL
            SELECT 'pg_trigger'::regclass, t.oid, 'trigger', ARRAY[schema, name, t.tgname]::text[]
            FROM pg_trigger t JOIN rel ON rel.oid = t.tgrelid WHERE NOT t.tgisinternal
            UNION ALL
            SELECT 'pg_policy'::regclass, p.oid, 'policy', ARRAY[schema, name, p.polname]::text[]
            FROM pg_policy p JOIN rel ON rel.oid = p.polrelid
            UNION ALL
            SELECT 'pg_statistic_ext'::regclass, s.oid, 'statistics',
                ARRAY[o.schema, s.stxname]::text[]
            FROM pg_statistic_ext s JOIN other o ON o.oid = s.stxnamespace
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, 'function', ARRAY[o.schema, p.proname,
                '(' || oidvectortypes(p.proargtypes) || ')']::text[]
            FROM pg_proc p JOIN other o ON o.oid = p.pronamespace
            UNION ALL
            SELECT 'pg_type'::regclass, t.oid,
                CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
                ARRAY[o.schema, t.typname]::text[]
            FROM pg_type t JOIN other o ON o.oid = t.typnamespace WHERE t.typrelid = 0
            UNION ALL
            SELECT 'pg_constraint'::regclass, k.oid, 'domain', ARRAY[o.schema, t.typname]::text[]
            FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid
            JOIN other o ON o.oid = t.typnamespace
            UNION ALL
            SELECT 'pg_operator'::regclass, p.oid, 'operator', ARRAY[o.schema, p.oprname]::text[]
            FROM pg_operator p JOIN other o ON o.oid = p.oprnamespace
        ), inside (classid, objid) AS (
            SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = ANY($1::oid[])
            UNION ALL
            SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = ANY($1::oid[])
            UNION ALL
            SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = ANY($1::oid[])
            UNION ALL
            SELECT 'pg_constraint'::regclass, oid FROM pg_constraint
            WHERE connamespace = ANY($1::oid[])
        )
        SELECT CASE WHEN a.attname IS NULL THEN t.kind ELSE 'column' END,
            CASE WHEN a.attname IS NULL THEN t.path ELSE t.path || a.attname::text END,
            d.refclassid, d.refobjid, d.refobjsubid, d.deptype
        FROM pg_depend d JOIN inside i ON i.classid = d.refclassid AND i.objid = d.refobjid
        JOIN thing t ON t.classid = d.classid AND t.objid = d.objid
        LEFT JOIN pg_attribute a ON d.classid = 'pg_class'::regclass AND a.attrelid = d.objid
            AND a.attnum = d.objsubid AND d.objsubid > 0
        WHERE d.deptype IN ('n', 'a')
        """
}

extension CatalogReader {
    /// Takes what stands out of scope on objects of the catalog.
    mutating func readOutsiders(_ rows: Rows) throws(PostgreSQLError) {
        var found: [ObjectID: Unmodelled] = [:]
        for row in rows {
            let address = CatalogAddress(row.oid(2), row.oid(3))
            guard let slot = slot(address, row.oid(2), column: row.number(4)) else { continue }
            let reference = objects[slot].id
            let object = ObjectID(ObjectKind(rawValue: try row.text(0)), try row.texts(1))
            var item = found[object] ?? Unmodelled(object: object, what: "object out of scope")
            if row.character(5) == UInt8(ascii: "a") {
                item.vanishesWith.insert(reference)
            } else {
                item.needs.insert(reference)
            }
            found[object] = item
        }
        outsiders = found.values.sorted()
    }
}
