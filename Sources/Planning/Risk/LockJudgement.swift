import SchemaCore

/// How the rules on locks judge: by what is done while the lock is held, and on how much data.
struct LockJudgement {
    let rule: String
    let blocks: Effects.Blocking
    /// What others cannot do meanwhile.
    let verb: String
    /// The severity for a table of medium size.
    let medium: Finding.Severity

    func findings(for subject: RiskSubject) -> [Finding] {
        let work = subject.workUnderLocks()
        return subject.effects.locks.filter { $0.blocks == blocks }.map { lock in
            let largest = work.map { subject.sizeClass($0.relation) }.max() ?? .empty
            switch largest {
            case .empty: return momentary(lock, subject)
            case .small, .medium, .large: return held(lock, work, largest, subject)
            }
        }
    }

    private func momentary(_ lock: Effects.Lock, _ subject: RiskSubject) -> Finding {
        Finding(
            rule: rule, severity: .info, risk: .safe, step: subject.step.id,
            object: lock.relation,
            message: "Locks \(lock.relation) in mode \(lock.mode) for a moment.",
            evidence: ["nothing is read, rewritten or built while the lock is held"],
            remedy: "Nothing to do: lock_timeout bounds the wait for the lock, and the step is "
                + "tried again.")
    }

    private func held(
        _ lock: Effects.Lock, _ work: [RiskSubject.Work],
        _ largest: RiskThresholds.SizeClass, _ subject: RiskSubject
    ) -> Finding {
        let isLater = work.allSatisfy(\.isLater)
        let evidence = work.map { item in
            "\(Self.text(item.sort)) \(item.relation): \(subject.sizeText(item.relation))"
                + (item.isLater ? ", by a later step of the same transaction" : "")
        }
        let until = isLater ? "until its transaction ends" : "while it works"
        return Finding(
            rule: rule, severity: severity(largest), risk: largest > .small ? .caution : .safe,
            step: subject.step.id, object: lock.relation,
            message: "Keeps others from \(verb) \(lock.relation) (\(lock.mode)) \(until).",
            evidence: evidence, remedy: remedy(work, largest))
    }

    private func severity(_ size: RiskThresholds.SizeClass) -> Finding.Severity {
        switch size {
        case .empty: .info
        case .small: .low
        case .medium: medium
        case .large: .high
        }
    }

    private func remedy(
        _ work: [RiskSubject.Work], _ largest: RiskThresholds.SizeClass
    ) -> String {
        guard largest > .small else {
            return "Nothing to do: with a table of this size it is over in moments."
        }
        if work.contains(where: { $0.sort == .rewrite }) {
            return "Run it when the table is little used, or split the change: add a new column, "
                + "fill it in batches, drop the old one later."
        }
        if work.contains(where: { $0.sort == .build }) {
            return "Plan with concurrent index builds, which let others work, or run it when the "
                + "table is little used."
        }
        return "Run it when the table is little used, or split the change: add the constraint "
            + "without validating it, and validate it in a step of its own."
    }

    private static func text(_ sort: RiskSubject.Work.Sort) -> String {
        switch sort {
        case .rewrite: "writes anew"
        case .scan: "reads the whole of"
        case .build: "builds an index on"
        }
    }
}
