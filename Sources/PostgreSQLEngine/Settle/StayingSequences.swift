// Owns which sequences stay where they are although the tables whose columns own them move to
// another schema. The server would take them along, so each is let go before: with its count, and
// under the name that it has for everybody.

import SchemaCore

struct StayingSequences {
    /// The live addresses.
    private(set) var ids: Set<ObjectID> = []
    private var owners: [ObjectID: (table: ObjectID, sequence: SequenceDefinition)] = [:]

    /// None.
    init() {}

    /// - Parameter renames: in their order.
    init(
        _ renames: [Rename], live: Catalog<PostgreSQLObject>, desired: Catalog<PostgreSQLObject>
    ) {
        guard renames.contains(where: Self.isMove) else { return }
        let map = AddressMap(renames)
        for object in live.objects.values {
            guard case .sequence(let sequence) = object.definition, let owner = sequence.ownedBy
            else { continue }
            let stays = map.settled(object.id)
            let column = map.settled(owner)
            guard stays.path[0] != column.path[0],
                case .sequence(let wanted)? = desired[stays]?.definition,
                wanted.ownedBy.map({ $0.path.prefix(2) != column.path.prefix(2) }) ?? true
            else { continue }
            let goes = ObjectID.sequence(column.path[0], stays.name)
            if case .sequence(let other)? = desired[goes]?.definition, other.ownedBy == column {
                continue
            }
            ids.insert(object.id)
            owners[object.id] = (.table(owner.path[0], owner.path[1]), sequence)
        }
    }

    /// Those that are let go before a rename of a list, by live address, each with the address that
    /// it has then and as it is before and after.
    func released(
        by place: Int, of renames: [Rename]
    ) -> [(live: ObjectID, now: ObjectID, owned: SequenceDefinition, free: SequenceDefinition)] {
        guard !ids.isEmpty, Self.isMove(renames[place]) else { return [] }
        let before = AddressMap(Array(renames[..<place]))
        return ids.sorted().compactMap { id in
            guard let (table, sequence) = owners[id],
                before.settled(table) == renames[place].from,
                // Once it is in another schema it was let go for itself.
                case let now = before.settled(id), now.path[0] == renames[place].from.path[0]
            else { return nil }
            var owned = sequence
            owned.ownedBy = sequence.ownedBy.map(before.settled)
            var free = sequence
            free.ownedBy = nil
            return (id, now, owned, free)
        }
    }

    private static func isMove(_ rename: Rename) -> Bool {
        rename.from.kind == .table && rename.from.path[0] != rename.to.path[0]
    }
}
