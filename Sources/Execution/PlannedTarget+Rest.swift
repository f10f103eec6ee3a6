public import Planning
public import SchemaCore

extension PlannedTarget {
    /// What is left of an attempt in flight: its own plan, whatever the manifests say by now.
    ///
    /// - Parameters:
    ///   - applied: what the phase before left.
    ///   - management: what is managed.
    ///   - standsAlone: whether an object only holds others together, as a schema does.
    public init(
        restOf attempt: JournalAttempt, assessment: Assessment, applied: AppliedState?,
        management: Management, standsAlone: @escaping @Sendable (ObjectID) -> Bool,
        authorization: Authorization, acknowledged: [String] = []
    ) {
        let plan = attempt.started.plan
        let context = attempt.started.context
        let implied = Set(context?.implied ?? [])
        let known = Set(applied?.objects.map(\.id) ?? [])
        let left = context?.former.left.map(\.id) ?? []
        let declared = known.union(plan.touched).union(implied).union(left)
        self.init(
            plan: plan, assessment: assessment, desired: nil,
            managed: {
                management.managedPart(
                    of: $0, declared: declared, applied: known, scope: plan.scope,
                    standsAlone: standsAlone)
            },
            authorization: authorization, acknowledged: acknowledged,
            revision: attempt.started.revision, implied: implied,
            reads: context?.reads.map { Set($0) }, renames: context?.renames ?? [],
            former: context?.former ?? FormerState())
    }
}
