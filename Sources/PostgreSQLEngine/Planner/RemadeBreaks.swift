// Owns what those who use a view or function notice when it is removed and made again in another
// form.

import Planning
import SchemaCore

extension PlanContext {
    func breaks(ofRemade id: ObjectID, _ new: ViewDefinition) -> [Effects.Break] {
        guard case .view(let old)? = leaving(id)?.definition else { return [] }
        // What left for a type change would be this without a change of its own.
        guard case .view(let remade)? = remade[id]?.definition else {
            return breaks(of: id, from: old, to: new)
        }
        return retypeBreaks(of: id, old, remade, new) + breaks(of: id, from: remade, to: new)
    }

    /// The columns of a view that get another type with what they show.
    private func retypeBreaks(
        of id: ObjectID, _ old: ViewDefinition, _ remade: ViewDefinition, _ new: ViewDefinition
    ) -> [Effects.Break] {
        let retyped = zip(old.columns, remade.columns).filter { old, remade in
            old.type != remade.type && new.columns.contains(remade)
                && !loosened.contains([old.type, remade.type])
        }
        if retyped.isEmpty { return [] }
        let names = retyped.map(\.1.name).joined(separator: ", ")
        return [
            .init(object: id, consequence: "the type of \(names) is another", isFailure: false)
        ]
    }

    func breaks(ofRemade id: ObjectID, _ new: FunctionDefinition) -> [Effects.Break] {
        guard case .function(let old)? = (remade[id] ?? leaving(id))?.definition else { return [] }
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

extension PlanningRequest<PostgreSQLObject> {
    /// The types before and after of changes that only let more through: nobody notices those.
    var loosenedTypes: Set<[String]> {
        if settlement.retyped.isEmpty { return [] }
        let addresses = AddressMap(settlement.renames)
        let before = Dictionary(
            live.objects.values.map { (addresses.settled($0.id), $0) }, uniquingKeysWith: { $1 })
        return Set(
            settlement.retyped.compactMap { retype in
                guard case .column(let from)? = before[retype.column]?.definition,
                    case .column(let to)? = settlement.catalog[retype.column]?.definition
                else { return nil }
                let change = TypeChange(
                    from: retype.from, to: retype.to, rewrites: retype.rewrites,
                    isSameCollation: from.collation == to.collation)
                return change.isLoosening ? [from.type.text, to.type.text] : nil
            })
    }
}
