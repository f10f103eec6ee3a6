// Owns the walk from what is not modelled to what needs it.

import Planning
import SchemaCore

/// Finds what needs something that is not modelled, and what that stands on.
struct AsideWalk {
    /// Something that is not modelled, or that is set aside.
    private struct Thing {
        let object: ObjectID
        let what: String
        /// The root of all, for those who need it.
        let root: String
        var needs: Set<ObjectID> = []
        var vanishesWith: Set<ObjectID> = []
    }

    private let reader: CatalogReader
    private let rows: [DependencyRow]
    private let dependants: [CatalogAddress: [Int]]
    private let addresses: [Int: [CatalogAddress]]
    private var things: [Thing] = []
    /// Which thing a row of a system catalog is, or is a part of.
    private var owners: [CatalogAddress: Int] = [:]
    /// The objects that are set aside, by their place in the reader's objects.
    private var aside: [Int: Int] = [:]
    private var queue: [CatalogAddress] = []
    private var waiting: [(thing: Int, address: CatalogAddress)] = []

    init(_ reader: CatalogReader, _ rows: [DependencyRow]) {
        self.reader = reader
        self.rows = rows
        dependants = Dictionary(grouping: rows.indices) { rows[$0].reference }
        addresses =
            reader.roots.isEmpty
            ? [:]
            : Dictionary(grouping: reader.slots.keys) { reader.slots[$0] ?? -1 }
    }

    /// Takes in something that is not modelled.
    mutating func add(_ root: AsideRoot) {
        things.append(Thing(object: root.object, what: root.what, root: root.name))
        waiting.append((things.count - 1, root.address))
    }

    /// Sets aside what needs the roots. One root after the other, so that of two reasons it is
    /// always the same one that is told.
    mutating func closeOver() {
        for (thing, address) in waiting where owners[address] == nil {
            if let slot = reader.slots[address] {
                take(slot, as: thing)
            } else {
                own(address, thing)
            }
        }
        queue = []
        for (thing, address) in waiting where owners[address] == thing {
            queue += reader.slots[address].map { addresses[$0] ?? [] } ?? [address]
            while let next = queue.popLast() { spread(from: next) }
        }
    }

    private mutating func spread(from address: CatalogAddress) {
        guard let owner = owners[address] else { return }
        for index in dependants[address] ?? [] {
            let row = rows[index]
            guard
                var slot = reader.slot(
                    row.dependant, row.dependant.catalog, column: row.dependantColumn)
            else {
                if owners[row.dependant] == nil { own(row.dependant, owner) }
                continue
            }
            slot = whole(slot)
            if aside[slot] == nil { take(slot, as: thing(of: slot, row, from: owner)) }
            if owners[row.dependant] == nil, let thing = aside[slot] { own(row.dependant, thing) }
        }
    }

    /// What an object is that is set aside: a part of what it needs, or told by itself.
    private mutating func thing(of slot: Int, _ row: DependencyRow, from owner: Int) -> Int {
        if row.isInternal { return owner }
        let id = reader.objects[slot].id
        let root = things[owner].root
        things.append(
            Thing(
                object: id, what: "\(id.kind.words) that needs \(root), which is not modelled",
                root: root))
        return things.count - 1
    }

    private mutating func own(_ address: CatalogAddress, _ thing: Int) {
        owners[address] = thing
        queue.append(address)
    }

    private mutating func take(_ slot: Int, as thing: Int) {
        aside[slot] = thing
        for address in addresses[slot] ?? [] where owners[address] == nil { own(address, thing) }
    }

    /// A column takes its table with it.
    private func whole(_ slot: Int) -> Int {
        let object = reader.objects[slot]
        guard object.id.kind == .column, let table = object.parent else { return slot }
        return reader.relations.first { $0.id == table }.flatMap {
            reader.slots[CatalogAddress(SystemCatalog.relation, $0.oid)]
        } ?? slot
    }

    /// The addresses of what is set aside, and of all that belongs to it.
    func excluded() -> Set<ObjectID> {
        var out = Set(aside.keys.map { reader.objects[$0].id })
        if out.isEmpty { return out }
        var count = 0
        while count < out.count {
            count = out.count
            for object in reader.objects where !out.contains(object.id) {
                let isComment = object.id.subject != nil
                if object.parent.map(out.contains) == true
                    || isComment && !object.dependencies.isDisjoint(with: out)
                {
                    out.insert(object.id)
                }
            }
        }
        return out
    }

    /// Everything that is not modelled, with what it stands on. What belongs to something that is
    /// set aside is not told by itself.
    func unmodelled(without excluded: Set<ObjectID>) -> [Unmodelled] {
        var things = things
        let parents = Dictionary(
            aside.map { (reader.objects[$0.key].id, reader.objects[$0.key].parent) },
            uniquingKeysWith: { first, _ in first })
        let places = Dictionary(
            things.enumerated().map { ($1.object, $0) }, uniquingKeysWith: { first, _ in first })
        /// The thing that a part is told with.
        func head(_ place: Int) -> Int {
            guard var parent = parents[things[place].object] ?? nil else { return place }
            // Between a default and its table stands the column.
            if parent.kind == .column { parent = .table(parent.path[0], parent.path[1]) }
            guard excluded.contains(parent), let above = places[parent] else { return place }
            return head(above)
        }
        for row in rows {
            guard let owner = owners[row.dependant], row.reference != row.dependant,
                let slot = reader.slot(
                    row.reference, row.reference.catalog, column: row.referenceColumn)
            else { continue }
            let id = reader.objects[slot].id
            if excluded.contains(id) { continue }
            // Dropping a table takes it out of a publication, which stays.
            if row.isAutomatic, things[owner].object.kind == .publication { continue }
            if row.isAutomatic {
                things[head(owner)].vanishesWith.insert(id)
            } else {
                things[head(owner)].needs.insert(id)
            }
        }
        return things.indices.filter { head($0) == $0 }.map {
            Unmodelled(
                object: things[$0].object, what: things[$0].what, needs: things[$0].needs,
                vanishesWith: things[$0].vanishesWith)
        }
    }
}
