public import Manifest
public import SchemaCore

/// A connection to one database of an engine, as the generic code needs it.
///
/// Statements run one at a time. What a failed statement did is undone by the engine or, where it
/// cannot be, told by `Engine.outcome(of:in:)`.
public protocol EngineSession: Sendable {
    /// Where it leads, without secrets: `host:port/database as user`.
    var summary: String { get }
    /// Opens a transaction.
    func begin() async throws
    /// Ends a transaction and keeps what it did.
    func commit() async throws
    /// Ends a transaction and undoes what it did; quiet if there is none.
    func rollback() async
    /// Ends the connection; it is not used after.
    func close() async
}

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
    /// Turns manifests into objects; reports all that can be known without a server. Pure.
    func lower(_ input: ManifestInput) -> Lowering<Object>
    /// Whether an object is managed only if a manifest names it or it was applied, even where all
    /// in its scope is managed otherwise: schemas, extensions.
    func standsAlone(_ id: ObjectID) -> Bool
    /// The addresses of parts that can be renamed and are no objects: the labels of enums.
    func renamableParts(of catalog: Catalog<Object>) -> Set<ObjectID>

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
    ) async throws -> Catalog<Object>
    /// The digests of what `canonicalize` would give, if they are at hand without a scratch
    /// database: nil where nothing is cached.
    func canonicalDigests(
        _ desired: [Object], scope: Scope, for target: Session, scratch: ScratchSettings
    ) async throws -> [ObjectID: Digest]?

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
    func observe(_ steps: [PlannedStep], in session: Session) async throws -> Observations

    /// Writes manifests for objects as a person would have written them, with a warning for each
    /// object that is of no use as it is and is left out.
    func manifests(
        for catalog: Catalog<Object>
    ) -> (manifests: [ExportedManifest], warnings: [Diagnostic])
}

/// The manifests of one environment.
public struct ManifestInput: Sendable {
    /// The manifests.
    public var base: ManifestTree
    /// What is merged into them, in order.
    public var overlays: [ManifestTree]
    /// Where objects stand whose manifests name no schema; nil makes that an error.
    public var defaultSchema: String?

    /// Makes the value.
    public init(base: ManifestTree, overlays: [ManifestTree] = [], defaultSchema: String? = nil) {
        self.base = base
        self.overlays = overlays
        self.defaultSchema = defaultSchema
    }
}

/// What part of a database is looked at.
public struct Scope: Hashable, Codable, Sendable {
    /// The schemas, in order. Empty for an engine or a database without schemas.
    public var schemas: [String]
    /// Whether every schema that is not the server's own is meant; then `schemas` is empty.
    public var isEverything: Bool

    /// Makes a scope of some schemas.
    public init(schemas: some Sequence<String>) {
        self.schemas = Set(schemas).sorted()
        isEverything = false
    }

    private init() {
        schemas = []
        isEverything = true
    }

    /// All that is not the server's own.
    public static let everything = Scope()
}

/// How much an inspection reads.
public enum InspectionDetail: Sendable {
    /// Definitions only: enough for a fingerprint.
    case definitions
    /// Dependencies as well: enough for a plan.
    case full
}

/// What was read of a database in one snapshot.
public struct Inspection<Object: CatalogObject>: Sendable {
    /// The modelled objects in scope.
    public var catalog: Catalog<Object>
    /// Objects in scope, and their properties, that Lockstep does not model.
    public var unmodelled: [Unmodelled]

    /// Makes the value.
    public init(catalog: Catalog<Object>, unmodelled: [Unmodelled]) {
        self.catalog = catalog
        self.unmodelled = unmodelled
    }
}

/// Something in a managed schema that Lockstep does not model: reported, never skipped in silence.
public struct Unmodelled: Hashable, Codable, Sendable, Comparable {
    /// What it is; its kind need not be one of the engine's.
    public var object: ObjectID
    /// What of it is not modelled, for example `trigger` or `row security`.
    public var what: String
    /// The modelled objects that it cannot be without: while it is there they can neither be
    /// dropped nor change their type.
    public var needs: Set<ObjectID> = []
    /// The modelled objects that take it along, without a word, when they are dropped.
    public var vanishesWith: Set<ObjectID> = []

    /// What it stands on is for planning only.
    private enum CodingKeys: CodingKey { case object, what }

    /// Makes the value.
    public init(
        object: ObjectID, what: String, needs: Set<ObjectID> = [],
        vanishesWith: Set<ObjectID> = []
    ) {
        self.object = object
        self.what = what
        self.needs = needs
        self.vanishesWith = vanishesWith
    }

    /// By address.
    public static func < (lhs: Unmodelled, rhs: Unmodelled) -> Bool {
        (lhs.object, lhs.what) < (rhs.object, rhs.what)
    }
}

/// What a server can do and a session may. It may steer which strategy is chosen.
public struct Capabilities: Hashable, Codable, Sendable {
    /// The major version, for example 15.
    public var majorVersion: Int
    /// The full version as the server prints it.
    public var version: String

    /// Makes the value.
    public init(majorVersion: Int, version: String) {
        self.majorVersion = majorVersion
        self.version = version
    }
}

/// Where scratch databases come from.
public struct ScratchSettings: Hashable, Sendable {
    /// Who gives a scratch database.
    public enum Provider: Hashable, Sendable {
        /// A private server of the target's major version from installed binaries; where there are
        /// none, the target's own server.
        case automatic
        /// A private server from installed binaries.
        case local
        /// A dedicated server.
        case url(String)
        /// A database made and dropped on the target's server.
        case sameServer
    }
    /// Who gives it.
    public var provider: Provider
    /// The folder in which canonical catalogs are kept between runs; nil keeps none.
    public var cacheDirectory: String?

