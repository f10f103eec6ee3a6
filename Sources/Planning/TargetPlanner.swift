public import SchemaCore

/// The way from lowered manifests and a live database to a plan, the same for every engine.
public struct TargetPlanner<E: Engine>: Sendable {
    /// What does not change between the targets of an environment.
    public struct Settings: Sendable {
        /// The project's name.
        public var project: String
        /// The environment's name.
        public var environment: String
        /// What is managed.
        public var management: Management
        /// Further schemas to look at.
        public var schemas: [String]
        /// Where scratch databases come from.
        public var scratch: ScratchSettings
        /// What the user asked of the plan.
        public var options: PlanningOptions

        /// Makes the value.
        public init(
            project: String, environment: String, management: Management, schemas: [String] = [],
            scratch: ScratchSettings = .init(), options: PlanningOptions = .init()
        ) {
            self.project = project
            self.environment = environment
            self.management = management
            self.schemas = schemas
            self.scratch = scratch
            self.options = options
        }
    }

    /// The engine.
    public let engine: E
    /// The settings.
    public let settings: Settings

    /// Makes a planner.
    public init(engine: E, settings: Settings) {
        self.engine = engine
        self.settings = settings
    }

    /// What a run looks at: the schemas of the manifests, of the project and of what was last
    /// applied, and what of the manifests and of the latter is read beside them.
    public func scope(of lowering: Lowering<E.Object>, applied: AppliedState?) -> Scope {
        settings.management.permitted(
            Scope(
                schemas: lowering.scope.schemas + settings.schemas + (applied?.scope.schemas ?? []),
                former: lowering.scope.former,
                reads: (applied?.scope.reads ?? []) + lowering.scope.reads,
                residue: applied?.scope.residue ?? []))
    }

    /// Makes a plan.
    ///
    /// - Throws: `DiagnosticsError` where manifests cannot be built or changes cannot be made;
    ///   `EngineError` where the target cannot be read.
    public func plan(
        _ lowering: Lowering<E.Object>, on session: E.Session, applied: AppliedState?
    ) async throws -> TargetPlan<E.Object> {
        let problems = lowering.diagnostics + settings.management.refusals(of: lowering)
        if problems.hasErrors { throw DiagnosticsError(problems) }
        let scope = scope(of: lowering, applied: applied)
        let appliedIDs = Set(applied?.objects.map(\.id) ?? [])
        let capabilities = try await engine.capabilities(session)
        let managed = managed(applied: appliedIDs)
        if let digests = try await engine.canonicalDigests(
            lowering, scope: scope, for: session, scratch: settings.scratch)
        {
            // In a steady state neither dependencies nor the desired catalog are needed.
            let inspection = try await engine.inspect(session, scope: scope, detail: .definitions)
            let part = managed(inspection.whole, Set(digests.objects.keys), scope)
            if part.objects.count == digests.objects.count,
                part.objects.allSatisfy({ digests.objects[$0.key] == $0.value.digest })
            {
                return unchanged(
                    part, digests, inspection, scope: scope, capabilities: capabilities)
            }
        }
        var whole = scope
        whole.residue = try await residue(on: session)
        return try await changed(
            lowering, on: session, scope: whole, capabilities: capabilities, managed: managed)
    }

    /// What is managed where so much was applied last.
    func managed(applied: Set<ObjectID>) -> Managed {
        { catalog, declared, scope in
            settings.management.managedPart(
                of: catalog, declared: declared, applied: applied, scope: scope,
                standsAlone: engine.standsAlone)
        }
    }

    private func unchanged(
        _ live: Catalog<E.Object>, _ digests: CatalogDigests, _ inspection: Inspection<E.Object>,
        scope: Scope, capabilities: Capabilities
    ) -> TargetPlan<E.Object> {
        let fingerprint = digests.fingerprint
        return TargetPlan(
            plan: plan([], live: fingerprint, desired: fingerprint, scope, capabilities),
            effects: [], live: live, desired: digests.objects,
            unmodelled: inspection.unmodelled.filter { !scope.onlyPasses($0.object) },
            unmanaged: unmanaged(inspection.catalog, managed: live, scope), warnings: [],
            vanishing: [])
    }

    private func changed(
        _ lowering: Lowering<E.Object>, on session: E.Session, scope: Scope,
        capabilities: Capabilities, managed: Managed
    ) async throws -> TargetPlan<E.Object> {
        let canonical = try await engine.canonicalize(
            lowering.objects, scope: scope, for: session, scratch: settings.scratch)
        let inspection = try await engine.inspect(session, scope: scope, detail: .full)
        let declared = Set(canonical.catalog.objects.keys)
        let renames = try resolved(lowering.renames, in: inspection.catalog, declared)
        let spans = Dictionary(
            lowering.objects.compactMap { object in object.span.map { (object.id, $0) } },
            uniquingKeysWith: { first, _ in first })
        let goal = Goal(
            desired: canonical.catalog, renames: renames, spans: spans,
            warnings: lowering.diagnostics + canonical.warnings)
        return try await way(
            to: goal, from: inspection, on: session, scope: scope, capabilities: capabilities,
            managed: managed)
    }

    /// What a catalog has that is managed, where so much is declared.
    typealias Managed = (Catalog<E.Object>, Set<ObjectID>, Scope) -> Catalog<E.Object>

    /// What is to be reached.
    struct Goal {
        /// The canonical desired catalog.
        var desired: Catalog<E.Object>
        /// What gets another name on the way.
        var renames: [Rename]
        var spans: [ObjectID: SourceSpan] = [:]
        var warnings: [Diagnostic] = []
        var undoes: Plan.Undone?
        /// What comes back out of quarantine on the way.
        var returning: [Residue] = []
    }

