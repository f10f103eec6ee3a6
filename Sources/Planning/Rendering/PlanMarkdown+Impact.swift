import SchemaCore

extension PlanMarkdown {
    /// What the plan does to rows and to those who use them, from what was measured.
    func dataImpact() -> [String] {
        [
            "## Data Impact",
            "",
            "- Rows affected: \(rowsAffected())",
            "- Estimated migration time: \(time())",
            "- Downtime required: \(downtime())",
        ]
    }

    private func rowsAffected() -> String {
        var relations: Set<ObjectID> = []
        for effects in assessment.effects {
            relations.formUnion(effects.rewrites)
            relations.formUnion(effects.losses.compactMap(\.relation))
        }
        if relations.isEmpty {
            return plan.destructiveSteps.isEmpty
                ? "none; no step rewrites or removes rows"
                : "not measured; see the findings of the destructive steps"
        }
        return relations.sorted().map { relation in
            let size = assessment.observations.size(of: relation)
            let text = size.map { HumanText.size($0) } ?? "not measured"
            return "\(MarkdownSafe.code(relation.dottedPath)) \(text)"
        }.joined(separator: "; ")
    }

    private func time() -> String {
        let works = assessment.effects.contains {
            !$0.rewrites.isEmpty || !$0.scans.isEmpty || !$0.builds.isEmpty
        }
        if works { return "not estimated; nothing of this plan was measured by running it" }
        return plan.isEmpty
            ? "none" : "not measured; no step reads, rewrites or indexes a table"
    }

    private func downtime() -> String {
        let numbers = Dictionary(
            plan.steps.enumerated().map { ($1.id, $0 + 1) }, uniquingKeysWith: { first, _ in first }
        )
        func steps(_ isMeant: (Finding) -> Bool) -> String? {
            let found = Set(assessment.findings.filter(isMeant).compactMap(\.step))
                .compactMap { numbers[$0] }.sorted().map(String.init)
            return found.isEmpty
                ? nil
                : (found.count == 1 ? "step " : "steps ")
                    + HumanText.list(found)
        }
        var parts: [String] = []
        if let found = steps({ $0.rule == BlocksReads.name && $0.risk > .safe }) {
            let locks = assessment.effects.flatMap(\.locks)
            let place = locks.lazy.compactMap(\.reach).first ?? "the locked tables"
            parts.append("nobody can use \(place) during \(found)")
        }
        if let found = steps({ $0.rule == BlocksWrites.name && $0.risk > .safe }) {
            parts.append("writers wait during \(found)")
        }
        if let found = steps({ $0.risk == .breaking }) {
            parts.append("code that is not adapted fails from \(found) on")
        }
        if parts.isEmpty { return "none expected; locks are held for moments only" }
        return parts.joined(separator: "; ") + "; for how long is not estimated"
    }
}
