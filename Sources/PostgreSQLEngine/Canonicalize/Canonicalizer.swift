// Owns how lowered manifests become the catalog that the server makes of them. Invariant: nothing
// but the server's own print of what was built is in the result, and nothing that was not declared.

internal import Manifest
internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Builds desired objects in a scratch database and reads them back.
struct Canonicalizer: Sendable {
    /// Where scratch databases come from.
    let servers: ScratchServers
    /// In which schemas names are looked up behind the object's own.
    var searchPath: [String] = ["public"]

    /// A target as it is needed here.
    struct Target: Sendable {
        /// An open connection to it.
        var connection: PostgreSQLConnection
        /// How to reach its server.
        var settings: ConnectionSettings
        /// What is in it that is not to be changed: read only when a manifest refers to something
        /// that no manifest declares.
        var environment: @Sendable () async throws -> Inspection<PostgreSQLObject>
    }

    /// What came of it.
    struct Result: Sendable {
        /// The canonical desired catalog.
        var catalog: Catalog<PostgreSQLObject>
        /// What differs in the scratch database from the target.
        var notes: [Diagnostic]
        /// What is wrong with what was built, and just so in the target.
        var warnings: [Diagnostic] = []
    }

    /// The canonical catalog of the desired objects, from the cache where it is there.
    ///
    /// - Throws: `DiagnosticsError` with the place of everything that the server refused.
    func canonicalize(
        _ desired: [PostgreSQLObject], scope: Scope, for target: Target, scratch: ScratchSettings
    ) async throws -> Result {
        let early = NotNullVersion.diagnostics(desired, major: target.connection.serverMajor)
        guard early.isEmpty else { throw DiagnosticsError(early) }
        let traits = try await ScratchTraits.read(target.connection)
        let (extensions, key) = try await key(
            desired, traits, scope: scope, for: target.connection)
        let cache = scratch.cacheDirectory.map { CatalogCache(directory: $0) }
        if let catalog = cache?.catalog(for: key) { return Result(catalog: catalog, notes: []) }
        let (built, notes) = try await servers.withDatabase(
            scratch.provider, like: extensions.traits, target: target.settings
        ) { database in
            try await build(extensions.desired, in: database, target)
        }
        // With the help of the target's own objects the result depends on more than the key.
        if !built.usedTarget { cache?.store(built.catalog, for: key) }
        return Result(catalog: built.catalog, notes: notes, warnings: built.warnings)
    }

    /// The digests of the canonical catalog, if the cache has it; no catalog is decoded.
    ///
    /// They are found by the manifests' text where they were found before by what it means, so
    /// that a warm run reads no YAML.
    func cachedDigests(
        _ lowering: Lowering<PostgreSQLObject>, scope: Scope, for target: PostgreSQLConnection,
        scratch: ScratchSettings
    ) async throws -> CatalogDigests? {
        guard let cache = scratch.cacheDirectory.map({ CatalogCache(directory: $0) }) else {
            return nil
        }
        let traits = try await ScratchTraits.read(target)
        let short = CatalogCacheKey(
            desired: lowering.summary.source, traits: traits, scope: scope, searchPath: searchPath)
        if let digests = cache.digests(for: short) { return digests }
        let (extensions, key) = try await key(
            lowering.objects, traits, scope: scope, for: target)
        let digests = cache.digests(for: key)
        // The version of an extension that is yet to be installed is no trait of the target.
        if let digests, extensions.traits == traits { cache.store(digests, for: short) }
        return digests
    }

    private func key(
        _ desired: [PostgreSQLObject], _ traits: ScratchTraits, scope: Scope,
        for target: PostgreSQLConnection
    ) async throws -> (CanonicalizeExtensions, CatalogCacheKey) {
        let extensions = try await CanonicalizeExtensions(desired, traits, target)
        let key = CatalogCacheKey(
            desired: CatalogCacheKey.desired(extensions.desired), traits: traits, scope: scope,
            searchPath: searchPath)
        return (extensions, key)
    }

    private struct Built: Sendable {
        var catalog: Catalog<PostgreSQLObject>
        var usedTarget: Bool
        var warnings: [Diagnostic]
    }

