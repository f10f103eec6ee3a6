// Owns which part of the live catalog is copied, so that identity changes can be tried on it.

import SchemaCore

struct SettleScope {
    /// What the changes can make the server print in another way: read again.
    private(set) var affected: Set<ObjectID> = []
    /// What that cannot be without: only copied.
    private(set) var environment: Set<ObjectID> = []

    /// Computes both.
    ///
    /// - Parameter roots: what is renamed or gets another type.
    init(_ live: Catalog<PostgreSQLObject>, roots: some Sequence<ObjectID>) {
        let dependants = live.dependants()
        var queue = Array(roots)
        while let id = queue.popLast() {
            guard live[id] != nil, affected.insert(id).inserted else { continue }
            queue += dependants[id] ?? []
            // By what a table's rows are parted is printed with names of its columns.
            if id.kind == .column, case let table = RowTypeUse.table(of: id),
                live[table]?.isPartitioned == true
            {
                queue.append(table)
            }
        }
        let children = live.childrenByParent()
        queue = affected.flatMap { Self.needs($0, live) }
        while let id = queue.popLast() {
            guard let object = live[id], !affected.contains(id) || id.kind == .table else {
                continue
            }
            guard affected.contains(id) || environment.insert(id).inserted else { continue }
            if !affected.contains(id) { queue += Self.needs(id, live) }
            guard case .table = object.definition else { continue }
            for child in children[id] ?? [] where Self.isSubstance(live[child]) {
                if !affected.contains(child), environment.insert(child).inserted {
                    queue += Self.needs(child, live)
                }
            }
        }
    }

    /// The objects to copy, in the order of their addresses.
    func objects(of live: Catalog<PostgreSQLObject>) -> [PostgreSQLObject] {
        live.sorted.filter { affected.contains($0.id) || environment.contains($0.id) }
    }

    private static func needs(
        _ id: ObjectID, _ live: Catalog<PostgreSQLObject>
    ) -> [ObjectID] {
        guard let object = live[id] else { return [] }
        return Array(object.dependencies) + (object.parent.map { [$0] } ?? [])
    }

    /// What belongs to a table that others refer to: its columns, and the keys they refer by.
    private static func isSubstance(_ child: PostgreSQLObject?) -> Bool {
        switch child?.definition {
        case .column?: true
        case .constraint(let constraint)?: constraint.scratchRank == .key
        case .index(let index)?: index.isUnique
        default: false
        }
    }
}
