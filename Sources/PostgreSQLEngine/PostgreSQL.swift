// Owns the way from the seam to PostgreSQL's own types; every part lives in a file of its own.

public import Manifest
public import Planning
internal import PostgreSQLClient
public import SchemaCore

/// PostgreSQL 14 to 18.
public struct PostgreSQL: Engine {
    /// What its catalogs hold.
    public typealias Object = PostgreSQLObject
    /// A connection with pinned settings.
    public typealias Session = PostgreSQLSession

    /// `postgresql`
    public let name = "postgresql"
    /// PostgreSQL's names and literals.
    public let dialect = SQLDialect.postgreSQL

    private let servers: ScratchServers
    private let searchPath: [String]

    /// Makes the engine; scratch servers that it starts end with `close` or with the process.
    ///
    /// - Parameter searchPath: in which schemas manifests' names are looked up behind the
    ///   object's own.
    public init(searchPath: [String] = ["public"]) {
        servers = ScratchServers()
        self.searchPath = searchPath
    }

    /// Ends the scratch servers that were started.
    public func close() async { await servers.stop() }

    // MARK: - Manifests

    /// Rewrites PostgreSQL manifests in canonical form.
    public var formatter: ManifestFormatter {
        PostgreSQLManifests.formatter()
    }

    /// The JSON Schema of PostgreSQL manifests.
    public var manifestSchema: (name: String, text: String) { PostgreSQLManifests.schemaFile }

    /// What the script of a plan sets first: what a session of ours has, so that statements mean
    /// the same and what would leave rows out is an error here as there.
    public func scriptSettings(_ limits: ExecutionLimits) -> [String] {
        ["\\set ON_ERROR_STOP on", "SET lock_timeout = '\(limits.lockTimeout)ms';"]
            + PostgreSQLSession.meaningful.map { name, value in
                ("SET \(verbatim: VerbatimSQL(name)) = \(literal: value)" as SQL)
                    .text(.postgreSQL) + ";"
            }
    }

    /// Turns manifests into objects. Of manifests without a diagnostic a summary is kept.
    public func lower(_ input: ManifestInput, cache: String?) -> Lowering<PostgreSQLObject> {
        guard let cache = cache.map({ CatalogCache(directory: $0) }) else {
            return PostgreSQLManifests.lower(input)
        }
        let source = input.digest
        if let kept = cache.lowering(of: source) {
            return Lowering(kept: kept) { PostgreSQLManifests.lower(input) }
        }
        let lowering = PostgreSQLManifests.lower(input)
        if lowering.diagnostics.isEmpty { cache.store(lowering.summary) }
        return lowering
    }

    /// Writes manifests for a catalog. Functions whose bodies the server itself refuses are marked
    /// in theirs, so that they can be made again.
    public func manifests(
        for catalog: Catalog<PostgreSQLObject>, in session: PostgreSQLSession
    ) async throws -> (manifests: [ExportedManifest], warnings: [Diagnostic]) {
        var marked = catalog
        let refused = try await mapped {
            try await FunctionBodyCheck(session.connection).mark(
                &marked, searchPath: canonicalizer.searchPath)
        }
        let notes = refused.map { id, error in
            Diagnostic(
                .note, code: "invalid-body",
                "\(id): \(error.message); its manifest says checkBody: false",
                help: "correct the body, or drop the function if nobody calls it")
        }
        return (
            PostgreSQLManifests.manifests(for: marked),
            PostgreSQLManifests.leftOut(of: catalog) + notes
        )
    }

    /// Schemas with their comments, for a schema that a manifest names does not make all its
    /// objects ours; what belongs to no schema; and rows, which others may have put there.
    public func standsAlone(_ id: ObjectID) -> Bool {
        guard let subject = id.subject else {
            return id.kind == .defaultPrivileges || id.kind.isAside
                || id.words?.isInSchema == false
        }
        return subject.kind == .schema
    }

    /// All roles.
    public var serverReads: [ScopeRead] { [PostgreSQLRead.allRoles.scoped(.role("*"))] }

    /// The labels of enums and the attributes of composite types.
    public func renamableParts(of catalog: Catalog<PostgreSQLObject>) -> Set<ObjectID> {
        catalog.objects.values.reduce(into: TableTree(catalog).inheritedColumns(catalog)) {
            parts, object in
            parts.formUnion(object.partsByName)
        }
    }

    // MARK: - Targets

    /// Connects with pinned settings.
    public func connect(_ url: String) async throws -> PostgreSQLSession {
        try await PostgreSQLSession.connect(url)
    }

    /// The server's version.
    public func capabilities(_ session: PostgreSQLSession) async throws -> Capabilities {
        try await session.capabilities()
    }