    /// Builds in a database and reads back.
    private func build(
        _ all: [PostgreSQLObject], in database: ScratchDatabase,
        _ target: Target
    ) async throws -> Built {
        // Marks of tables speak of parts by their names.
        let major = target.connection.serverMajor
        let built = all.filter {
            $0.id.kind.isPart || !CanonicalAccess.isStated($0) && $0.id.kind != .data
        }
        let desired = NotNullNames.given(built, major: major)
        var excluded = database.existing
        let places = Self.implicitSchemas(desired, existing: database.existing)
        excluded.formUnion(places.map(\.id))
        let units = ScratchUnits(desired, searchPath: searchPath)
        let placeUnits = ScratchUnits(places, searchPath: searchPath, isEnvironment: true)
        try await database.provide(rolesOf: desired)
        var builder = ScratchBuilder(database)
        var live: Inspection<PostgreSQLObject>?
        var borrowed: [PostgreSQLObject] = []
        func relief(_ failed: [ScratchBuilder.Failure]) async throws -> [ScratchUnit] {
            let found: Inspection<PostgreSQLObject>
            if let live { found = live } else { found = try await target.environment() }
            live = found
            let needed = CanonicalizeEnvironment(found.catalog, desired).needed(
                by: failed.map(\.unit))
            borrowed += needed
            try await database.provide(rolesOf: needed)
            let schemas = Self.implicitSchemas(needed, existing: excluded)
            excluded.formUnion(schemas.map(\.id))
            excluded.formUnion(needed.map(\.id))
            return ScratchUnits(schemas, searchPath: nil, isEnvironment: true).ordered()
                + ScratchUnits(needed, searchPath: nil, isEnvironment: true).ordered()
        }
        // In a target, too, statements come behind what has a kind.
        let ordered = placeUnits.ordered() + units.ordered()
        let statementUnits = ordered.filter { $0.id.kind == .statement }
        let failures = try await builder.build(
            ordered.filter { $0.id.kind != .statement }, relief: relief)
        // What they do to all else has to be seen.
        let before = statementUnits.isEmpty ? Catalog() : try await database.read()
        let refused = try await builder.build(statementUnits, relief: relief)
        // What is built now needs what a statement made.
        let early =
            statementUnits.isEmpty || failures.isEmpty
            ? [] : try await builder.built(of: failures)
        var diagnostics = CanonicalizeDiagnostics(desired: desired, live: live).of(
            failures + refused, early: early)
        diagnostics += try await CanonicalizeBodies(database, target.connection)
            .validate(builder.built)
        guard !diagnostics.hasErrors else { throw DiagnosticsError(diagnostics) }
        excluded.subtract(desired.lazy.map(\.id))
        let inspection = try await database.inspect()
        let catalog = try await CanonicalizeFixpoint(database).settled(inspection.catalog)
        var result = Self.result(catalog, excluded, desired)
        let statements = CanonicalStatements(desired, in: database)
        for object in try await statements.objects(from: before, to: inspection.catalog) {
            result.insert(object)
        }
        let undeclared =
            CanonicalizeUndeclared(desired).diagnostics(
                result, unmodelled: statements.foreign(inspection.unmodelled, in: result))
            + statements.strangers(in: result) + NotNullVersion.orphans(desired, in: result)
        guard undeclared.isEmpty else { throw DiagnosticsError(undeclared) }
        return Built(
            catalog: try await withAside(all, of: result, in: database, target),
            usedTarget: !borrowed.isEmpty || !diagnostics.isEmpty, warnings: diagnostics)
    }

    /// The catalog with the rows, owners and rights that are declared.
    private func withAside(
        _ all: [PostgreSQLObject], of catalog: Catalog<PostgreSQLObject>,
        in database: ScratchDatabase, _ target: Target
    ) async throws -> Catalog<PostgreSQLObject> {
        let major = target.connection.serverMajor
        var result = catalog
        let rows = CanonicalRows(all, of: result, in: database)
        for object in try await rows.objects() { result.insert(object) }
        let stated = CanonicalAccess(all.filter(CanonicalAccess.isStated), on: result, major: major)
        for object in try await stated.objects(in: database, searchPath: searchPath) {
            result.insert(object)
        }
        NotNullNames.give(to: &result, major: major)
        return result
    }

    /// Schemas that objects need and nobody declares.
    private static func implicitSchemas(
        _ objects: [PostgreSQLObject], existing: Set<ObjectID>
    ) -> [PostgreSQLObject] {
        var names = Set(objects.compactMap(\.ownSchema))
        for object in objects { if object.id.kind == .schema { names.remove(object.id.name) } }
        return names.sorted().map { ObjectID.schema($0) }.filter { !existing.contains($0) }
            .map { PostgreSQLObject($0, .schema(SchemaDefinition())) }
    }

    /// What was read, without what was only there for others, with columns in the order in which
    /// the manifests have them.
    private static func result(
        _ read: Catalog<PostgreSQLObject>, _ excluded: Set<ObjectID>,
        _ desired: [PostgreSQLObject]
    ) -> Catalog<PostgreSQLObject> {
        var catalog = read.filter { !isExcluded($0, read, excluded) }
        for object in desired where object.id.kind == .column {
            guard var column = catalog[object.id] else { continue }
            column.position = object.position
            catalog[object.id] = column
        }
        return catalog
    }

    /// Whether an object or what it belongs to, up to but not including a schema, is excluded.
    private static func isExcluded(
        _ object: PostgreSQLObject, _ catalog: Catalog<PostgreSQLObject>,
        _ excluded: Set<ObjectID>
    ) -> Bool {
        if excluded.contains(object.id) { return true }
        guard let parent = object.parent else { return false }
        if parent.kind == .schema, object.id.kind != .comment { return false }
        if excluded.contains(parent) { return true }
        return catalog[parent].map { isExcluded($0, catalog, excluded) } ?? false
    }
}
