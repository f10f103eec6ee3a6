// Owns the way from the seam to SQLite's own types; every part lives in a file of its own.

public import Manifest
public import Planning
internal import SQLiteClient
public import SchemaCore
internal import Synchronization

/// SQLite 3.37 and later, by the system's library.
public struct SQLite: Engine {
    /// What its databases hold.
    public typealias Object = SQLiteObject
    /// A connection with pinned settings.
    public typealias Session = SQLiteSession

    /// `sqlite`
    public let name = "sqlite"
    /// SQLite's names and literals.
    public let dialect = SQLDialect.sqlite

    private let built = BuiltCatalog()

    /// Makes the engine.
    public init() {}

    // MARK: - Manifests

    /// Rewrites SQLite manifests in canonical form.
    public var formatter: ManifestFormatter { SQLiteManifests.formatter() }

    /// The JSON Schema of SQLite manifests.
    public var manifestSchema: (name: String, text: String) { SQLiteManifests.schemaFile }

    /// What the script of a plan sets first, for the shell of SQLite. What it selects as
    /// `lockstep_problem` are checks, which have to give nothing.
    public func scriptSettings(_ limits: ExecutionLimits) -> [String] {
        [".bail on", ".timeout \(limits.lockTimeout)"]
            + SQLiteSession.pinned.map { "PRAGMA \($0);" }
    }

    /// Turns manifests into objects. Memory is always at hand, so nothing is kept of them.
    public func lower(_ input: ManifestInput, cache: String?) -> Lowering<SQLiteObject> {
        SQLiteManifests.lower(input)
    }

    /// Writes manifests for a catalog, without what would not come back of them.
    public func manifests(
        for catalog: Catalog<SQLiteObject>, in session: SQLiteSession
    ) async throws -> (manifests: [ExportedManifest], warnings: [Diagnostic]) {
        try await mapped { try await ManifestImport(catalog).result() }
    }

    // MARK: - Targets

    /// Opens a database with pinned settings.
    public func connect(_ url: String) async throws -> SQLiteSession {
        try await SQLiteSession.connect(url)
    }

    /// The library's version.
    public func capabilities(_ session: SQLiteSession) async throws -> Capabilities {
        try await session.capabilities()
    }

    /// Reads the schema, all of it since SQLite has no schemas in it, and what the scope has
    /// beside it.
    public func inspect(
        _ session: SQLiteSession, scope: Scope, detail: InspectionDetail
    ) async throws -> Inspection<SQLiteObject> {
        try await mapped {
            var inspection = try await SQLiteInspector.inspect(
                session.connection, detail: detail, reads: try SQLiteRead.reads(scope))
            let statements = inspection.catalog.objects.values.compactMap(\.statement)
            if inspection.unmodelled.isEmpty || statements.isEmpty { return inspection }
            let made = try await StatementProducts.objects(
                of: statements, beside: try await SchemaRows.read(session.connection))
            inspection.unmodelled.removeAll { made.contains($0.object) }
            return inspection
        }
    }

    // MARK: - Scratch

    /// Builds the desired objects in memory and reads them back.
    public func canonicalize(
        _ desired: [SQLiteObject], scope: Scope = Scope(schemas: []), for target: SQLiteSession,
        scratch: ScratchSettings = ScratchSettings()
    ) async throws -> Canonical<SQLiteObject> {
        try await mapped {
            let environment = try await SchemaRows.read(target.connection)
            let key = try Self.key(desired, environment)
            if let catalog = built.catalog(for: key) { return Canonical(catalog) }
            let catalog = try await Canonicalizer.canonicalize(desired, environment: environment)
            built.keep(catalog, for: key)
            return Canonical(catalog)
        }
    }

    /// The digests of what `canonicalize` gives. Memory is always at hand, so they are, too; what
    /// was built for them is kept for `canonicalize`.
    public func canonicalDigests(
        _ lowering: Lowering<SQLiteObject>, scope: Scope, for target: SQLiteSession,
        scratch: ScratchSettings
    ) async throws -> CatalogDigests? {
        CatalogDigests(
            try await canonicalize(lowering.objects, scope: scope, for: target, scratch: scratch)
                .catalog)
    }

