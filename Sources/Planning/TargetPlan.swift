public import SchemaCore

/// A plan with all that is needed to assess, apply and record it.
public struct TargetPlan<Object: CatalogObject>: Sendable {
    /// The plan.
    public var plan: Plan
    /// The effects of each step, in the order of the steps.
    public var effects: [Effects]
    /// What each step needs rights on beside what it touches; empty where no step does.
    public var requirements: [Set<Requirement>]
    /// The managed live catalog.
    public var live: Catalog<Object>
    /// The digests of the desired objects.
    public var desired: [ObjectID: Digest]
    /// The renames that the plan does first, in order.
    public var renames: [Rename]
    /// What in scope is not modelled.
    public var unmodelled: [Unmodelled]
    /// What in scope is not managed, without children.
    public var unmanaged: [ObjectID]
    /// What a person should know although it is no error.
    public var warnings: [Diagnostic]
    /// The managed objects that the desired state no longer has.
    public var vanishing: [ObjectID]
    /// What the plan changes, as it is before.
    public var former: FormerState

    /// The steps with their effects.
    public var planned: [PlannedStep] {
        plan.steps.indices.map { index in
            PlannedStep(
                step: plan.steps[index], effects: effects[index],
                requirements: requirements.isEmpty ? [] : requirements[index])
        }
    }

    /// Makes the value.
    public init(
        plan: Plan, effects: [Effects], requirements: [Set<Requirement>] = [],
        live: Catalog<Object>, desired: [ObjectID: Digest], renames: [Rename] = [],
        unmodelled: [Unmodelled], unmanaged: [ObjectID], warnings: [Diagnostic],
        vanishing: [ObjectID], former: FormerState = FormerState()
    ) {
        self.former = former
        self.plan = plan
        self.effects = effects
        self.requirements = requirements
        self.live = live
        self.desired = desired
        self.renames = renames
        self.unmodelled = unmodelled
        self.unmanaged = unmanaged
        self.warnings = warnings
        self.vanishing = vanishing
    }
}
