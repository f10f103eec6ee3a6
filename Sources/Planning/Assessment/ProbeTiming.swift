internal import SchemaCore

/// Tells which probes have their answer before the plan begins, walking its steps in order.
///
/// A probe is asked while nothing has been done yet. Where an earlier step changes what the answer
/// follows from, that answer says nothing about the step: it is judged at its turn.
struct ProbeTiming {
    /// What the steps so far have changed of what a question may read.
    private var changed: Set<ObjectID> = []

    /// Whether what the probe reads is changed by a step that was passed.
    func isEarly(_ probe: Probe) -> Bool {
        changed.contains(probe.object) || probe.reads.contains(where: changed.contains)
    }

    /// The names of a step's probes that are asked too early.
    func early(in step: Step) -> Set<String> {
        Set(step.probes.filter(isEarly).map(\.name))
    }

    /// Goes past a step.
    mutating func pass(_ step: Step, _ effects: Effects) {
        changed.formUnion(effects.rewrites)
        // Questions are asked under the names of now; what only gets another one stays as it is.
        if step.isRename { return }
        for touch in step.touches where Self.changesAnswers(touch) { changed.insert(touch.object) }
    }

    /// Rows stay as they are unless their table is written anew, or an address comes to mean
    /// another table or column. Of all else, which they are read through, any change counts.
    private static func changesAnswers(_ touch: Step.Touch) -> Bool {
        let object = touch.object
        if object.kind == .table || object.kind == .column {
            return touch.before == nil || touch.after == nil
        }
        return object.standing?.kind != .table && touch.before != nil
    }
}

extension Step {
    /// Whether all that it does is to give names: something goes, the like comes, data stays.
    fileprivate var isRename: Bool {
        let gone = Set(touches.filter { $0.after == nil }.map(\.object.kind))
        return data == .untouched
            && touches.contains { $0.before == nil && gone.contains($0.object.kind) }
    }
}

extension ObjectKind {
    fileprivate static let column = ObjectKind(rawValue: "column")
}
