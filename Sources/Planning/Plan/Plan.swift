public import SchemaCore

/// The immutable, digested list of steps from one live state to one desired state: the intent.
///
/// Equal inputs give equal bytes: no clock, no counts, no names of machines stand in it, so that
/// all targets of an environment in the same state share one plan and one approval.
public struct Plan: Hashable, Codable, Sendable {
    /// `lockstep.dev/v1`.
    public var apiVersion = "lockstep.dev/v1"
    /// `Plan`.
    public var kind = "Plan"
    /// The project's name.
    public var project: String
    /// The environment's name; `adhoc` without a project.
    public var environment: String
    /// The engine's word.
    public var engine: String
    /// The server's major version.
    public var majorVersion: Int
    /// What is looked at.
    public var scope: Scope
    /// The fingerprint of the managed live catalog that it was made for.
    public var liveFingerprint: Digest
    /// The fingerprint of the canonical desired catalog.
    public var desiredDigest: Digest
    /// What the user asked for.
    public var options: PlanningOptions
    /// The steps in order.
    public var steps: [Step]
    /// What it takes back; nil where manifests say what is desired.
    public var undoes: Undone?

    /// A plan that another takes back.
    public struct Undone: Hashable, Codable, Sendable {
        /// Its digest.
        public var plan: Digest
        /// The fingerprint of what it was to reach: nobody wants that now.
        public var desired: Digest

        /// Makes the value.
        public init(plan: Digest, desired: Digest) {
            self.plan = plan
            self.desired = desired
        }
    }

    /// Makes a plan.
    public init(
        project: String, environment: String, engine: String, majorVersion: Int, scope: Scope,
        liveFingerprint: Digest, desiredDigest: Digest, options: PlanningOptions, steps: [Step],
        undoes: Undone? = nil
    ) {
        self.undoes = undoes
        self.project = project
        self.environment = environment
        self.engine = engine
        self.majorVersion = majorVersion
        self.scope = scope
        self.liveFingerprint = liveFingerprint
        self.desiredDigest = desiredDigest
        self.options = options
        self.steps = steps
    }

    /// SHA-256 over the canonical JSON: what an approval is bound to.
    public var digest: Digest {
        do {
            return try CanonicalJSON.digest(self)
        } catch {
            preconditionFailure("a plan could not be encoded: \(error)")
        }
    }

    /// Whether there is nothing to do.
    public var isEmpty: Bool { steps.isEmpty }

    /// The number of steps up to the end of a phase; of all where none is given. Steps stand in
    /// the order of their phases.
    public func end(of phase: Phase?) -> Int {
        guard let phase else { return steps.count }
        return steps.firstIndex { $0.phase > phase } ?? steps.count
    }

    /// All that a step makes, changes or removes, be it for a while only.
    public var touched: Set<ObjectID> { Set(steps.lazy.flatMap(\.touches).map(\.object)) }

    /// The steps that can destroy or change data: each must be acknowledged by its id.
    public var destructiveSteps: [Step] { steps.filter { $0.data >= .lossy } }
}
