// Owns an engine that is PostgreSQL's in all, remembers what it was last asked to plan, and loses
// its connection where a test wants it.

import Manifest
import Planning
import PostgreSQLEngine
import SchemaCore
import Synchronization

struct RecordingEngine: Engine {
    typealias Object = PostgreSQLObject
    typealias Session = PostgreSQLSession

    private final class Memory: Sendable {
        let request = Mutex<PlanningRequest<PostgreSQLObject>?>(nil)
    }

    let base: PostgreSQL
    private let memory = Memory()
    private let cut: Cut?

    init(_ base: PostgreSQL, cut: Cut? = nil) {
        self.base = base
        self.cut = cut
    }

    /// What the last plan was made from.
    var request: PlanningRequest<PostgreSQLObject>? { memory.request.withLock { $0 } }

    func plan(_ request: PlanningRequest<PostgreSQLObject>) -> PlanningResult {
        memory.request.withLock { $0 = request }
        return base.plan(request)
    }

    // MARK: - As it is

    var name: String { base.name }
    var dialect: SQLDialect { base.dialect }
    var formatter: ManifestFormatter { base.formatter }
    var manifestSchema: (name: String, text: String) { base.manifestSchema }

    func scriptSettings(_ limits: ExecutionLimits) -> [String] { base.scriptSettings(limits) }
    func lower(_ input: ManifestInput, cache: String?) -> Lowering<PostgreSQLObject> {
        base.lower(input, cache: cache)
    }
    func standsAlone(_ id: ObjectID) -> Bool { base.standsAlone(id) }
    func renamableParts(of catalog: Catalog<PostgreSQLObject>) -> Set<ObjectID> {
        base.renamableParts(of: catalog)
    }
    func close() async { await base.close() }
    func connect(_ url: String) async throws -> PostgreSQLSession { try await base.connect(url) }
    func canonicalize(
        _ desired: [PostgreSQLObject], scope: Scope, for target: PostgreSQLSession,
        scratch: ScratchSettings
    ) async throws -> Canonical<PostgreSQLObject> {
        try await base.canonicalize(desired, scope: scope, for: target, scratch: scratch)
    }
    func canonicalDigests(
        _ lowering: Lowering<PostgreSQLObject>, scope: Scope, for target: PostgreSQLSession,
        scratch: ScratchSettings
    ) async throws -> CatalogDigests? {
        try await base.canonicalDigests(lowering, scope: scope, for: target, scratch: scratch)
    }
    func settle(
        live: Catalog<PostgreSQLObject>, desired: Catalog<PostgreSQLObject>, renames: [Rename],
        for target: PostgreSQLSession, scratch: ScratchSettings
    ) async throws -> Settlement<PostgreSQLObject> {
        try await base.settle(
            live: live, desired: desired, renames: renames, for: target, scratch: scratch)
    }
    func observe(
        _ steps: [PlannedStep], renames: [Rename], in session: PostgreSQLSession
    ) async throws -> Observations {
        try await base.observe(steps, renames: renames, in: session)
    }
    func manifests(
        for catalog: Catalog<PostgreSQLObject>, in session: PostgreSQLSession
    ) async throws -> (manifests: [ExportedManifest], warnings: [Diagnostic]) {
        try await base.manifests(for: catalog, in: session)
    }
    func capabilities(_ session: PostgreSQLSession) async throws -> Capabilities {
        try await base.capabilities(session)
    }
    func inspect(
        _ session: PostgreSQLSession, scope: Scope, detail: InspectionDetail
    ) async throws -> Inspection<PostgreSQLObject> {
        try await base.inspect(session, scope: scope, detail: detail)
    }
    func safeguard(
        _ plan: Plan, attempt: Int64, in session: PostgreSQLSession
    ) async throws -> Safeguard? {
        try await base.safeguard(plan, attempt: attempt, in: session)
    }
    func run(
        _ action: Action, limits: ExecutionLimits, in session: PostgreSQLSession
    ) async throws {
        try await cut?.pass(session)
        try await base.run(action, limits: limits, in: session)
        try await cut?.pass(session)
    }
    func outcome(of action: Action, in session: PostgreSQLSession) async throws -> Outcome {
        try await base.outcome(of: action, in: session)
    }
    func repair(
        _ statements: [Statement], limits: ExecutionLimits, in session: PostgreSQLSession
    ) async throws { try await base.repair(statements, limits: limits, in: session) }
    func obstacles(
        to locks: [Effects.Lock], olderThan milliseconds: Int, in session: PostgreSQLSession
    ) async throws -> [LockHolder] {
        try await base.obstacles(to: locks, olderThan: milliseconds, in: session)
    }

    func blockers(of step: Step, in session: PostgreSQLSession) async throws -> [LockHolder] {
        try await base.blockers(of: step, in: session)
    }
    func lock(_ session: PostgreSQLSession) -> any TargetLock { base.lock(session) }
    func journal(_ session: PostgreSQLSession) -> any Journal { base.journal(session) }
}

/// The place at which a run loses its connection: before and after each step, counted from 0.
final class Cut: Sendable {
    private let place: Int
    private let passed = Mutex(0)

    init(at place: Int) { self.place = place }

    fileprivate func pass(_ session: PostgreSQLSession) async throws {
        let here = passed.withLock { count in
            count += 1
            return count - 1
        }
        guard here == place else { return }
        await session.close()
        throw EngineError(.connectionLost, "cut off by a test")
    }
}
