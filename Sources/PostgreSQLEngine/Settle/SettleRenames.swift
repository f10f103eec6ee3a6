// Owns which renames are done, in which order and with which addresses. Invariant: an address in
// the list is the one that the object has when its turn comes.

import Planning
import SchemaCore

/// Renames in their order, and where each object is afterwards.
struct SettleRenames {
    /// In their order.
    private(set) var list: [Rename] = []
    /// Tables, views and the like that were moved to another schema take along what the server
    /// moves with them, though its address does not tell: indexes and owned sequences.
    private let live: Catalog<PostgreSQLObject>
    /// What stays although its table moves.
    private var staying: StayingSequences

    init(_ live: Catalog<PostgreSQLObject>) {
        self.live = live
        staying = StayingSequences()
    }

    /// Takes in what was asked for, what carries others first.
    mutating func add(requested: [Rename], desired: Catalog<PostgreSQLObject>) {
        let sorted = requested.sorted {
            (Self.rank($0.from.kind), $0.from) < (Self.rank($1.from.kind), $1.from)
        }
        for rename in Self.makingRoom(sorted) {
            let from = AddressMap(list).settled(rename.from)
            guard from != rename.to else { continue }
            // A statement changes the schema or the name, never both.
            if Self.standsAlone(from.kind), from.path[0] != rename.to.path[0],
                from.name != rename.to.name
            {
                let between = ObjectID(from.kind, rename.to.path[0], from.name)
                list.append(Rename(from: from, to: between))
                list.append(Rename(from: between, to: rename.to))
            } else {
                list.append(Rename(from: from, to: rename.to))
            }
        }
        staying = StayingSequences(list, live: live, desired: desired)
    }

    /// What gives a name away before what takes it, among those of one rank: what carries others is
    /// where it is to be when these have their turn.
    private static func makingRoom(_ sorted: [Rename]) -> [Rename] {
        var out: [Rename] = []
        for rank in 0...3 {
            let moves = AddressMap(out)
            let place = sorted.filter { Self.rank($0.from.kind) == rank }
            let now = place.map { Rename(from: moves.settled($0.from), to: $0.to) }
            let order = now.makingRoom()
            out += order.compactMap { rename in now.firstIndex(of: rename).map { place[$0] } }
        }
        return out
    }

    /// Takes in what follows from a comparison.
    mutating func add(implied: [Rename]) { list += implied }

    /// The schemas into which something moves, and which no rename makes.
    var destinations: Set<String> {
        let made = Set(list.filter { $0.from.kind == .schema }.map(\.to.name))
        return Set(
            list.filter { $0.from.kind != .schema && $0.from.path[0] != $0.to.path[0] }
                .map { $0.to.path[0] }
        ).subtracting(made)
    }

    /// The address after all renames.
    func settled(_ object: PostgreSQLObject) -> ObjectID {
        guard var carrier = carrier(of: object) else {
            return AddressMap(list).settled(object.id)
        }
        var id = object.id
        for rename in list {
            let step = AddressMap([rename])
            let moved = step.settled(carrier)
            if rename.from.kind == carrier.kind, moved.path[0] != carrier.path[0] {
                id = ObjectID(id.kind, [moved.path[0]] + id.path.dropFirst())
            }
            carrier = moved
            id = step.settled(id)
        }
        return id
    }

    /// The same for any address of the live catalog.
    func settled(_ id: ObjectID) -> ObjectID {
        if let subject = id.subject { return settled(subject).facet(id.kind) }
        return live[id].map(settled) ?? AddressMap(list).settled(id)
    }

    /// The relation that takes an object along into its own schema.
    private func carrier(of object: PostgreSQLObject) -> ObjectID? {
        switch object.definition {
        case .index(let index): index.owner(of: object.id)
        case .sequence(let sequence):
            staying.ids.contains(object.id)
                ? nil : sequence.ownedBy.map { .table($0.path[0], $0.path[1]) }
        case .schema, .extension, .table, .column, .columnDefault, .constraint, .enum, .view,
            .function, .comment, .plain:
            nil
        }
    }

    /// Whether it has a name of its own in a schema, and no table's.
    private static func standsAlone(_ kind: ObjectKind) -> Bool {
        guard let words = KindWords.all[kind] else { return false }
        return words.isInSchema && words.folder != nil
    }

    private static func rank(_ kind: ObjectKind) -> Int {
        switch kind {
        case .schema: 0
        case .column, .enumLabel, .attribute: 2
        default: standsAlone(kind) ? 1 : 3
        }
    }
}

