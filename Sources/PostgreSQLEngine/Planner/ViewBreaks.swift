// Owns what those who use a view notice when it gets another form, in place or made anew.

import Planning
import SchemaCore

extension PlanContext {
    /// What readers and writers of a view notice of its new form.
    func breaks(
        of id: ObjectID, from old: ViewDefinition, to new: ViewDefinition
    ) -> [Effects.Break] {
        var breaks: [Effects.Break] = []
        if let columns = columnBreak(of: id, from: old, to: new) {
            breaks.append(columns)
        }
        if old.query != new.query && breaks.allSatisfy({ !$0.isFailure }) {
            breaks.append(
                .init(object: id, consequence: "its rows come from another query", isFailure: false)
            )
        }
        return breaks + optionBreaks(of: id, from: old, to: new)
    }

    private func columnBreak(
        of id: ObjectID, from old: ViewDefinition, to new: ViewDefinition
    ) -> Effects.Break? {
        guard !new.columns.starts(with: old.columns) else { return nil }
        let types = Dictionary(
            new.columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        let gone = old.columns.filter { types[$0.name] == nil }.map(\.name)
        let retyped = old.columns.filter {
            types[$0.name].map { [type = $0.type] in $0 != type } ?? false
        }
        .map(\.name)
        let consequence =
            !gone.isEmpty
            ? "it has no \(gone.joined(separator: ", ")) any more"
            : !retyped.isEmpty
                ? "the type of \(retyped.joined(separator: ", ")) is another"
                : "its columns stand in another order"
        return .init(object: id, consequence: consequence)
    }

    private func optionBreaks(
        of id: ObjectID, from old: ViewDefinition, to new: ViewDefinition
    ) -> [Effects.Break] {
        var breaks: [Effects.Break] = []
        switch (old.checkedRows, new.checkedRows) {
        case let (before, after) where before == after: break
        case (_, .none):
            breaks.append(
                .init(
                    object: id,
                    consequence: "a write through it may leave a row that it does not show",
                    isFailure: false))
        case (.cascaded, .local):
            breaks.append(
                .init(
                    object: id,
                    consequence: "a write through it is no longer held to the conditions of the "
                        + "views below", isFailure: false))
        case (_, .local), (_, .cascaded):
            breaks.append(
                .init(
                    object: id,
                    consequence: "a write through it is refused if it gives a row that it does "
                        + "not show"))
        }
        if old.isOn("security_invoker") != new.isOn("security_invoker") {
            let asks = new.isOn("security_invoker")
            breaks.append(
                .init(
                    object: id,
                    consequence: asks
                        ? "it is refused to roles without privileges of their own on what it reads"
                        : "who may read it sees what its owner may see, whatever they may see "
                            + "themselves", isFailure: asks))
        }
        if old.isOn("security_barrier") != new.isOn("security_barrier") {
            breaks.append(
                .init(
                    object: id,
                    consequence: new.isOn("security_barrier")
                        ? "its rows are filtered before any other condition: queries may become "
                            + "slower"
                        : "conditions of a query may see rows that it filters out",
                    isFailure: false))
        }
        return breaks
    }
}

extension ViewDefinition {
    /// Which conditions rows that are written through it have to meet.
    fileprivate enum CheckedRows { case none, local, cascaded }

    fileprivate var checkedRows: CheckedRows {
        switch options["check_option"] {
        case nil: .none
        case "local": .local
        case .some: .cascaded
        }
    }

    /// Whether an option is set; the server takes all words for a boolean and keeps them.
    fileprivate func isOn(_ option: String) -> Bool {
        guard let word = options[option]?.lowercased() else { return false }
        return ["true", "yes", "on", "1"].contains { $0.hasPrefix(word) && word != "o" }
    }
}
