// Owns what the catalog queries share. Invariant: a query's text depends on the server's version
// only; the schemas in scope are its parameter, so the number of queries and texts is fixed.

/// The queries that read a catalog. Each kind has its own in its folder; `$1` is the array of the
/// oids of the schemas in scope.
enum CatalogQuery {
    /// A condition that leaves out the members of extensions.
    static func isNoMember(_ catalog: String, _ oid: String) -> String {
        """
        NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = '\(catalog)'::regclass
            AND member.objid = \(oid) AND member.deptype = 'e')
        """
    }

    /// The schemas by oid: all, since names anywhere are qualified by them.
    static let schemas = """
        SELECT n.oid, n.nspname, \(isNoMember("pg_namespace", "n.oid")) FROM pg_namespace n
        """

    /// The types of what a caller gives to the function `p`, as the address of it ends.
    static let signature = """
        '(' || (SELECT coalesce(string_agg(
                pg_catalog.format_type(argument.type, NULL), ', ' ORDER BY argument.place), '')
            FROM unnest(p.proargtypes) WITH ORDINALITY argument (type, place)) || ')'
        """

    /// An array of oids as a parameter.
    static func array(_ oids: some Sequence<OID>) -> String {
        "{" + oids.lazy.map { String($0) }.joined(separator: ",") + "}"
    }

    /// The first server version that has what is meant.
    enum Since {
        static let unloggedSequences = 150000
        static let nullsNotDistinct = 150000
        static let deleteColumns = 150000
        static let schemasInPublications = 150000
        static let namedDomainNotNull = 170000
        static let temporalKeys = 180000
        static let generatedInPublications = 180000
        static let enforcement = 180000
        static let namedNotNull = 180000
    }
}

/// The oids of the system catalogs, the same on every server, by which `pg_depend` and
/// `pg_description` name the sort of an object.
enum SystemCatalog {
    static let type: OID = 1247
    static let function: OID = 1255
    static let relation: OID = 1259
    static let columnDefault: OID = 2604
    static let constraint: OID = 2606
    static let schema: OID = 2615
    static let rule: OID = 2618
    static let `extension`: OID = 3079
    static let trigger: OID = 2620
    static let policy: OID = 3256
    static let statistics: OID = 3381
    static let publication: OID = 6104
    static let subscription: OID = 6100
    static let publicationTable: OID = 6106
    static let publicationSchema: OID = 6237
    /// The entries of operator families: `pg_amop` and `pg_amproc`.
    static let operatorEntry: OID = 2602
    static let functionEntry: OID = 2603
}
