import SchemaCore

/// Flags a step after which rows or values are gone.
public struct DestroysData: RiskRule {
    /// The rule's name.
    public static let name = "DestroysData"
    /// What it flags and why.
    public static let summary = """
        The step removes something that holds data: a table, a column, a sequence's counter, a \
        label that rows use. Its undo can bring the shape back, never the data; but what goes \
        into quarantine comes back whole. However small the table is, such a step runs only \
        when it is acknowledged by its id.
        """
    /// Names under which other tools know it.
    public static let aliases = [
        "ban-drop-table", "ban-drop-column", "ban-drop-database", "ban-truncate-cascade",
        "remove_column", "create_table (force)", "DS101", "DS102", "DS103",
        "drop-database", "drop-schema-cascade", "destructive-cascade",
    ]
    /// When it gives which severity and risk.
    public static let severities = [
        "critical, destructive: the data is gone at once; no size or count makes it less.",
        "high, destructive: the data goes into quarantine first.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Drop a column with values in it",
        good: "Drop an index, which holds no data of its own")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        subject.destroyed.map { loss in
            var evidence = ["lost: \(loss.what) of \(loss.object)"]
            if let relation = loss.relation {
                evidence.append("\(relation): \(subject.sizeText(relation))")
            }
            if subject.step.residue != nil { return kept(loss, evidence, subject.step) }
            return Finding(
                rule: Self.name, severity: .critical, risk: .destructive, step: subject.step.id,
                object: loss.object, message: "This destroys \(loss.what) of \(loss.object).",
                evidence: evidence,
                remedy: """
                    Make a backup of it and make sure that nobody needs it. Then acknowledge the \
                    step with --acknowledge \(ShellWord.quoted(subject.step.id)). To keep it, put \
                    its manifest back; if it was renamed, say renamedFrom in the new one.
                    """)
        }
    }

    private func kept(_ loss: Effects.Loss, _ evidence: [String], _ step: Step) -> Finding {
        Finding(
            rule: Self.name, severity: .high, risk: .destructive, step: step.id,
            object: loss.object,
            message: "This takes \(loss.what) of \(loss.object) into quarantine.",
            evidence: evidence.map { $0.replacing("lost: ", with: "kept for now: ") },
            remedy: """
                Make sure that nobody needs it, and acknowledge the step with --acknowledge \
                \(ShellWord.quoted(step.id)). lockstep undo brings it back whole while it is in \
                quarantine. If it was renamed, say renamedFrom in the new manifest.
                """)
    }
}

extension RiskSubject {
    /// The losses after which nothing is left of what is lost.
    ///
    /// A step of the class `destroyed` has at least one, whatever its effects name: a missing fact
    /// must not make a step look harmless.
    var destroyed: [Effects.Loss] {
        switch step.data {
        case .untouched, .kept, .lossy: return effects.losses.filter { isGone($0.object) }
        case .destroyed: break
        }
        let gone = effects.losses.filter { !isKept($0.object) }
        if !gone.isEmpty { return gone }
        if !effects.losses.isEmpty { return effects.losses }
        return [unnamedLoss("the data")]
    }

    /// The losses of what is still there afterwards.
    var changedValues: [Effects.Loss] {
        let destroyed = destroyed
        let rest = effects.losses.filter { !destroyed.contains($0) }
        if rest.isEmpty && destroyed.isEmpty && step.data == .lossy {
            return [unnamedLoss("values that do not fit")]
        }
        return rest
    }

    private func isKept(_ object: ObjectID) -> Bool {
        step.touches.contains { $0.object == object && $0.after != nil }
    }

    private func isGone(_ object: ObjectID) -> Bool {
        step.touches.contains { $0.object == object && $0.before != nil && $0.after == nil }
    }

    private func unnamedLoss(_ what: String) -> Effects.Loss {
        let object = step.touches.first?.object ?? ObjectID(ObjectKind(rawValue: "step"), step.id)
        return Effects.Loss(object: object, relation: nil, what: what)
    }
}
