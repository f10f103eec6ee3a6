// Owns what those who use a view or function notice when it is removed and made again in another
// form.

import Planning
import SchemaCore

extension PlanContext {
    func breaks(ofRemade id: ObjectID, _ new: ViewDefinition) -> [Effects.Break] {
        guard case .view(let old)? = settled[id]?.definition else { return [] }
        var breaks: [Effects.Break] = []
        if !new.columns.starts(with: old.columns) {
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
            breaks.append(.init(object: id, consequence: consequence))
        } else if old.query != new.query {
            breaks.append(
                .init(object: id, consequence: "its rows come from another query", isFailure: false)
            )
        }
        return breaks
    }

    func breaks(ofRemade id: ObjectID, _ new: FunctionDefinition) -> [Effects.Break] {
        guard case .function(let old)? = settled[id]?.definition else { return [] }
        var breaks: [Effects.Break] = []
        if old.returns != new.returns {
            breaks.append(
                .init(
                    object: id,
                    consequence: "callers that expect \(old.returns?.text ?? "no result") get "
                        + (new.returns?.text ?? "no result")))
        }
        if old.arguments != new.arguments {
            breaks.append(
                .init(
                    object: id,
                    consequence: "calls that name its arguments, or leave some to their defaults, "
                        + "can fail"))
        }
        if old.body != new.body {
            breaks.append(
                .init(
                    object: id, consequence: "callers get what the new body gives",
                    isFailure: false))
        }
        return breaks
    }
}
