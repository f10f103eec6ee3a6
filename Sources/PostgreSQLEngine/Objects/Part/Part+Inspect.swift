import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// What partitions in scope have of the indexes, keys and foreign keys of tables above, with
    /// what a server would call it that made it anew.
    static let parts = """
        SELECT 'part', c.relnamespace, t.relname, 'pg_class'::regclass::oid, root.oid, root.relname,
            c.relname, k.oid IS NOT NULL, CASE k.contype WHEN 'p' THEN NULL ELSE (
                SELECT string_agg(coalesce(column_.attname, first.attname), '_'
                    ORDER BY first.attnum)
                FROM pg_attribute first LEFT JOIN pg_attribute column_
                    ON column_.attrelid = i.indrelid AND i.indkey[first.attnum - 1] <> 0
                    AND column_.attnum = i.indkey[first.attnum - 1]
                WHERE first.attrelid = root.oid AND first.attnum > 0) END,
            CASE k.contype WHEN 'p' THEN 'pkey' WHEN 'u' THEN 'key' WHEN 'x' THEN 'excl'
                ELSE 'idx' END,
            c.reloptions, root.reloptions, place.spcname, root_place.spcname,
            CASE WHEN k.oid IS NULL THEN obj_description(c.oid, 'pg_class')
                ELSE obj_description(k.oid, 'pg_constraint') END, NULL, t.oid
        FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
        JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_class root ON root.oid = pg_partition_root(c.oid)
        LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
        LEFT JOIN pg_tablespace place ON place.oid = c.reltablespace
        LEFT JOIN pg_tablespace root_place ON root_place.oid = root.reltablespace
        WHERE c.relispartition AND c.relkind IN ('i', 'I') AND c.relnamespace = ANY($1::oid[])
        UNION ALL
        SELECT 'foreignKeyPart', t.relnamespace, t.relname, 'pg_constraint'::regclass::oid,
            root.oid, root.conname, k.conname, false, NULL, '', NULL, NULL, NULL, NULL,
            obj_description(k.oid, 'pg_constraint'), p.conname, t.oid
        FROM pg_constraint k JOIN pg_constraint p ON p.oid = k.conparentid
        JOIN pg_class t ON t.oid = k.conrelid AND t.relispartition
        CROSS JOIN LATERAL (
            WITH RECURSIVE up AS (
                SELECT k.oid, k.conparentid, k.conname
                UNION ALL
                SELECT a.oid, a.conparentid, a.conname
                FROM pg_constraint a JOIN up ON a.oid = up.conparentid
            )
            SELECT oid, conname FROM up WHERE conparentid = 0) root
        WHERE k.contype = 'f' AND t.relnamespace = ANY($1::oid[]) AND k.conrelid <> p.conrelid
        """
}

extension CatalogReader {
    /// Makes the objects of parts, which count where a manifest states them.
    mutating func buildParts(_ rows: Rows) throws(PostgreSQLError) {
        var found: [(row: PartRow, id: ObjectID, above: ObjectID)] = []
        var known: Set<ObjectID> = []
        var choices: [[String]: Int] = [:]
        for line in rows {
            let row = try PartRow(line)
            choices[[row.schema(namespaces), row.choice], default: 0] += 1
            guard let slot = slots[row.above], relationNumbers[line.oid(16)] != nil else {
                continue
            }
            let id = ObjectID(row.kind, try schema(row.schema), row.table, row.nameAbove)
            guard known.insert(id).inserted else {
                report(id, "second part of what is called so")
                continue
            }
            found.append((row, id, objects[slot].id))
        }
        for (row, id, above) in found {
            let isAlone = choices[[row.schema(namespaces), row.choice]] == 1
            let definition = row.definition(isChoice: isAlone || id.kind == .foreignKeyPart)
            partNames[[id.path[0], id.path[1], row.name]] = id
            stated.append(
                PostgreSQLObject(
                    id, .plain(.part(definition)),
                    dependencies: [
                        .schema(id.path[0]), .table(id.path[0], id.path[1]), above,
                    ]))
        }
    }
}

private struct PartRow {
    let kind: ObjectKind
    let schema: OID
    let table: String
    let above: CatalogAddress
    let nameAbove: String
    let name: String
    let isKey: Bool
    /// What a server would call it first.
    let choice: String
    let options: [String: String]
    let optionsAbove: [String: String]
    let tablespace: String?
    let tablespaceAbove: String?
    let comment: String?
    /// For a foreign key, what it is called in the table right above.
    let nextName: String?

    init(_ row: Row) throws(PostgreSQLError) {
        kind = ObjectKind(rawValue: try row.text(0))
        schema = row.oid(1)
        table = try row.text(2)
        above = CatalogAddress(row.oid(3), row.oid(4))
        nameAbove = try row.text(5)
        name = try row.text(6)
        isKey = row.flag(7)
        choice =
            kind == .foreignKeyPart
            ? nameAbove : DefaultName.of(table, row[8], try row.text(9))
        options = try row.options(10)
        optionsAbove = try row.options(11)
        tablespace = row[12]
        tablespaceAbove = row[13]
        comment = row[14]
        nextName = row[15]
    }

    /// Indexes have their names in a schema.
    func schema(_ names: [OID: String]) -> String { names[schema] ?? "" }

    /// - Parameter isChoice: whether no other part would be called the same.
    func definition(isChoice: Bool) -> PartDefinition {
        let place = tablespace ?? PartDefinition.usualTablespace
        let isUsual =
            isChoice && name == choice && (nextName ?? choice) == choice && comment == nil
            && options == optionsAbove && tablespace == tablespaceAbove
        return PartDefinition(
            name: name, options: kind == .part ? options : nil,
            tablespace: kind == .part ? place : nil,
            above: PartDefinition.Place(options: optionsAbove, tablespace: tablespaceAbove),
            comment: comment, isKey: isKey, isUsual: isUsual)
    }
}