    /// Reads the catalog.
    public func inspect(
        _ session: PostgreSQLSession, scope: Scope, detail: InspectionDetail
    ) async throws -> Inspection<PostgreSQLObject> {
        try await mapped {
            try await PostgreSQLInspector.inspect(
                session.connection, scope: scope, detail: detail)
        }
    }

    // MARK: - Scratch

    /// Builds the desired objects in scratch and reads them back.
    public func canonicalize(
        _ desired: [PostgreSQLObject], scope: Scope, for target: PostgreSQLSession,
        scratch: ScratchSettings
    ) async throws -> Canonical<PostgreSQLObject> {
        try await mapped {
            let result = try await canonicalizer.canonicalize(
                desired, scope: scope, for: self.target(target), scratch: scratch)
            return Canonical(result.catalog, warnings: result.warnings)
        }
    }

    /// The digests that an earlier run kept.
    public func canonicalDigests(
        _ lowering: Lowering<PostgreSQLObject>, scope: Scope, for target: PostgreSQLSession,
        scratch: ScratchSettings
    ) async throws -> CatalogDigests? {
        try await mapped {
            try await canonicalizer.cachedDigests(
                lowering, scope: scope, for: target.connection, scratch: scratch)
        }
    }

    /// Applies renames and type changes to a scratch copy.
    public func settle(
        live: Catalog<PostgreSQLObject>, desired: Catalog<PostgreSQLObject>, renames: [Rename],
        for target: PostgreSQLSession, scratch: ScratchSettings
    ) async throws -> Settlement<PostgreSQLObject> {
        try await mapped {
            try await Settler(servers: servers).settle(
                live: live, desired: desired, requested: renames, target: target.connection,
                settings: target.settings, scratch: scratch)
        }
    }

    private var canonicalizer: Canonicalizer {
        Canonicalizer(servers: servers, searchPath: searchPath)
    }

    private func target(_ session: PostgreSQLSession) -> Canonicalizer.Target {
        Canonicalizer.Target(connection: session.connection, settings: session.settings) {
            try await PostgreSQLInspector.inspect(
                session.connection, scope: .everything, detail: .full)
        }
    }

    // MARK: - Plans

    /// Orders what is to be done and says how.
    public func plan(_ request: PlanningRequest<PostgreSQLObject>) -> PlanningResult {
        PostgreSQLPlanner(request).plan()
    }

    /// Reads sizes and asks the probes.
    public func observe(
        _ steps: [PlannedStep], renames: [Rename], in session: PostgreSQLSession
    ) async throws -> Observations {
        try await Observer(session, renames).observe(steps)
    }

    // MARK: - Execution

    /// Nothing: backups of servers are their operators'.
    public func safeguard(
        _ plan: Plan, attempt: Int64, in session: PostgreSQLSession
    ) async throws -> Safeguard? { nil }

    /// Runs one action.
    public func run(
        _ action: Action, limits: ExecutionLimits, in session: PostgreSQLSession
    ) async throws {
        try await session.run(action, limits: limits)
    }

    /// Reads what became of an action.
    public func outcome(
        of action: Action, in session: PostgreSQLSession
    ) async throws -> Outcome {
        try await session.outcome(of: action)
    }

    /// Removes what an action left.
    public func repair(
        _ statements: [Statement], limits: ExecutionLimits, in session: PostgreSQLSession
    ) async throws {
        try await session.repair(statements, limits: limits)
    }

    /// Who holds locks on what a step touches.
    public func blockers(
        of step: Step, in session: PostgreSQLSession
    ) async throws -> [LockHolder] {
        try await session.blockers(of: step.touches)
    }

    /// Whose old transactions hold locks that conflict with these.
    public func obstacles(
        to locks: [Effects.Lock], olderThan milliseconds: Int, in session: PostgreSQLSession
    ) async throws -> [LockHolder] {
        try await session.obstacles(to: locks, olderThan: milliseconds)
    }

    /// The server's views tell.
    public var tellsProgress: Bool { true }

    /// What the server's views say of the session.
    public func progress(
        of session: PostgreSQLSession, seenBy observer: PostgreSQLSession
    ) async throws -> StepProgress? { try await observer.progress(of: session) }

    /// The target's lock.
    public func lock(_ session: PostgreSQLSession) -> any TargetLock { PostgreSQLLock(session) }

    /// The target's journal.
    public func journal(_ session: PostgreSQLSession) -> any Journal { PostgreSQLJournal(session) }

    /// What reading the catalog throws, in the seam's words.
    private func mapped<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgreSQLError {
            throw EngineError(error, statement: nil)
        }
    }
}
