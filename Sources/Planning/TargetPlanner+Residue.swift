// Owns what a planner knows of what earlier plans took out of use.

import SchemaCore

extension TargetPlanner {
    /// What earlier plans took out of use, whether it is still there or not: the newest attempt
    /// knows of all before it.
    func residue(on session: E.Session) async throws -> [Residue] {
        try await engine.journal(session).lastAttempt()?.started.plan.residue ?? []
    }

    /// What an attempt took out of use and is there, untouched.
    ///
    /// - Throws: `DiagnosticsError` where somebody changed it since.
    func returning(
        from attempt: JournalAttempt, in inspection: Inspection<E.Object>, applied: AppliedState?
    ) throws -> [Residue] {
        let taken = attempt.started.plan.steps.flatMap { $0.residue ?? [] }
        let there = taken.filter { inspection.residue[$0.place] != nil }
        let schemas = Set(there.map { $0.place.path[0] })
        func isAbout(_ id: ObjectID) -> Bool { schemas.contains((id.subject ?? id).path[0]) }
        let left = (applied?.residue ?? []).filter { isAbout($0.id) }
        // Of an attempt that failed nobody looked at what it left.
        if left.isEmpty { return there }
        let before = Dictionary(left.map { ($0.id, $0.digest) }, uniquingKeysWith: { $1 })
        let now = inspection.residue.filter { isAbout($0.id) }.objects.mapValues(\.digest)
        let strange = Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }.sorted()
        if strange.isEmpty { return there }
        throw DiagnosticsError(
            strange.map { id in
                .error(
                    "changed-since", "\(id) is not as it was put into quarantine",
                    help: "make it again as it was, or move by hand what you need out of the "
                        + "schema \((id.subject ?? id).path[0])")
            })
    }
}

extension Inspection {
    /// What of the residue is there, or could be: its schema is.
    func kept(_ residue: [Residue]) -> [Residue] {
        if residue.isEmpty { return [] }
        let places = Set(self.residue.ids.filter { $0.path.count == 1 }.map(\.name))
        return residue.filter { places.contains($0.place.path[0]) }
    }
}