extension SettleRenames {
    /// Takes out what happens along with a rename above: a column that a table has only from
    /// another cannot be renamed by itself.
    static func ownColumns(
        of requested: [Rename], in live: Catalog<PostgreSQLObject>
    ) throws -> [Rename] {
        let tree = TableTree(live)
        let inherited = tree.inheritedColumns(live)
        if inherited.isEmpty { return requested }
        var problems: [Diagnostic] = []
        let own = requested.filter { rename in
            guard inherited.contains(rename.from) else { return true }
            let table = RowTypeUse.table(of: rename.from)
            let above = requested.contains {
                live[$0.from] != nil && $0.from.kind == .column
                    && [$0.from.name, $0.to.name] == [rename.from.name, rename.to.name]
                    && tree.descendants(of: RowTypeUse.table(of: $0.from)).contains(table)
            }
            if !above {
                problems.append(
                    .error(
                        "unsupported-change",
                        "\(rename.from) cannot be renamed while \(table) has it from a table above",
                        help: "take \(table) out of that table first, in an apply of its own"))
            }
            return false
        }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        return own
    }

    /// What a table of a type says of a column by itself goes by the table's name: a rename of the
    /// attribute does not take it along.
    func attributeProblems() -> [Diagnostic] {
        list.indices.flatMap { place -> [Diagnostic] in
            let attribute = RenameStatement.original(place, of: list)
            guard attribute.kind == .attribute, let type = attribute.typeOfPart else { return [] }
            return live.sorted.compactMap { table in
                guard table.isOf(type) else { return nil }
                let path = table.id.path + [attribute.name]
                let said = [
                    ObjectID(.derivedColumn, path), ObjectID(.columnSettings, path),
                    ObjectID(.column, path).comment,
                ]
                guard let first = said.first(where: { live[$0] != nil }) else { return nil }
                return .error(
                    "unsupported-change",
                    "\(attribute) cannot be renamed while there is \(first)",
                    help: "take that out of the manifest of \(table.id) first, in a change of its "
                        + "own, and declare it again under the new name")
            }
        }
    }

    /// Sequences of one column whose name differs: an owned one on both sides, or an identity
    /// column's, whose name the server had made from the old names. One whose new name something
    /// has that stays stays too: then it is what has the name that becomes the column's.
    func impliedSequences(desired: Catalog<PostgreSQLObject>) -> [Rename] {
        var waiting = sequencesToRename(desired: desired)
        if waiting.isEmpty { return [] }
        var taken: Set<[String]> = []
        for object in live.objects.values {
            let there = PostgreSQLObject(settled(object), object.definition)
            for slot in NameSlot.taken(by: there) where slot.space == .relation {
                taken.insert(slot.path)
            }
        }
        var out: [Rename] = []
        while let place = waiting.firstIndex(where: { !taken.contains($0.to.path) }) {
            let rename = waiting.remove(at: place)
            taken.remove(rename.from.path)
            taken.insert(rename.to.path)
            out.append(rename)
        }
        return out
    }

    private func sequencesToRename(desired: Catalog<PostgreSQLObject>) -> [Rename] {
        var wanted: [ObjectID: [ObjectID]] = [:]
        var present: [ObjectID: [ObjectID]] = [:]
        for object in desired.sorted {
            guard case .sequence(let sequence) = object.definition, let owner = sequence.ownedBy
            else { continue }
            wanted[owner, default: []].append(object.id)
        }
        for object in live.sorted {
            guard case .sequence(let sequence) = object.definition, let owner = sequence.ownedBy
            else { continue }
            present[settled(owner), default: []].append(settled(object))
        }
        var out: [Rename] = []
        for (owner, ids) in present.sorted(by: { $0.key < $1.key }) {
            guard ids.count == 1, let others = wanted[owner], others.count == 1,
                ids[0] != others[0], ids[0].path[0] == others[0].path[0]
            else { continue }
            out.append(Rename(from: ids[0], to: others[0]))
        }
        for object in live.sorted {
            guard case .column(let column) = object.definition,
                case let id = settled(object),
                case .column(let other)? = desired[id]?.definition,
                let from = column.identity?.sequenceName, let to = other.identity?.sequenceName,
                from != to
            else { continue }
            out.append(
                Rename(from: .sequence(id.path[0], from), to: .sequence(id.path[0], to)))
        }
        return out
    }

    /// Constraints and indexes of one table that only differ by name.
    static func impliedNames(
        from settled: Catalog<PostgreSQLObject>, to desired: Catalog<PostgreSQLObject>
    ) -> [Rename] {
        struct Likeness: Hashable {
            let table: ObjectID
            let kind: ObjectKind
            let digest: Digest
        }
        func likeness(_ object: PostgreSQLObject) -> Likeness? {
            switch object.definition {
            case .constraint, .index:
                object.parent.map {
                    Likeness(table: $0, kind: object.id.kind, digest: object.digest)
                }
            case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
                .function, .comment, .plain:
                nil
            }
        }
        var wanted: [Likeness: [ObjectID]] = [:]
        for object in desired.objects.values where settled[object.id] == nil {
            if let key = likeness(object) { wanted[key, default: []].append(object.id) }
        }
        guard !wanted.isEmpty else { return [] }
        for key in wanted.keys { wanted[key]?.sort(by: >) }
        var out: [Rename] = []
        for object in settled.sorted where desired[object.id] == nil {
            guard let key = likeness(object), let to = wanted[key]?.popLast() else { continue }
            out.append(Rename(from: object.id, to: to))
        }
        return out
    }
}
