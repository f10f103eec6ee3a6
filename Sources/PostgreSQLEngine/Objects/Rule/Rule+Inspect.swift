import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The rules of relations in scope but those that make views. What stands before the rest in
    /// the server's print follows from the catalogs (`make_ruledef` in the server's source).
    static let rules = """
        SELECT r.oid, c.relnamespace, c.relname, r.rulename, c.relkind, r.ev_type, r.ev_enabled,
            pg_get_ruledef(r.oid),
            'CREATE RULE ' || quote_ident(r.rulename) || E' AS\\n    ON '
                || CASE r.ev_type WHEN '1' THEN 'SELECT' WHEN '2' THEN 'UPDATE'
                    WHEN '3' THEN 'INSERT' ELSE 'DELETE' END
                || ' TO ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relnamespace = ANY($1::oid[]) AND r.rulename <> '_RETURN'
            AND \(isNoMember("pg_rewrite", "r.oid")) AND \(isNoMember("pg_class", "c.oid"))
        """
}

extension CatalogReader {
    /// Makes the objects of rules.
    mutating func buildRules(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let relation = ObjectID(
                Self.relationKind(row.character(4)), schema, try row.text(2))
            let text = try row.text(7)
            let head = try row.text(8)
            guard text.hasPrefix(head), text.hasSuffix(";") else {
                throw PostgreSQLError(
                    kind: .decoding, message: "the server prints a rule in an unknown way: \(text)")
            }
            let action = String(
                decoding: text.utf8.dropFirst(head.utf8.count).dropLast(), as: UTF8.self)
            let event: RuleDefinition.Event =
                switch row.character(5) {
                case UInt8(ascii: "1"): .select
                case UInt8(ascii: "2"): .update
                case UInt8(ascii: "3"): .insert
                default: .delete
                }
            add(
                .rule(schema, relation.name, try row.text(3)),
                .plain(
                    .rule(
                        RuleDefinition(
                            relation: relation.kind, event: event,
                            action: VerbatimSQL(action.trimmed),
                            firing: .init(letter: row.character(6))))),
                at: (SystemCatalog.rule, row.oid(0)), dependencies: [.schema(schema), relation])
        }
    }
}
