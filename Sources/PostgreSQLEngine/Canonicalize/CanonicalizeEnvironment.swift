// Owns what is borrowed from the live database, when manifests refer to what no manifest declares:
// a foreign key to a table that somebody else manages. Invariant: what is borrowed is never part of
// the result; too much of it does no harm.

import SchemaCore

struct CanonicalizeEnvironment {
    private let live: Catalog<PostgreSQLObject>
    private let declared: Set<ObjectID>
    private let children: [ObjectID: [ObjectID]]

    init(_ live: Catalog<PostgreSQLObject>, _ desired: [PostgreSQLObject]) {
        self.live = live
        declared = Set(desired.lazy.map(\.id))
        children = live.childrenByParent()
    }

    /// The live objects whose names occur in what failed, with all that they cannot be without.
    func needed(by units: [ScratchUnit]) -> [PostgreSQLObject] {
        let words = units.reduce(into: Set<String>()) { $0.formUnion(ScratchOrder.words(of: $1)) }
        var found: Set<ObjectID> = []
        var waiting = live.ids.filter { id in
            words.contains((id.kind.isRoutine ? id.path[1] : id.name).lowercased())
                && isIndependent(id)
        }
        while let id = waiting.popLast() {
            guard !declared.contains(id), let object = live[id], found.insert(id).inserted else {
                continue
            }
            waiting += object.dependencies
            if let parent = object.parent { waiting.append(parent) }
            guard object.id.kind != .schema else { continue }
            // A key can be referred to only if it is there.
            waiting += (children[id] ?? []).filter { $0.kind != .comment && !isForeignKey($0) }
        }
        // A child of what is declared would be made a second time.
        return live.sorted.filter { object in
            found.contains(object.id) && object.id.kind != .extension
                && !(object.parent.map { $0.kind != .schema && declared.contains($0) } ?? false)
        }
    }

    private func isIndependent(_ id: ObjectID) -> Bool {
        [.table, .view, .materializedView, .enum, .sequence, .function].contains(id.kind)
    }

    private func isForeignKey(_ id: ObjectID) -> Bool {
        guard case .constraint(let constraint)? = live[id]?.definition else { return false }
        return constraint.scratchRank == .foreignKey
    }
}
