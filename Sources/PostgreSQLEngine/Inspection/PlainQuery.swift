// Owns the list of the queries by which plain kinds are read.

import PostgreSQLClient

/// The query of one plain kind, or of several; each takes the schemas in scope.
enum PlainQuery: CaseIterable {
    case notNulls, compositeTypes, domains, domainConstraints, triggers, parameterized, clauses
    case foreignTables, publications, parts, tableMarks, policies, rules, statistics

    func text(version: Int) -> String {
        switch self {
        case .notNulls: CatalogQuery.notNulls(version: version)
        case .compositeTypes: CatalogQuery.compositeTypes
        case .domains: CatalogQuery.domains(version: version)
        case .domainConstraints: CatalogQuery.domainConstraints
        case .triggers: CatalogQuery.triggers
        case .parameterized: CatalogQuery.parameterized(version: version)
        case .clauses: CatalogQuery.clauses
        case .foreignTables: CatalogQuery.foreignTables
        case .publications: CatalogQuery.publications(version: version)
        case .parts: CatalogQuery.parts
        case .tableMarks: CatalogQuery.tableMarks
        case .policies: CatalogQuery.policies
        case .rules: CatalogQuery.rules
        case .statistics: CatalogQuery.statistics
        }
    }
}

extension CatalogReader {
    /// Takes the types, which others refer to, and what columns have beside themselves.
    mutating func readPlainTypes(_ rows: [PlainQuery: Rows]) throws(PostgreSQLError) {
        if let found = rows[.notNulls] { try readNotNulls(found) }
        if let found = rows[.compositeTypes] { try readCompositeTypes(found) }
        if let found = rows[.domains] { try readDomains(found) }
        if let found = rows[.domainConstraints] { try readDomainConstraints(found) }
    }

    /// Makes the objects of all others.
    mutating func buildPlain(_ rows: [PlainQuery: Rows]) throws(PostgreSQLError) {
        for query in PlainQuery.allCases {
            guard let found = rows[query] else { continue }
            switch query {
            case .notNulls, .compositeTypes, .domains, .domainConstraints: break
            case .triggers: try buildTriggers(found)
            case .parameterized: try buildParameterized(found)
            case .clauses: try buildClauses(found)
            case .foreignTables: try buildForeignTables(found)
            case .publications: try buildPublications(found)
            case .parts: try buildParts(found)
            case .tableMarks: try buildTableMarks(found)
            case .policies: try buildPolicies(found)
            case .rules: try buildRules(found)
            case .statistics: try buildStatistics(found)
            }
        }
    }
}
