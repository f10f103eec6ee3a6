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

    /// Makes a plan.
    public init(
        project: String, environment: String, engine: String, majorVersion: Int, scope: Scope,
        liveFingerprint: Digest, desiredDigest: Digest, options: PlanningOptions, steps: [Step]
    ) {
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

    /// The steps that can destroy or change data: each must be acknowledged by its id.
    public var destructiveSteps: [Step] { steps.filter { $0.data >= .lossy } }
}