    /// Applies renames to a copy of the live schema in memory.
    public func settle(
        live: Catalog<SQLiteObject>, desired: Catalog<SQLiteObject>, renames: [Rename],
        for target: SQLiteSession, scratch: ScratchSettings
    ) async throws -> Settlement<SQLiteObject> {
        try await mapped {
            try await Settler.settle(
                live: live, desired: desired, renames: renames,
                rows: try await SchemaRows.read(target.connection))
        }
    }

    /// Rows, which others may have put there, and what has no kind. All else that SQLite has
    /// belongs to the one file, which is Lockstep's as a whole.
    public func standsAlone(_ id: ObjectID) -> Bool { id.kind == .data || id.kind == .statement }

    /// Nothing: all that can be renamed is an object.
    public func renamableParts(of catalog: Catalog<SQLiteObject>) -> Set<ObjectID> { [] }

    /// Nothing was started.
    public func close() async {}

    // MARK: - Plans

    /// Orders what is to be done and says how.
    public func plan(_ request: PlanningRequest<SQLiteObject>) -> PlanningResult {
        SQLitePlanner(request).plan()
    }

    /// Reads sizes and asks the probes.
    public func observe(
        _ steps: [PlannedStep], renames: [Rename], in session: SQLiteSession
    ) async throws -> Observations {
        try await Observer(session).observe(steps)
    }

    /// All that a canonical catalog follows from, the library aside, which does not change.
    private static func key(
        _ desired: [SQLiteObject], _ environment: SchemaRows
    ) throws -> Digest {
        // With the texts as they were written: only a database knows which of them mean the same.
        var bytes = Array(try CanonicalJSON.data(desired.sorted { $0.id < $1.id }))
        for entry in environment.entries { bytes += [0] + Array(entry.sql.utf8) }
        return Digest(of: bytes)
    }

    // MARK: - Execution

    /// A backup of the whole database beside it.
    public func safeguard(
        _ plan: Plan, attempt: Int64, in session: SQLiteSession
    ) async throws -> Safeguard? {
        try await session.safeguard(plan, attempt: attempt)
    }

    /// Runs one action.
    public func run(
        _ action: Action, limits: ExecutionLimits, in session: SQLiteSession
    ) async throws {
        try await session.run(action, limits: limits)
    }

    /// Reads what became of an action.
    public func outcome(of action: Action, in session: SQLiteSession) async throws -> Outcome {
        session.outcome(of: action)
    }

    /// Removes what an action left.
    public func repair(
        _ statements: [Statement], limits: ExecutionLimits, in session: SQLiteSession
    ) async throws {
        try await session.repair(statements, limits: limits)
    }

    /// Who locks the file.
    public func blockers(
        of step: Step, in session: SQLiteSession
    ) async throws -> [LockHolder] {
        session.blockers()
    }

    /// Nobody: who locks a file keeps no others waiting but those who write.
    public func obstacles(
        to locks: [Effects.Lock], olderThan milliseconds: Int, in session: SQLiteSession
    ) async throws -> [LockHolder] { [] }

    /// A file tells nobody who writes to it.
    public var tellsProgress: Bool { false }

    /// Nothing.
    public func progress(
        of session: SQLiteSession, seenBy observer: SQLiteSession
    ) async throws -> StepProgress? { nil }

    /// The target's lock.
    public func lock(_ session: SQLiteSession) -> any TargetLock { SQLiteLock(session) }

    /// The target's journal.
    public func journal(_ session: SQLiteSession) -> any Journal { SQLiteJournal(session) }

    /// What reading a database throws, in the seam's words.
    private func mapped<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SQLiteError {
            throw EngineError(error)
        }
    }
}

/// The canonical catalog that was built last.
private final class BuiltCatalog: Sendable {
    private let last = Mutex<(key: Digest, catalog: Catalog<SQLiteObject>)?>(nil)

    func catalog(for key: Digest) -> Catalog<SQLiteObject>? {
        last.withLock { $0?.key == key ? $0?.catalog : nil }
    }

    func keep(_ catalog: Catalog<SQLiteObject>, for key: Digest) {
        last.withLock { $0 = (key, catalog) }
    }
}
