public import SchemaCore

/// What a rule looks at: a step, what it does, and what was measured.
public struct RiskSubject: Sendable {
    /// The step.
    public let step: Step
    /// Its effects.
    public let effects: Effects
    /// What was measured on the target.
    public let observations: Observations
    /// The steps behind it in the same transaction: its locks are held until they are done.
    public let following: [PlannedStep]
    /// What the plan itself makes, up to this step: empty, and used by nobody.
    public let created: Set<ObjectID>
    /// The names of its probes whose answer says nothing yet, as an earlier step changes what they
    /// read.
    public let earlyProbes: Set<String>

    /// Makes the value.
    public init(
        step: Step, effects: Effects, observations: Observations, following: [PlannedStep] = [],
        created: Set<ObjectID> = [], earlyProbes: Set<String> = []
    ) {
        self.step = step
        self.effects = effects
        self.observations = observations
        self.following = following
        self.created = created
        self.earlyProbes = earlyProbes
    }
}

extension RiskSubject {
    /// Long work under a lock: reading, writing anew or indexing one relation.
    struct Work: Hashable {
        let relation: ObjectID
        let sort: Effects.Work
        /// How others are kept waiting less, if the engine knows of a way.
        let wayOut: String?
        /// Whether a later step of the same transaction does it.
        let isLater: Bool
    }

    /// The class of a relation's size; what the plan made is empty unless it was measured.
    func sizeClass(_ relation: ObjectID) -> RiskThresholds.SizeClass {
        let size = observations.size(of: relation)
        if size == nil && created.contains(relation) { return .empty }
        return RiskThresholds.sizeClass(size)
    }

    /// The size of a relation for people.
    func sizeText(_ relation: ObjectID) -> String {
        let size = observations.size(of: relation)
        if size == nil && created.contains(relation) { return "empty: this plan makes it" }
        return HumanText.size(size)
    }

    /// What is done while the locks that this step takes are held: by itself, and by the steps
    /// behind it in its transaction.
    func workUnderLocks() -> [Work] {
        var work = Self.work(of: step, effects, isLater: false)
        for planned in following {
            work += Self.work(of: planned.step, planned.effects, isLater: true)
        }
        var seen: Set<Work> = []
        return work.filter { sizeClass($0.relation) > .empty && seen.insert($0).inserted }
    }

    private static func work(of step: Step, _ effects: Effects, isLater: Bool) -> [Work] {
        func work(_ relation: ObjectID, _ sort: Effects.Work) -> Work {
            Work(
                relation: relation, sort: sort, wayOut: effects.note(of: sort)?.wayOut,
                isLater: isLater)
        }
        var all = effects.rewrites.map { work($0, .rewrite) }
        all += effects.scans.filter { !effects.rewrites.contains($0) }.map { work($0, .scan) }
        // An index's address need not lead to its table; the lock tells it. The indexes of a table
        // that the same step makes have nothing to read.
        let makesRelation = step.touches.contains {
            $0.before == nil && $0.after != nil && $0.object.kind == .table
        }
        if !effects.builds.isEmpty && !makesRelation {
            let known = Set(all.map(\.relation))
            all += effects.locks.filter { $0.blocks >= .maintenance }.map(\.relation)
                .filter { !known.contains($0) }.map { work($0, .build) }
        }
        return all
    }
}

extension ObjectKind {
    /// Tables: the one kind that reports name, in every engine that has them.
    static let table = ObjectKind(rawValue: "table")
}
