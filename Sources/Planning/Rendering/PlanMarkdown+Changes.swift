import SchemaCore

extension PlanMarkdown {
    /// What changes, by the headings that reports have.
    func schemaChanges() -> [String] {
        let tables = changes.groups.filter { $0.head.object.kind == .table }
        let indexes = changes.groups.filter {
            $0.head.object.kind.rawValue == "index" && $0.head.sort == .created
        }
        let others =
            changes.groups.filter { group in
                !tables.contains(group) && !indexes.contains(group)
            } + tables.filter { $0.head.sort == .dropped }
        var lines = ["## Schema Changes", "", "### Tables Created", ""]
        lines += orNone(tables.filter { $0.head.sort == .created }.map(created))
        lines += ["", "### Tables Modified", ""]
        lines += modified(tables.filter { $0.head.sort == .altered || $0.head.sort == .renamed })
        lines += ["", "### Indexes Added", ""] + added(indexes)
        lines += ["", "### Other Objects", ""] + orNone(others.map(other))
        return lines
    }

    private func orNone(_ lines: [String]) -> [String] { lines.isEmpty ? ["None."] : lines }

    private func created(_ group: PlanChanges.Group) -> String {
        let columns = group.parts.filter { $0.object.kind.rawValue == "column" }
        let names = columns.map { MarkdownSafe.code($0.object.name) }
        return "- \(MarkdownSafe.code(group.head.object.dottedPath)) (\(places(group.head)))"
            + (names.isEmpty ? "" : ": columns " + HumanText.list(names))
    }

    private func modified(_ groups: [PlanChanges.Group]) -> [String] {
        if groups.isEmpty { return ["None."] }
        var lines = ["| Table | Change | Rationale | Steps |", "|---|---|---|---|"]
        for group in groups {
            var items = group.parts
            // A table that is only listed for its parts has no change of its own.
            if group.head.sort == .renamed || items.isEmpty { items.insert(group.head, at: 0) }
            lines += items.map { item in
                "| \(name(group.head.object)) | \(change(item)) | \(rationale(item)) "
                    + "| \(numbers(item)) |"
            }
        }
        return lines
    }

    private func added(_ groups: [PlanChanges.Group]) -> [String] {
        if groups.isEmpty { return ["None."] }
        let lines = groups.map { group in
            "| \(name(group.head.object)) | \(table(of: group.head)) "
                + "| not recorded; the manifests declare it | not measured "
                + "| \(numbers(group.head)) |"
        }
        return [
            "| Index | Table | Purpose | Queries served | Steps |", "|---|---|---|---|---|",
        ] + lines
    }

    private func other(_ group: PlanChanges.Group) -> String {
        let head = group.head
        var text = "- \(head.sort.rawValue): \(MarkdownSafe.code(head.object.description))"
        if let from = head.from { text += ", before \(MarkdownSafe.code(from.dottedPath))" }
        if head.sort == .altered && !group.parts.isEmpty {
            text += " (" + group.parts.map(change).joined(separator: ", ") + ")"
        }
        return text + " (\(places(head)))"
    }

    private func change(_ item: PlanChanges.Item) -> String {
        let subject = item.object.subject
        let kind = subject.map { "comment on \($0.kind.words)" } ?? item.object.kind.words
        var text = "\(StepText.verb(item.sort)) \(MarkdownSafe.prose(kind)) "
        if let from = item.from { text += "\(MarkdownSafe.cell(from.name)) to " }
        return text + MarkdownSafe.cell(item.object.name)
    }

    private func rationale(_ item: PlanChanges.Item) -> String {
        switch item.sort {
        case .created: "the manifests declare it"
        case .altered: "the manifests declare it so"
        case .renamed: "the manifests say renamedFrom"
        case .dropped: "no manifest declares it any more"
        }
    }

    /// The table that an index is on, as the locks of its step tell; its address need not.
    private func table(of item: PlanChanges.Item) -> String {
        let tables = item.steps.flatMap { assessment.effects[$0].locks.map(\.relation) }
        return tables.first { $0.kind == .table }.map(name) ?? "made by the same plan"
    }

    private func name(_ object: ObjectID) -> String { MarkdownSafe.cell(object.dottedPath) }

    private func places(_ item: PlanChanges.Item) -> String {
        (item.steps.count == 1 ? "step " : "steps ") + numbers(item)
    }

    private func numbers(_ item: PlanChanges.Item) -> String {
        item.steps.map { String($0 + 1) }.joined(separator: ", ")
    }
}
