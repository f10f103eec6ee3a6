import SchemaCore

/// What a plan leaves alone although it stands on what the plan takes away: the plan is refused,
/// for the step would fail, or take it along without a word.
struct StandingDependants<Object: CatalogObject> {
    /// What is not Lockstep's, in the catalog after the renames.
    let unmanaged: Catalog<Object>
    /// What is not modelled.
    let unmodelled: [Unmodelled]
    /// What is out of scope.
    let outsiders: [Unmodelled]
    /// What earlier plans took out of use.
    let quarantined: Catalog<Object>

    /// An error for each that stands on what the steps drop, for good or to make it again, or of
    /// which they change the type.
    func problems(with result: PlanningResult) -> [Diagnostic] {
        let ground = Ground(result)
        if ground.unsteady.isEmpty && result.remade.isEmpty { return [] }
        let held = held(by: ground.unsteady.subtracting(result.kept), ground)
        return held + standing(on: ground, remade: result.remade)
    }

    /// What is in quarantine keeps what it needs.
    private func held(by gone: Set<ObjectID>, _ ground: Ground) -> [Diagnostic] {
        quarantined.sorted.compactMap { object in
            let lost = object.dependencies.intersection(gone).subtracting(quarantined.ids)
            guard let lost = lost.min() else { return nil }
            return .error(
                "quarantined-dependant",
                "\(lost) cannot be \(ground.fate(of: lost)): \(object.id), which is in quarantine, "
                    + "needs it",
                help: "keep it until the quarantine has ended")
        }
    }

    private func standing(on ground: Ground, remade: Set<ObjectID>) -> [Diagnostic] {
        unmanaged.sorted.compactMap { object -> Diagnostic? in
            if let parent = object.parent, remade.contains(parent) {
                return .error(
                    "unmanaged-dependant",
                    "\(parent) cannot be made again: \(object.id), which Lockstep does not manage, "
                        + "would be lost with it",
                    help: "declare \(object.id) in a manifest, or drop it by hand first")
            }
            guard let lost = object.dependencies.intersection(ground.unsteady).min() else {
                return nil
            }
            return .error(
                "unmanaged-dependant",
                "\(lost) cannot be \(ground.fate(of: lost)): \(object.id), which Lockstep does not "
                    + "manage, needs it",
                help: "declare \(object.id) in a manifest, or drop it by hand first")
        }
            + unmodelled.compactMap {
                problem(
                    "unmodelled-dependant", with: $0,
                    "\($0.object) (\($0.what)), which is not modelled,", ground,
                    help: "drop \($0.object) by hand first")
            }
            + outsiders.compactMap {
                problem(
                    "outside-dependant", with: $0, "\($0.object), which is out of scope,", ground,
                    help: "manage its schema as well, or drop or change it by hand first")
            }
    }

    /// What the plan takes away.
    private struct Ground {
        let dropped: Set<ObjectID>
        let removed: Set<ObjectID>
        let unsteady: Set<ObjectID>

        init(_ result: PlanningResult) {
            dropped = result.dropped
            removed = result.removed
            unsteady = removed.union(result.retyped)
        }

        func fate(of id: ObjectID) -> String {
            if dropped.contains(id) { return "dropped" }
            return removed.contains(id) ? "removed for its new form" : "given another type"
        }
    }

    private func problem(
        _ code: String, with item: Unmodelled, _ what: String, _ ground: Ground, help: String
    ) -> Diagnostic? {
        // What belongs to something that goes for good goes with it, as it should.
        if !item.vanishesWith.isEmpty, item.vanishesWith.isSubset(of: ground.dropped) { return nil }
        if let lost = item.needs.intersection(ground.unsteady).min() {
            return .error(
                code, "\(lost) cannot be \(ground.fate(of: lost)): \(what) needs it",
                help: Self.help(help, isForGood: ground.dropped.contains(lost)))
        }
        guard let lost = item.vanishesWith.intersection(ground.removed).min() else { return nil }
        return .error(
            code, "\(lost) cannot be \(ground.fate(of: lost)): \(what) would be dropped with it",
            help: Self.help(help, isForGood: ground.dropped.contains(lost)))
    }

    private static func help(_ first: String, isForGood: Bool) -> String {
        isForGood ? first : first + ", and make it again when the plan is applied"
    }
}
