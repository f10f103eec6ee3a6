import SchemaCore

/// What a step does, in a few words: the same in every rendering.
enum StepText {
    /// `blocks all use of app.users (ACCESS EXCLUSIVE); reads all of app.users`.
    ///
    /// - Parameter findings: those of the step; they tell whether its locks are held for long.
    static func locks(_ effects: Effects, findings: [Finding]) -> String {
        let isLong = findings.contains {
            [BlocksReads.name, BlocksWrites.name].contains($0.rule) && $0.severity > .info
        }
        var parts = effects.locks.compactMap { lock -> String? in
            switch lock.blocks {
            case .nothing: nil
            case .maintenance: nil
            case .writes: "blocks writes to \(place(lock)) (\(lock.mode))"
            case .reads: "blocks all use of \(place(lock)) (\(lock.mode))"
            }
        }
        if parts.isEmpty {
            parts.append(
                effects.locks.isEmpty ? "no lock" : "no lock that readers or writers notice")
        } else if !isLong {
            parts[parts.count - 1] += ", for a moment"
        }
        parts += effects.rewrites.map { "writes \($0.dottedPath) anew" }
        parts += effects.scans.map { "reads all of \($0.dottedPath)" }
        if !effects.builds.isEmpty {
            parts.append("builds " + HumanText.list(effects.builds.map(\.dottedPath)))
        }
        return parts.joined(separator: "; ")
    }

    private static func place(_ lock: Effects.Lock) -> String {
        lock.reach ?? lock.relation.dottedPath
    }

    /// `no data is touched`.
    static func data(_ step: Step) -> String {
        if step.residue != nil, step.data == .destroyed { return "data goes into quarantine" }
        return switch step.data {
        case .untouched: "no data is touched"
        case .kept: "data is kept"
        case .lossy: "values may change or be lost"
        case .destroyed: "data is destroyed"
        }
    }

    /// `undo: exact`, `undo: shape (loses the values)`.
    static func undo(_ undo: Undo) -> String {
        switch undo.claim {
        case .exact: "undo: exact"
        case .shape(let loses): "undo: shape (loses \(loses))"
        case .none(let reason): "no undo (\(reason))"
        }
    }

    /// How a step is run.
    static func transaction(_ transaction: Step.Transaction) -> String {
        switch transaction {
        case .own: "in a transaction of its own"
        case .shared(let number): "in transaction \(number), with its neighbours"
        case .none: "outside of a transaction"
        }
    }

    /// `Expand`.
    static func phase(_ phase: Phase) -> String {
        switch phase {
        case .expand: "Expand"
        case .backfill: "Backfill"
        case .contract: "Contract"
        }
    }

    /// The word for what becomes of an object.
    static func verb(_ sort: PlanChanges.Sort) -> String {
        switch sort {
        case .created: "add"
        case .altered: "change"
        case .renamed: "rename"
        case .dropped: "drop"
        }
    }
}