    /// The plan from what is there to a goal.
    func way(
        to goal: Goal, from inspection: Inspection<E.Object>, on session: E.Session, scope: Scope,
        capabilities: Capabilities, managed: Managed
    ) async throws -> TargetPlan<E.Object> {
        var desired = goal.desired
        let declared = Set(desired.objects.keys)
        // What goes by an old name is managed under it.
        let looked = scope.taking(goal.renames)
        let everything = inspection.whole
        var settlement = try await engine.settle(
            live: everything, desired: desired, renames: goal.renames, for: session,
            scratch: settings.scratch)
        let whole = settlement.catalog
        let former = settlement.addresses.filter { declared.contains($0.value) }.keys
        let live = managed(
            everything, declared.union(goal.renames.map(\.from)).union(former), looked)
        // What was managed is so under its new name.
        let moved = live.ids.compactMap { settlement.addresses[$0] }
        settlement.catalog = managed(whole, declared.union(moved), looked)
        for object in settlement.spellings { desired.insert(object) }
        let changes = difference(from: settlement.catalog, to: desired)
        try refuseLostGround(of: desired, changes)
        let result = engine.plan(
            PlanningRequest(
                live: live, settlement: settlement, desired: desired, changes: changes,
                others: whole.filter { settlement.catalog[$0.id] == nil },
                unmodelled: inspection.unmodelled + inspection.outsiders, spans: goal.spans,
                capabilities: capabilities, options: settings.options,
                quarantine: Quarantine(
                    residue: inspection.kept(scope.residue), catalog: inspection.residue,
                    returning: goal.returning)))
        let dependants = StandingDependants(
            unmanaged: whole.filter { object in
                settlement.catalog[object.id] == nil && object.statedBy == nil
                    && !scope.namesEach(object.id.kind)
            },
            unmodelled: inspection.unmodelled, outsiders: inspection.outsiders,
            quarantined: inspection.residue)
        let problems = dependants.problems(with: result) + result.diagnostics
        if problems.hasErrors { throw DiagnosticsError(problems) }
        let vanishing = changes.compactMap { change -> ObjectID? in
            if case .drop(let object) = change { object.id } else { nil }
        }
        var plan = plan(
            result.steps.map(\.step), live: live.fingerprint, desired: desired.fingerprint,
            scope, capabilities)
        plan.undoes = goal.undoes
        plan.scope.residue = inspection.kept(scope.residue)
        plan.scope.residue = plan.residue
        let digests = desired.objects.mapValues(\.digest)
        return TargetPlan(
            plan: plan, effects: result.steps.map(\.effects),
            requirements: result.steps.map(\.requirements), live: live,
            desired: digests, renames: settlement.renames,
            unmodelled: inspection.unmodelled.filter { !looked.onlyPasses($0.object) },
            unmanaged: unmanaged(inspection.catalog, managed: live, looked),
            warnings: goal.warnings + result.diagnostics
                + (goal.undoes == nil ? RenameSuspicion.warnings(for: changes) : []),
            vanishing: vanishing,
            former: FormerState(
                live: live, desired: digests, touched: plan.touched, renames: goal.renames))
    }

    private func plan(
        _ steps: [Step], live: Digest, desired: Digest, _ scope: Scope,
        _ capabilities: Capabilities
    ) -> Plan {
        Plan(
            project: settings.project, environment: settings.environment, engine: engine.name,
            majorVersion: capabilities.majorVersion, scope: scope, liveFingerprint: live,
            desiredDigest: desired, options: settings.options, steps: steps)
    }

    private func resolved(
        _ requests: [RequestedRename], in live: Catalog<E.Object>, _ declared: Set<ObjectID>
    ) throws -> [Rename] {
        let parts = engine.renamableParts(of: live)
        let (renames, problems) = RequestedRename.resolved(
            requests, isLive: { live[$0] != nil || parts.contains($0) },
            isDeclared: declared.contains)
        if problems.hasErrors { throw DiagnosticsError(problems) }
        return renames
    }

    /// A manifest that needs what no manifest declares any more could be built only because the
    /// database still has it.
    private func refuseLostGround(
        of desired: Catalog<E.Object>, _ changes: [Change<E.Object>]
    ) throws {
        let dropped = Set(
            changes.compactMap { change -> ObjectID? in
                if case .drop(let object) = change { object.id } else { nil }
            })
        if dropped.isEmpty { return }
        let problems = desired.sorted.compactMap { object -> Diagnostic? in
            guard let lost = object.dependencies.intersection(dropped).min() else { return nil }
            return .error(
                "lost-dependency", "\(object.id) needs \(lost), which is to be dropped",
                help: "declare \(lost) in a manifest, or change \(object.id) so that it does not "
                    + "need it")
        }
        if !problems.isEmpty { throw DiagnosticsError(problems) }
    }

    private func unmanaged(
        _ live: Catalog<E.Object>, managed: Catalog<E.Object>, _ scope: Scope
    ) -> [ObjectID] {
        if settings.management.unmanaged == .ignore || live.count == managed.count { return [] }
        return live.objects.values.filter { object in
            guard managed[object.id] == nil, !settings.management.isExcluded(object.id),
                !scope.namesEach(object.id.kind), !scope.onlyPasses(object.id)
            else { return false }
            // What is tied to other schemas alone is somebody else's.
            if !object.homes.isEmpty, !object.homes.contains(where: scope.looks) { return false }
            // Children are told with their parent.
            guard let parent = object.parent, let above = live[parent] else { return true }
            return managed[parent] != nil || engine.standsAlone(above.id)
        }.map(\.id).sorted()
    }
}
