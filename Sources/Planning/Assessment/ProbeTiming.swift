internal import SchemaCore

/// Tells which probes have their answer before the plan begins, walking its steps in order.
///
/// A probe is asked while nothing has been done yet. Where an earlier step changes what the answer
/// follows from, that answer says nothing about the step: it is judged at its turn.
struct ProbeTiming {
    /// What came, went, or is read through and is another now.
    private var replaced: Set<ObjectID> = []
    /// Columns whose values are others, and tables of which any column's may be.
    private var revalued: Set<ObjectID> = []

    /// Whether what the probe reads is changed by a step that was passed.
    func isEarly(_ probe: Probe) -> Bool {
        let ground = Set(probe.reads).union([probe.object])
        switch probe.basis {
        case .presence:
            return ground.contains { $0.holdsRows && replaced.contains($0) }
        case .values:
            if !ground.isDisjoint(with: replaced.union(revalued)) { return true }
            let named = Set(ground.compactMap(\.tableOfColumn))
            if !named.isDisjoint(with: revalued) { return true }
            // Where no column of a table is named, each of them may be read.
            let whole = ground.subtracting(named)
            return revalued.contains { $0.tableOfColumn.map(whole.contains) ?? false }
        }
    }

    /// The names of a step's probes that are asked too early.
    func early(in step: Step) -> Set<String> {
        Set(step.probes.filter(isEarly).map(\.name))
    }

    /// Goes past a step.
    mutating func pass(_ step: Step, _ effects: Effects) {
        revalued.formUnion(effects.revalues)
        // Questions are asked under the names of now; what only gets another one stays as it is.
        if step.isRename { return }
        for touch in step.touches where Self.changesAnswers(touch) { replaced.insert(touch.object) }
    }

    /// Rows stay as they are unless an address comes to mean another table or column. Of all else,
    /// which they are read through, any change counts.
    private static func changesAnswers(_ touch: Step.Touch) -> Bool {
        let object = touch.object
        if object.holdsRows { return touch.before == nil || touch.after == nil }
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

extension ObjectID {
    fileprivate var holdsRows: Bool { kind == .table || kind == .column }

    /// The table of a column; nil of anything else.
    fileprivate var tableOfColumn: ObjectID? {
        kind == .column ? ObjectID(.table, Array(path.dropLast())) : nil
    }
}

extension ObjectKind {
    fileprivate static let column = ObjectKind(rawValue: "column")
}
