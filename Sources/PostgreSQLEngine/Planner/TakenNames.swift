// Owns the check that no name is wanted which something has that is not modelled, and so stays.

import Planning
import SchemaCore

struct TakenNames {
    private var holders: [NameSlot: Unmodelled] = [:]

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        // A property of what is modelled has no name of its own.
        for item in request.unmodelled where request.live[item.object] == nil {
            for slot in Self.slots(of: item.object) where holders[slot] == nil {
                holders[slot] = item
            }
        }
    }

    /// An error for each operation that makes or renames something to a name that is not free.
    func diagnostics(_ operations: [Operation], spans: [ObjectID: SourceSpan]) -> [Diagnostic] {
        if holders.isEmpty { return [] }
        return operations.filter { $0.verb == "create" || $0.verb == "rename" }.compactMap {
            operation in
            guard let holder = operation.takes.compactMap({ holders[$0] }).min() else { return nil }
            let id = operation.subject
            return .error(
                "name-taken",
                holder.object == id
                    ? "\(id) is there, but Lockstep does not manage it: \(holder.what)"
                    : "\(id) cannot be made: \(holder.object) (\(holder.what)), which is not "
                        + "modelled, has its name",
                at: span(of: id, spans),
                help: "take \(id) out of the manifests, or drop or rename \(holder.object) by hand "
                    + "first")
        }
    }

    /// The place of an object, or of what it belongs to.
    private func span(of id: ObjectID, _ spans: [ObjectID: SourceSpan]) -> SourceSpan? {
        if let span = spans[id] { return span }
        if [.column, .columnDefault, .constraint].contains(id.kind) {
            return spans[.table(id.path[0], id.path[1])]
        }
        guard id.kind.isRoutine else { return nil }
        // Manifests write types as they like.
        return spans.filter { $0.key.kind.isRoutine && $0.key.path.starts(with: id.path[..<2]) }
            .min { $0.key < $1.key }?.value
    }

    /// The names that something has, by the word of its kind.
    static func slots(of id: ObjectID) -> [NameSlot] {
        let relation = NameSlot(space: .relation, path: id.path)
        let type = NameSlot(space: .type, path: id.path)
        switch id.kind.rawValue {
        case "table", "view", "materializedView", "foreignTable", "compositeType":
            return [relation, type]
        case "sequence", "index": return [relation]
        case "enum", "domain", "rangeType", "baseType", "shellType", "type": return [type]
        case "function", "procedure", "aggregate", "windowFunction":
            return [NameSlot(space: .function, path: id.path)]
        case "constraint": return [NameSlot(space: .constraint, path: id.path)]
        default: return []
        }
    }
}