    /// Makes the value.
    public init(provider: Provider = .automatic, cacheDirectory: String? = nil) {
        self.provider = provider
        self.cacheDirectory = cacheDirectory
    }
}

/// The live catalog after the identity changes that come first.
public struct Settlement<Object: CatalogObject>: Sendable, Codable {
    /// A column whose type or collation changes in place.
    public struct Retype: Hashable, Codable, Sendable {
        /// Its address after the renames.
        public var column: ObjectID
        /// Whether there is no implicit or assignment cast, so that the statement has to name
        /// one: `USING column::type`.
        public var needsCast: Bool
        /// Whether the scratch server wrote the table's storage anew.
        public var rewrites: Bool
        /// The type before.
        public var from: TypeForm
        /// The type afterwards.
        public var to: TypeForm

        /// Makes the value.
        public init(
            column: ObjectID, needsCast: Bool, rewrites: Bool, from: TypeForm, to: TypeForm
        ) {
            self.column = column
            self.needsCast = needsCast
            self.rewrites = rewrites
            self.from = from
            self.to = to
        }
    }
    /// The renames, each with addresses as they are when its turn comes, in order; implied ones
    /// (a constraint that only differs by name, the sequence of a renamed column) among them.
    public var renames: [Rename]
    /// The live catalog as the server prints it once the renames and type changes are done.
    public var catalog: Catalog<Object>
    /// The columns of `catalog` that have their new type already.
    public var retyped: [Retype]
    /// What had to leave in order that a type could change: defaults that the server could not
    /// convert, views, generated columns; as they stood after the renames.
    public var removed: [Object]
    /// Live objects that the server prints in another way than the desired ones although it reads
    /// both as the same: they are as desired, and stay as they are.
    public var spellings: [Object]

    /// Makes the value.
    public init(
        renames: [Rename] = [], catalog: Catalog<Object>, retyped: [Retype] = [],
        removed: [Object] = [], spellings: [Object] = []
    ) {
        self.spellings = spellings

        self.renames = renames
        self.catalog = catalog
        self.retyped = retyped
        self.removed = removed
    }
}

/// What a plan is made from. Sizes and counts are not among it, so that targets in one state
/// share one plan.
public struct PlanningRequest<Object: CatalogObject>: Sendable {
    /// The managed part of the live catalog, with what it depends on.
    public var live: Catalog<Object>
    /// The live catalog after renames and type changes.
    public var settlement: Settlement<Object>
    /// The canonical desired catalog.
    public var desired: Catalog<Object>
    /// What differs between the settled and the desired catalog.
    public var changes: [Change<Object>]
    /// What in scope is not modelled.
    public var unmodelled: [Unmodelled]
    /// Where manifests declare objects, by the addresses that they have there.
    public var spans: [ObjectID: SourceSpan]
    /// What the server can do.
    public var capabilities: Capabilities
    /// What the user asked for.
    public var options: PlanningOptions

    /// Makes the value.
    public init(
        live: Catalog<Object>, settlement: Settlement<Object>, desired: Catalog<Object>,
        changes: [Change<Object>], unmodelled: [Unmodelled] = [],
        spans: [ObjectID: SourceSpan] = [:],
        capabilities: Capabilities, options: PlanningOptions
    ) {
        self.live = live
        self.settlement = settlement
        self.desired = desired
        self.changes = changes
        self.unmodelled = unmodelled
        self.spans = spans
        self.capabilities = capabilities
        self.options = options
    }
}

/// What a user may ask of a plan; part of its digest.
public struct PlanningOptions: Hashable, Codable, Sendable {
    /// Whether indexes on tables that exist are built without blocking writers.
    public var concurrentIndexes: Bool

    /// Makes the value.
    public init(concurrentIndexes: Bool = true) { self.concurrentIndexes = concurrentIndexes }
}

/// The steps, or why there can be none.
public struct PlanningResult: Sendable {
    /// The steps in order with the effects that are known of each.
    public var steps: [PlannedStep]
    /// Errors for changes that cannot be made; never an empty list of steps in their place.
    public var diagnostics: [Diagnostic]
    /// What the steps drop, for good or to make it again, by its address in the live catalog.
    public var removed: Set<ObjectID>
    /// What of it does not come back.
    public var dropped: Set<ObjectID>
    /// The columns that change their type, by the same addresses.
    public var retyped: Set<ObjectID>

    /// Makes the value.
    public init(
        steps: [PlannedStep], diagnostics: [Diagnostic], removed: Set<ObjectID> = [],
        dropped: Set<ObjectID> = [], retyped: Set<ObjectID> = []
    ) {
        self.steps = steps
        self.diagnostics = diagnostics
        self.removed = removed
        self.dropped = dropped
        self.retyped = retyped
    }
}

/// A step with its effects.
public struct PlannedStep: Hashable, Codable, Sendable {
    /// What is done.
    public var step: Step
    /// What it does to the database and those who use it.
    public var effects: Effects

    /// Makes the value.
    public init(step: Step, effects: Effects) {
        self.step = step
        self.effects = effects
    }
}

/// One manifest file that `import` writes.
public struct ExportedManifest: Hashable, Sendable {
    /// Its path below the output folder.
    public var path: String
    /// Its text.
    public var text: String

    /// Makes the value.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
