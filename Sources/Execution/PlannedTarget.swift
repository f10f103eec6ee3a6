// Owns what the caller gives to a run: which plan, for which objects, allowed by whom.

public import Planning
public import SchemaCore

/// A plan for the target whose lock is held, with what is needed to check and record it.
public struct PlannedTarget<Object: CatalogObject>: Sendable {
    /// The plan.
    public var plan: Plan
    /// What is known of it on this target.
    public var assessment: Assessment
    /// The digests of the desired objects; nil where only the plan is at hand, whose digest of
    /// them all then decides.
    public var desired: [ObjectID: Digest]?
    /// The managed part of a catalog of the target: of the live one before the plan as of that
    /// after it.
    public var managed: @Sendable (Catalog<Object>) -> Catalog<Object>
    /// What of the plan is allowed. An attempt that goes on was allowed when it began.
    public var authorization: Authorization
    /// The ids of the destructive steps that were acknowledged.
    public var acknowledged: [String]
    /// The revision of the manifests, if they have one.
    public var revision: String?
    /// What is desired without being declared, which is not recorded as applied.
    public var implied: Set<ObjectID>
    /// The addresses of what the manifests have read beside the schema: all else that the plan
    /// looked at is not looked at again once it is applied. Nil keeps all.
    public var reads: Set<ObjectID>?
    /// The renames of the plan, in order.
    public var renames: [Rename]
    /// What the plan changes, as it was before the first of its steps.
    public var former: FormerState
    /// The attempt in flight that it takes the place of: nothing else may.
    public var replaces: Int64?
    /// Whether a person wants again what was taken back last.
    public var isReleased: Bool

    /// Makes the value.
    public init(
        plan: Plan, assessment: Assessment, desired: [ObjectID: Digest]?,
        managed: @escaping @Sendable (Catalog<Object>) -> Catalog<Object>,
        authorization: Authorization, acknowledged: [String] = [], revision: String? = nil,
        implied: Set<ObjectID> = [], reads: Set<ObjectID>? = nil,
        renames: [Rename] = [], former: FormerState = FormerState(), replaces: Int64? = nil,
        isReleased: Bool = false
    ) {
        self.renames = renames
        self.former = former
        self.replaces = replaces
        self.isReleased = isReleased
        self.implied = implied
        self.reads = reads
        self.plan = plan
        self.assessment = assessment
        self.desired = desired
        self.managed = managed
        self.authorization = authorization
        self.acknowledged = acknowledged
        self.revision = revision
    }

    /// Makes the value for a set of managed objects, those that come and those that go included.
    public init(
        plan: Plan, assessment: Assessment, desired: [ObjectID: Digest]?, managed: Set<ObjectID>,
        authorization: Authorization, acknowledged: [String] = [], revision: String? = nil
    ) {
        self.init(
            plan: plan, assessment: assessment, desired: desired,
            managed: { $0.filter { managed.contains($0.id) } }, authorization: authorization,
            acknowledged: acknowledged, revision: revision)
    }
}
