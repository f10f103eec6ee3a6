import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The domains in scope, with the NOT NULL constraint where it is an object.
    static func domains(version: Int) -> String {
        let named = version >= Since.namedDomainNotNull
        return """
            SELECT t.oid, t.typnamespace, t.typname, t.typarray,
                format_type(t.typbasetype, t.typtypmod),
                CASE WHEN t.typcollation <> base.typcollation THEN n.nspname END,
                CASE WHEN t.typcollation <> base.typcollation THEN l.collname END,
                coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
                t.typnotnull,
                \(named ? "k.conname, obj_description(k.oid, 'pg_constraint')" : "NULL, NULL")
            FROM pg_type t JOIN pg_type base ON base.oid = t.typbasetype
            LEFT JOIN pg_collation l ON l.oid = t.typcollation
            LEFT JOIN pg_namespace n ON n.oid = l.collnamespace
            \(named ? "LEFT JOIN pg_constraint k ON k.contypid = t.oid AND k.contype = 'n'" : "")
            WHERE t.typtype = 'd' AND t.typnamespace = ANY($1::oid[])
                AND \(isNoMember("pg_type", "t.oid"))
            """
    }

    /// The checks of the domains in scope.
    static let domainConstraints = """
        SELECT k.oid, t.typnamespace, t.typname, k.conname, pg_get_expr(k.conbin, 0),
            k.convalidated
        FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid
        WHERE k.contype = 'c' AND t.typnamespace = ANY($1::oid[])
            AND \(isNoMember("pg_type", "t.oid"))
        """
}

extension CatalogReader {
    /// Takes the domains; an array of one is the same thing.
    mutating func readDomains(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let name = try row.text(2)
            let isUsual = row[9] == DomainDefinition.notNullName(of: name)
            let notNull = DomainDefinition.NotNull(
                name: isUsual ? nil : row[9], comment: row[10])
            let slot = add(
                .domain(schema, name),
                .plain(
                    .domain(
                        DomainDefinition(
                            type: VerbatimSQL(try row.text(4)),
                            collation: row[6].map { QualifiedName(schema: row[5], name: $0) },
                            default: row[7].map { VerbatimSQL($0) }, isNotNull: row.flag(8),
                            notNull: notNull.unlessUsual))),
                at: (SystemCatalog.type, row.oid(0)), dependencies: [.schema(schema)])
            slots[CatalogAddress(SystemCatalog.type, row.oid(3))] = slot
            arrayTypes.insert(row.oid(3))
        }
    }

    /// Takes the checks of domains.
    mutating func readDomainConstraints(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let schema = try schema(row.oid(1))
            let domain = ObjectID.domain(schema, try row.text(2))
            add(
                .domainConstraint(schema, domain.name, try row.text(3)),
                .plain(
                    .domainConstraint(
                        DomainConstraintDefinition(
                            expression: VerbatimSQL(try row.text(4)), isValidated: row.flag(5)))),
                at: (SystemCatalog.constraint, row.oid(0)),
                dependencies: [.schema(schema), domain])
        }
    }
}
