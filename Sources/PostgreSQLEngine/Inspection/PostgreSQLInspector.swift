// Owns the order in which a live catalog is read. Invariant: the number of queries does not
// depend on the number of objects.

public import Planning
public import PostgreSQLClient
import SchemaCore

/// Reads the catalog of a live PostgreSQL database, the same way for both sides of a comparison.
public struct PostgreSQLInspector {
    /// Reads what is in scope, in one snapshot.
    ///
    /// In an open transaction it reads what that transaction sees, and leaves its settings as they
    /// are; else it opens a read-only one of its own.
    /// - Throws: `PostgreSQLError`, among others when the role may not read a catalog.
    public static func inspect(
        _ connection: PostgreSQLConnection, scope: Scope, detail: InspectionDetail
    ) async throws -> Inspection<PostgreSQLObject> {
        try await measuredInspection(connection, scope: scope, detail: detail).inspection
    }

    /// The same, with the number of catalog queries it took.
    static func measuredInspection(
        _ connection: PostgreSQLConnection, scope: Scope, detail: InspectionDetail
    ) async throws -> (inspection: Inspection<PostgreSQLObject>, queries: Int) {
        try await CatalogSnapshot.with(connection) { snapshot in
            let reads = try PostgreSQLRead.reads(scope)
            var reader = CatalogReader(
                scope: scope, roles: ScopedRoles(reads), version: snapshot.version)
            try await reader.read(snapshot, detail)
            let aside =
                reads.isEmpty ? [] : try await ScopeReader(connection: connection).objects(reads)
            let carried = StatementDefinition.carried(by: aside)
            let residue = reader.takeResidue()
            let inspection = Inspection(
                catalog: Catalog(reader.objects + aside),
                unmodelled: Set(reader.unmodelled).sorted().filter { !carried.has($0.object) },
                outsiders: reader.outsiders, stated: Catalog(reader.stated),
                residue: Catalog(residue))
            return (inspection, snapshot.queries)
        }
    }
}

extension CatalogReader {
    /// Takes what earlier plans put into quarantine away from all else.
    fileprivate mutating func takeResidue() -> [PostgreSQLObject] {
        if scope.residue.isEmpty { return [] }
        let places = Set(scope.quarantines)
        func isThere(_ id: ObjectID) -> Bool { places.contains((id.subject ?? id).path[0]) }
        let residue = (objects + stated).filter { isThere($0.id) }
        objects.removeAll { isThere($0.id) }
        stated.removeAll { isThere($0.id) }
        unmodelled.removeAll { isThere($0.object) }
        return residue
    }
}

/// A query for a part of the catalog.
struct CatalogQuestion: Sendable {
    let text: String
    var parameters: [String?] = []
}

extension CatalogReader {
    /// The queries for what is made of more than its own row.
    private func shapes(_ inScope: [String?]) -> [CatalogQuestion] {
        [
            CatalogQuery.relations, CatalogQuery.columns, CatalogQuery.indexes(version: version),
            CatalogQuery.constraints(version: version),
        ].map { CatalogQuestion(text: $0, parameters: inScope) }
    }

    /// The queries for what needs nothing of others.
    private func details(_ inScope: [String?]) -> [CatalogQuestion] {
        [
            CatalogQuery.functions, CatalogQuery.sequences, CatalogQuery.enums,
            CatalogQuery.defaults, CatalogQuery.partitions,
        ].map { CatalogQuestion(text: $0, parameters: inScope) }
            + PlainQuery.allCases.map {
                CatalogQuestion(text: $0.text(version: version), parameters: inScope)
            } + [CatalogQuestion(text: CatalogQuery.extensions)]
    }

    /// The queries for what is said of objects; those for dependencies only where they are asked.
    private func remarks(
        _ inScope: [String?], _ detail: InspectionDetail
    ) -> [CatalogQuestion] {
        var out = [
            CatalogQuestion(text: CatalogQuery.comments),
            CatalogQuestion(text: CatalogQuery.defaultPrivileges, parameters: inScope),
            CatalogQuestion(text: CatalogQuery.access, parameters: inScope),
            CatalogQuestion(
                text: UnmodelledQuery.text(version: version),
                parameters: inScope + [scope.isEverything ? "true" : "false"] + roles.parameters),
        ]
        guard detail == .full else { return out }
        out.append(CatalogQuestion(text: CatalogQuery.dependencies))
        if !scope.isEverything {
            out.append(CatalogQuestion(text: CatalogQuery.outsiders, parameters: inScope))
        }
        return out
    }

    /// Reads everything. While one lot of results is taken apart the server works on the next:
    /// lots, since what the compiler makes of this grows much faster than what is asked.
    fileprivate mutating func read(
        _ snapshot: CatalogSnapshot, _ detail: InspectionDetail
    ) async throws {
        try readSchemas(try await snapshot.rows(CatalogQuery.schemas))
        let inScope = [CatalogQuery.array(schemasInScope)]
        let detailQuestions = details(inScope)
        let remarkQuestions = remarks(inScope, detail)
        var shapes = try await snapshot.answers(to: shapes(inScope))
        async let askedDetails = snapshot.answers(to: detailQuestions)
        try readRelations(shapes.next())
        try readColumns(shapes.next())
        try readIndexes(shapes.next())
        try readConstraints(shapes.next())
        var details = try await askedDetails
        let functions = details.next()
        let nameQuestions = [
            CatalogQuestion(text: CatalogQuery.types, parameters: wantedTypes(functions)),
            CatalogQuestion(text: CatalogQuery.names, parameters: wantedNames()),
        ]
        var named = try await snapshot.answers(to: nameQuestions)
        // What needs the objects comes last, so that they are made in the meantime.
        async let askedRemarks = snapshot.answers(to: remarkQuestions)
        try names.readTypes(named.next())
        try names.read(named.next())
        try build(&details, functions: functions)
        try await buildSubscriptions(snapshot)
        try annotate(try await askedRemarks, detail)
        setAside(try await snapshot.rows(CatalogQuery.standing, rootAddresses))
    }

    /// Makes the objects, in the order in which `details` asks for them.
    private mutating func build(
        _ details: inout CatalogAnswers, functions: Rows
    ) throws(PostgreSQLError) {
        try readSequences(details.next())
        try readEnums(details.next())
        let defaults = details.next()
        let partitions = details.next()
        var plain: [PlainQuery: Rows] = [:]
        for query in PlainQuery.allCases { plain[query] = details.next() }
        try readPlainTypes(plain)
        try readExtensions(details.next())
        try build(defaults: defaults, functions: functions)
        try buildPlain(plain)
        try addPartitionFacts(partitions)
    }

    /// Takes what `remarks` asks for.
    private mutating func annotate(
        _ answers: CatalogAnswers, _ detail: InspectionDetail
    ) throws(PostgreSQLError) {
        var remarks = answers
        try buildComments(remarks.next())
        try buildDefaultPrivileges(remarks.next())
        try buildAccess(remarks.next())
        try readUnmodelled(remarks.next())
        if detail == .full {
            addDependencies(remarks.next())
            if !scope.isEverything { try readOutsiders(remarks.next()) }
        }
        addUnreproducible()
    }

    /// Makes the objects, what others refer to first.
    private mutating func build(defaults: Rows, functions: Rows) throws(PostgreSQLError) {
        objects.reserveCapacity(
            relations.reduce(0) { $0 + $1.columns.count + 2 } + indexes.count
                + constraints.count + defaults.count)
        buildTables()
        try buildColumns(defaults)
        buildViews()
        buildConstraints()
        buildIndexes()
        buildSequences()
        try buildFunctions(functions)
    }
}
