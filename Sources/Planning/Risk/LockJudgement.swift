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
            message: "Locks \(lock.whole) in mode \(lock.mode) for a moment.",
            evidence: ["nothing is read, rewritten or built while the lock is held"],
            remedy: "Nothing to do: the wait for the lock is bounded, and the step is tried "
                + "again.")
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
            message: "Keeps others from \(verb) \(lock.whole) (\(lock.mode)) \(until).",
            evidence: evidence, remedy: remedy(lock, work, largest))
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
        _ lock: Effects.Lock, _ work: [RiskSubject.Work], _ largest: RiskThresholds.SizeClass
    ) -> String {
        guard largest > .small else {
            return "Nothing to do: with a table of this size it is over in moments."
        }
        let idle = "Run it when \(lock.reach ?? "the table") is little used"
        // The way out of the heaviest work that has one.
        let ways = Effects.Work.allCases.compactMap { sort in
            work.lazy.filter { $0.sort == sort }.compactMap(\.wayOut).first
        }
        return ways.first.map { "\(idle), or \($0)." } ?? "\(idle)."
    }

    private static func text(_ sort: Effects.Work) -> String {
        switch sort {
        case .rewrite: "writes anew"
        case .scan: "reads the whole of"
        case .build: "builds an index on"
        }
    }
}

extension Effects.Lock {
    /// All that is locked.
    var whole: String { reach ?? relation.description }
}
