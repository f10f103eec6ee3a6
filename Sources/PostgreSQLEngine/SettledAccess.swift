// Owns where owners and rights are once the identity changes are done.

internal import Planning
import SchemaCore

struct SettledAccess {
    private let live: Catalog<PostgreSQLObject>
    private let desired: Catalog<PostgreSQLObject>

    init(live: Catalog<PostgreSQLObject>, desired: Catalog<PostgreSQLObject>) {
        self.live = live
        self.desired = desired
    }

    /// The settlement of all else with them.
    ///
    /// - Parameter maker: the role of the session, if it has to be known.
    func added(
        to settlement: Settlement<PostgreSQLObject>, maker: String?
    ) -> Settlement<PostgreSQLObject> {
        var out = settlement
        let moves = settlement.renames.isEmpty ? nil : AddressMap(settlement.renames)
        func settled(_ id: ObjectID) -> ObjectID {
            settlement.addresses[id] ?? (live[id] == nil ? moves?.settled(id) : nil) ?? id
        }
        let removed = Set(settlement.removed.lazy.map(\.id))
        for object in live.objects.values where CanonicalAccess.isStated(object) {
            let id =
                object.id.kind.isPart
                ? part(object, settled)
                : object.id.subject.map { settled($0).facet(object.id.kind) }
                    ?? moves?.settled(object.id) ?? object.id
            let needs = moves == nil ? object.dependencies : Set(object.dependencies.map(settled))
            let placed =
                id == object.id && needs == object.dependencies
                ? object : PostgreSQLObject(id, object.definition, dependencies: needs)
            if id != object.id { out.addresses[object.id] = id }
            // What leaves for a while takes along what manifests state of it; the rest is
            // given back to it.
            if !removed.isDisjoint(with: needs), placed.statedBy.map({ desired[$0] != nil }) == true
            {
                out.removed.append(placed)
                continue
            }
            out.catalog.insert(placed)
        }
        out.removed.sort { $0.id < $1.id }
        out.spellings += spellings(in: out.catalog, maker: maker)
        return out
    }

    /// A part has the name of what it is a part of.
    private func part(
        _ object: PostgreSQLObject, _ settled: (ObjectID) -> ObjectID
    ) -> ObjectID {
        let table = settled(.table(object.id.path[0], object.id.path[1]))
        let above = object.dependencies.first { $0.kind == .index || $0.kind == .constraint }
        return ObjectID(
            object.id.kind, table.path + [above.map(settled)?.name ?? object.id.name])
    }

    /// Whether rights are given to roles with a new object whose owner no manifest states: who
    /// makes it may be among them.
    var namesMakers: Bool {
        desired.objects.values.contains { object in
            guard case .plain(.grants(let wanted)) = object.definition else { return false }
            return !wanted.grants.isEmpty && ownerRole(of: object) == nil
        }
    }

    /// The desired rights without what is given to the owner by its name, which it has: nothing
    /// that a server would show.
    ///
    /// - Parameter maker: the role of the session.
    func spellings(
        in settled: Catalog<PostgreSQLObject>, maker: String?
    ) -> [PostgreSQLObject] {
        desired.sorted.compactMap { object in
            guard case .plain(.grants(let wanted)) = object.definition,
                let owner = ownerRole(of: object, in: settled) ?? maker,
                wanted.grants.contains(where: { $0.role == owner })
            else { return nil }
            let others = GrantsDefinition(grants: wanted.grants.filter { $0.role != owner })
            return PostgreSQLObject(
                object.id, .plain(.grants(others)), dependencies: object.dependencies)
        }
    }

    /// The owner of what rights are on, which stands with it or with its relation.
    private func ownerRole(
        of rights: PostgreSQLObject, in settled: Catalog<PostgreSQLObject>? = nil
    ) -> String? {
        let settled = settled ?? live
        guard let subject = rights.statedBy?.subject else { return nil }
        var id = subject.owner
        if desired[id] == nil, settled[id] == nil,
            case .sequence(let sequence)? = desired[subject]?.definition,
            let column = sequence.ownedBy
        {
            id = ObjectID.table(column.path[0], column.path[1]).owner
        }
        guard case .plain(.owner(let owner))? = (desired[id] ?? settled[id])?.definition else {
            return nil
        }
        return owner.role
    }
}
