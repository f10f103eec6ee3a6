// Owns the way back from an attempt. Invariant: it is a plan like every other, towards what was
// there before; there is no second way to change a database.

public import SchemaCore

extension TargetPlanner {
    /// Makes the plan that takes back what an attempt did, be it whole, in flight or failed.
    ///
    /// What the attempt did not touch stays as it is now.
    ///
    /// - Throws: `DiagnosticsError` where what the attempt touched is not as its steps left it, or
    ///   cannot be changed back; `EngineError` where the target cannot be read or the attempt is
    ///   of a version that kept too little.
    public func planBack(
        from attempt: JournalAttempt, on session: E.Session, applied: AppliedState?
    ) async throws -> TargetPlan<E.Object> {
        guard let context = attempt.started.context else {
            throw EngineError(
                .unsupported, "what was there before #\(attempt.number) is not in the journal",
                help: "Declare it in the manifests and apply them.")
        }
        let plan = attempt.started.plan
        let former = try context.former.objects(of: E.Object.self)
        let left = Dictionary(
            context.former.left.map { ($0.id, $0.digest) }, uniquingKeysWith: { $1 })
        let changed = plan.touched.union(left.keys)
        let known = Set(applied?.objects.map(\.id) ?? []).union(changed)
            .union(context.implied)
        let capabilities = try await engine.capabilities(session)
        var scope = plan.scope
        scope.residue = try await residue(on: session)
        let inspection = try await engine.inspect(session, scope: scope, detail: .full)
        let managed = managed(applied: known)
        let live = managed(inspection.whole, known.union(former.map(\.id)), plan.scope)
        try refuseStrange(attempt, live: live, former: former, left: left)
        var desired = live.filter { !changed.contains($0.id) }
        for object in former { desired.insert(object) }
        let renames = renamesBack(attempt, context.former.renames, live: inspection.catalog)
        let goal = Goal(
            desired: desired, renames: renames,
            undoes: .init(plan: attempt.started.planDigest, desired: plan.desiredDigest),
            returning: try returning(from: attempt, in: inspection, applied: applied))
        return try await way(
            to: goal, from: inspection, on: session, scope: scope,
            capabilities: capabilities, managed: managed)
    }

    /// The renames that were done, the other way round. What has a former name by now, and is to
    /// go, makes room for it first.
    private func renamesBack(
        _ attempt: JournalAttempt, _ renames: [Rename], live: Catalog<E.Object>
    ) -> [Rename] {
        let parts = engine.renamableParts(of: live)
        func isThere(_ id: ObjectID) -> Bool { live[id] != nil || parts.contains(id) }
        let isWhole = attempt.result == .applied
        let back = renames.reversed().filter { isWhole || isThere($0.to) && !isThere($0.from) }
            .map { Rename(from: $0.to, to: $0.from) }
        let moved = Set(back.map(\.from))
        return back.flatMap { rename -> [Rename] in
            guard live[rename.to] != nil, !moved.contains(rename.to),
                let aside = Self.free(rename.to, isThere)
            else { return [rename] }
            return [Rename(from: rename.to, to: aside), rename]
        }
    }

    /// An address beside another that nothing has; nil where the name is more than a name, as a
    /// function's with its arguments is.
    private static func free(_ id: ObjectID, _ isThere: (ObjectID) -> Bool) -> ObjectID? {
        if id.name.contains("(") { return nil }
        // Names have 63 bytes at most, and the end is what tells them apart here.
        var stem = id.name
        while stem.utf8.count > 50 { stem.removeLast() }
        return (1...100).lazy.map { id.renamed("\(stem)_undone\($0 == 1 ? "" : "\($0)")") }
            .first { !isThere($0) }
    }

    /// What somebody else changed since would be lost.
    private func refuseStrange(
        _ attempt: JournalAttempt, live: Catalog<E.Object>, former: [E.Object],
        left: [ObjectID: Digest]
    ) throws {
        var allowed: [ObjectID: Set<Digest?>] = [:]
        if attempt.result == .applied {
            for object in former { allowed[object.id] = [nil] }
            for touch in attempt.started.plan.steps.flatMap(\.touches) {
                allowed[touch.object] = [nil]
            }
            for (id, digest) in left { allowed[id] = [digest] }
        } else {
            for object in former { allowed[object.id, default: []].insert(object.digest) }
            for (id, digest) in left { allowed[id, default: []].insert(digest) }
            for touch in attempt.started.plan.steps.flatMap(\.touches) {
                allowed[touch.object, default: []].formUnion([touch.before, touch.after])
            }
        }
        // What some steps changed and others were to change further is in between.
        let steps = attempt.started.plan.steps
        let between = Set(steps.prefix(attempt.done.count).flatMap(\.touches).map(\.object))
            .intersection(steps.dropFirst(attempt.done.count).flatMap(\.touches).map(\.object))
        let strange = allowed.keys.filter { id in
            !between.contains(id) && !(allowed[id] ?? []).contains(live[id]?.digest)
        }.sorted()
        if strange.isEmpty { return }
        throw DiagnosticsError(
            strange.map { id in
                .error(
                    "changed-since",
                    "\(id) is not as #\(attempt.number) left it, so going back would lose what "
                        + "came since",
                    help: "take back later changes first, or declare in the manifests what you "
                        + "want and apply them")
            })
    }
}
