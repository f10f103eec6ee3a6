public import SchemaCore

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
    /// What stands in the target and is not managed, after the renames.
    public var others: Catalog<Object>
    /// What in scope is not modelled, and what out of scope stands on something in it.
    public var unmodelled: [Unmodelled]
    /// Where manifests declare objects, by the addresses that they have there.
    public var spans: [ObjectID: SourceSpan]
    /// What the server can do.
    public var capabilities: Capabilities
    /// What the user asked for.
    public var options: PlanningOptions
    /// What earlier plans took out of use.
    public var quarantine: Quarantine<Object>

    /// Makes the value.
    public init(
        live: Catalog<Object>, settlement: Settlement<Object>, desired: Catalog<Object>,
        changes: [Change<Object>], others: Catalog<Object> = Catalog(),
        unmodelled: [Unmodelled] = [],
        spans: [ObjectID: SourceSpan] = [:],
        capabilities: Capabilities, options: PlanningOptions,
        quarantine: Quarantine<Object> = Quarantine()
    ) {
        self.quarantine = quarantine
        self.live = live
        self.settlement = settlement
        self.desired = desired
        self.changes = changes
        self.others = others
        self.unmodelled = unmodelled
        self.spans = spans
        self.capabilities = capabilities
        self.options = options
    }
}
