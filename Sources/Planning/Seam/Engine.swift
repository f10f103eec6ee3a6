public import Manifest
public import SchemaCore

/// One kind of database: its objects, manifests, inspection and strategies.
///
/// `Object` appears in SchemaCore, here and in engines only; plans, findings and the journal are
/// plain values.
public protocol Engine: ExecutionEngine {
    /// How names and literals are written.
    var dialect: SQLDialect { get }

    /// Rewrites this engine's manifests in canonical form.
    var formatter: ManifestFormatter { get }
    /// The JSON Schema of this engine's manifests: the file's name and its text.
    var manifestSchema: (name: String, text: String) { get }
    /// What stands before the statements of a plan as a script, one line each, so that they mean
    /// what they mean in a session of ours.
    func scriptSettings(_ limits: ExecutionLimits) -> [String]
    /// Turns manifests into objects; reports all that can be known without a server.
    ///
    /// - Parameter cache: the folder in which an engine may keep what it need not read again; nil
    ///   keeps nothing. It never changes what comes of it.
    func lower(_ input: ManifestInput, cache: String?) -> Lowering<Object>
    /// Whether an object is managed only if a manifest names it or it was applied, even where all
    /// in its scope is managed otherwise: schemas, extensions.
    func standsAlone(_ id: ObjectID) -> Bool
    /// The addresses of parts that can be renamed and are no objects: the labels of enums.
    func renamableParts(of catalog: Catalog<Object>) -> Set<ObjectID>

    /// How all is read that belongs to the whole server, for `import` where that is asked for.
    var serverReads: [ScopeRead] { get }

    /// Ends what this process started for the engine: scratch servers.
    func close() async

    /// Opens a connection with the settings that make inspection and execution repeatable.
    func connect(_ url: String) async throws -> Session

    /// Builds the desired objects in a scratch database and reads them back, so that plain
    /// equality with what `inspect` reads decides.
    ///
    /// - Parameters:
    ///   - desired: the lowered manifests.
    ///   - target: the session of the live database, whose version, extensions, encoding and
    ///     locale the scratch takes.
    /// - Throws: `DiagnosticsError` with the places in the manifests that the server refused.
    func canonicalize(
        _ desired: [Object], scope: Scope, for target: Session, scratch: ScratchSettings
    ) async throws -> Canonical<Object>
    /// The digests of what `canonicalize` would give, if they are at hand without a scratch
    /// database: nil where nothing is cached.
    func canonicalDigests(
        _ lowering: Lowering<Object>, scope: Scope, for target: Session, scratch: ScratchSettings
    ) async throws -> CatalogDigests?

    /// Says what identity changes come first, and what the live catalog looks like after them.
    ///
    /// Renames and type changes make the server reprint what depends on them; so they are applied
    /// to a scratch copy of the live catalog, which is read again.
    func settle(
        live: Catalog<Object>, desired: Catalog<Object>, renames: [Rename], for target: Session,
        scratch: ScratchSettings
    ) async throws -> Settlement<Object>

    /// Orders what is to be done and says how, with the effects that are known of it. Pure.
    func plan(_ request: PlanningRequest<Object>) -> PlanningResult

    /// Reads sizes and counts what the steps' probes ask, bounded by a statement timeout.
    ///
    /// - Parameter renames: what the plan renames; nothing of it is done yet.
    func observe(
        _ steps: [PlannedStep], renames: [Rename], in session: Session
    ) async throws -> Observations

    /// Writes manifests for objects as a person would have written them, with a warning for each
    /// object that is of no use as it is, or that no manifest can tell, and is left out. What else
    /// is to be known of it are notes.
    ///
    /// - Parameter session: the session of the database that the catalog is of.
    func manifests(
        for catalog: Catalog<Object>, in session: Session
    ) async throws -> (manifests: [ExportedManifest], warnings: [Diagnostic])
}

extension Engine {
    /// Nothing.
    public var serverReads: [ScopeRead] { [] }

    /// The same for a plan without renames.
    public func observe(
        _ steps: [PlannedStep], in session: Session
    ) async throws -> Observations {
        try await observe(steps, renames: [], in: session)
    }
}
