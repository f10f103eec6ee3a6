import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The triggers of relations in scope, but those that stand for constraints and the copies
    /// that partitions have of their parent's.
    ///
    /// A condition speaks of two rows, so only `pg_get_triggerdef` can print it. What stands before
    /// it there follows from the catalogs (`pg_get_triggerdef_worker` in the server's source).
    static let triggers = """
        WITH t AS (
            SELECT t.*, c.relnamespace, quote_ident(s.nspname) || '.' || quote_ident(c.relname)
                    AS relation, c.relname, c.relkind, p.proname, n.nspname,
                ARRAY(SELECT a.attname::text
                    FROM unnest(t.tgattr::int2[]) WITH ORDINALITY u (number, place)
                    JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = u.number
                    ORDER BY u.place) AS columns,
                other.nspname AS from_schema, other.relname AS from_name
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace s ON s.oid = c.relnamespace
            JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
            LEFT JOIN (SELECT f.oid, f.relname, g.nspname FROM pg_class f
                JOIN pg_namespace g ON g.oid = f.relnamespace) other
                ON other.oid = t.tgconstrrelid
            WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND c.relnamespace = ANY($1::oid[])
                AND \(isNoMember("pg_trigger", "t.oid")) AND \(isNoMember("pg_class", "c.oid"))
        )
        SELECT oid, relnamespace, relname, tgname, relkind, tgtype, columns,
            CASE WHEN tgqual IS NOT NULL THEN pg_get_triggerdef(oid) END,
            \(beforeCondition),
            CASE nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(nspname) || '.' END
                || quote_ident(proname),
            nspname, proname, encode(tgargs, 'hex'), tgoldtable, tgnewtable, tgconstraint <> 0,
            from_schema, from_name, tgdeferrable, tginitdeferred, tgenabled
        FROM t
        """

    private static let beforeCondition = """
        'CREATE ' || CASE WHEN tgconstraint <> 0 THEN 'CONSTRAINT ' ELSE '' END
            || 'TRIGGER ' || quote_ident(tgname)
            || CASE tgtype & 66 WHEN 2 THEN ' BEFORE' WHEN 64 THEN ' INSTEAD OF' ELSE ' AFTER' END
            || ' ' || concat_ws(' OR ', CASE WHEN tgtype & 4 <> 0 THEN 'INSERT' END,
                CASE WHEN tgtype & 8 <> 0 THEN 'DELETE' END,
                CASE WHEN tgtype & 16 <> 0 THEN 'UPDATE' || coalesce(' OF ' || (
                    SELECT string_agg(quote_ident(name), ', ' ORDER BY place)
                    FROM unnest(columns) WITH ORDINALITY u (name, place)), '') END,
                CASE WHEN tgtype & 32 <> 0 THEN 'TRUNCATE' END)
            || ' ON ' || relation
            || CASE WHEN tgconstraint = 0 THEN '' ELSE
                coalesce(' FROM ' || quote_ident(from_schema) || '.' || quote_ident(from_name), '')
                || CASE WHEN tgdeferrable THEN '' ELSE ' NOT' END || ' DEFERRABLE INITIALLY '
                || CASE WHEN tginitdeferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END END
            || CASE WHEN tgoldtable IS NULL AND tgnewtable IS NULL THEN '' ELSE ' REFERENCING' END
            || coalesce(' OLD TABLE AS ' || quote_ident(tgoldtable), '')
            || coalesce(' NEW TABLE AS ' || quote_ident(tgnewtable), '')
            || ' FOR EACH ' || CASE WHEN tgtype & 1 <> 0 THEN 'ROW' ELSE 'STATEMENT' END
            || ' WHEN ('
        """
}

extension CatalogReader {
    /// Makes the objects of triggers.
    mutating func buildTriggers(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let relation = Self.relationKind(row.character(4))
            let id = ObjectID.trigger(schema, try row.text(2), try row.text(3))
            let definition = try trigger(row, relation)
            add(
                id, .plain(.trigger(definition)), at: (SystemCatalog.trigger, row.oid(0)),
                dependencies: [.schema(schema), ObjectID(relation, schema, try row.text(2))])
        }
    }

    /// The kind of a relation by the server's letter for it.
    static func relationKind(_ letter: UInt8) -> ObjectKind {
        switch letter {
        case UInt8(ascii: "v"): .view
        case UInt8(ascii: "m"): .materializedView
        case UInt8(ascii: "f"): .foreignTable
        default: .table
        }
    }

    private func trigger(
        _ row: Row, _ relation: ObjectKind
    ) throws(PostgreSQLError) -> TriggerDefinition {
        let bits = row.number(5)
        let arguments = Self.arguments(try row.text(12))
        var trigger = TriggerDefinition(
            relation: relation,
            timing: bits & 2 != 0 ? .before : bits & 64 != 0 ? .insteadOf : .after,
            events: [
                (4, TriggerDefinition.Event.insert), (16, .update), (8, .delete), (32, .truncate),
            ].filter { bits & $0.0 != 0 }.map(\.1),
            columns: try row.texts(6), forEachRow: bits & 1 != 0,
            function: QualifiedName(schema: try row.text(10), name: try row.text(11)),
            arguments: arguments, oldTable: row[13], newTable: row[14])
        if let text = row[7] {
            trigger.condition = try Self.condition(
                in: text, after: try row.text(8), before: try row.text(9), arguments)
        }
        if row.flag(15) {
            trigger.constraint = .init(
                from: row[17].map { QualifiedName(schema: row[16], name: $0) },
                isDeferrable: row.flag(18), isInitiallyDeferred: row.flag(19))
        }
        trigger.firing = .init(letter: row.character(20))
        return trigger
    }

    /// The condition between what is known to stand around it.
    private static func condition(
        in text: String, after head: String, before function: String, _ arguments: [String]
    ) throws(PostgreSQLError) -> VerbatimSQL {
        let list = arguments.map { "'" + $0.replacing("'", with: "''") + "'" }
        let tail = ") EXECUTE FUNCTION \(function)(\(list.joined(separator: ", ")))"
        guard text.hasPrefix(head), text.hasSuffix(tail),
            text.utf8.count >= head.utf8.count + tail.utf8.count
        else {
            throw PostgreSQLError(
                kind: .decoding, message: "the server prints a trigger in an unknown way: \(text)")
        }
        return VerbatimSQL(
            String(
                decoding: text.utf8.dropFirst(head.utf8.count).dropLast(tail.utf8.count),
                as: UTF8.self))
    }

    /// The arguments: bytes in hexadecimal, each with a zero at its end.
    private static func arguments(_ hex: String) -> [String] {
        var bytes: [UInt8] = []
        var digits = hex.utf8.makeIterator()
        while let high = digits.next(), let low = digits.next() {
            bytes.append(value(high) << 4 | value(low))
        }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit - UInt8(ascii: "0")
    }
}
