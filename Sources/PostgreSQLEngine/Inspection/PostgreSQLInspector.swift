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
            var reader = CatalogReader(scope: scope, version: snapshot.version)
            try await reader.read(snapshot, detail)
            let inspection = Inspection(
                catalog: Catalog(reader.objects), unmodelled: Set(reader.unmodelled).sorted(),
                outsiders: reader.outsiders)
            return (inspection, snapshot.queries)
        }
    }
}

extension CatalogReader {
    /// Reads everything. While one result is taken apart the server works on the next.
    fileprivate mutating func read(
        _ snapshot: CatalogSnapshot, _ detail: InspectionDetail
    ) async throws {
        try readSchemas(try await snapshot.rows(CatalogQuery.schemas))
        let inScope = [CatalogQuery.array(schemasInScope)]
        let version = version
        async let relations = snapshot.rows(CatalogQuery.relations, inScope)
        async let columns = snapshot.rows(CatalogQuery.columns, inScope)
        async let indexes = snapshot.rows(CatalogQuery.indexes(version: version), inScope)
        async let constraints = snapshot.rows(CatalogQuery.constraints(version: version), inScope)
        async let functions = snapshot.rows(CatalogQuery.functions, inScope)
        async let sequences = snapshot.rows(CatalogQuery.sequences, inScope)
        async let enums = snapshot.rows(CatalogQuery.enums, inScope)
        async let plain = PlainQuery.rows(snapshot, inScope)
        async let extensions = snapshot.rows(CatalogQuery.extensions)
        async let defaults = snapshot.rows(CatalogQuery.defaults, inScope)

        try readRelations(try await relations)
        try readColumns(try await columns)
        try readIndexes(try await indexes)
        try readConstraints(try await constraints)
        let functionRows = try await functions
        let wantedTypes = wantedTypes(functionRows)
        let wantedNames = wantedNames()
        async let types = snapshot.rows(CatalogQuery.types, wantedTypes)
        async let names = snapshot.rows(CatalogQuery.names, wantedNames)
        // What needs the objects comes last, so that they are made in the meantime.
        async let comments = snapshot.rows(CatalogQuery.comments)
        async let unmodelled = snapshot.rows(
            UnmodelledQuery.text(version: version),
            [inScope[0], scope.isEverything ? "true" : "false"])
        async let dependencies =
            detail == .full
            ? snapshot.rows(CatalogQuery.dependencies) : nil
        async let outsiders =
            detail == .full && !scope.isEverything
            ? snapshot.rows(CatalogQuery.outsiders, inScope) : nil
        try readSequences(try await sequences)
        try readEnums(try await enums)
        let plainRows = try await plain
        try readPlainTypes(plainRows)
        try readExtensions(try await extensions)
        try self.names.readTypes(try await types)
        try self.names.read(try await names)
        try build(defaults: try await defaults, functions: functionRows)
        try buildPlain(plainRows)
        try await buildSubscriptions(snapshot)
        try buildComments(try await comments)
        try readUnmodelled(try await unmodelled)
        if let rows = try await dependencies { addDependencies(rows) }
        if let rows = try await outsiders { try readOutsiders(rows) }
        addUnreproducible()
        setAside(try await snapshot.rows(CatalogQuery.standing, rootAddresses))
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
