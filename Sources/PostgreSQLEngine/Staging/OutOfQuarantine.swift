// Owns how what is in quarantine comes back on the way back from the plan that put it there: whole,
// with its rows, in place of being made again without them.

import Planning
import SchemaCore

/// Moves what is in quarantine back where it was.
struct OutOfQuarantine {
    private let request: PlanningRequest<PostgreSQLObject>
    /// What comes back, by what it was.
    private let entries: [ObjectID: Residue]
    /// What comes back with each.
    private let guests: [ObjectID: [PostgreSQLObject]]
    /// All that comes back, and so is not made.
    let objects: Set<ObjectID>

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        self.request = request
        var made: Set<ObjectID> = []
        for change in request.changes {
            if case .create(let object) = change { made.insert(object.id) }
        }
        let returning = request.quarantine.returning.filter { made.contains($0.object) }
        let entries = Dictionary(
            returning.map { ($0.object, $0) }, uniquingKeysWith: { $1 })
        self.entries = entries
        let homes = Dictionary(
            returning.map { ($0.object.path[0], $0.place.path[0]) }, uniquingKeysWith: { $1 })
        var guests: [ObjectID: [PostgreSQLObject]] = [:]
        if !entries.isEmpty {
            for object in request.desired.sorted where made.contains(object.id) {
                guard let home = homes[(object.id.subject ?? object.id).path[0]],
                    let head = Self.head(of: object, in: request.desired, entries)
                else { continue }
                // Rows are read nowhere but where they are declared.
                let place = (object.id.kind == .data ? head : object.id).moved(to: home)
                guard request.quarantine.catalog[place] != nil else { continue }
                guests[head, default: []].append(object)
            }
        }
        self.guests = guests
        objects = Set(guests.values.joined().map(\.id))
    }

    /// What is asked for beside it.
    var rest: PlanningRequest<PostgreSQLObject> {
        if objects.isEmpty { return request }
        var rest = request
        rest.changes.removeAll { objects.contains($0.id) }
        return rest
    }

    private static func head(
        of object: PostgreSQLObject, in desired: Catalog<PostgreSQLObject>,
        _ entries: [ObjectID: Residue]
    ) -> ObjectID? {
        var next: ObjectID? = object.id
        while let id = next {
            if entries[id] != nil { return id }
            next =
                id.kind == .data
                ? .table(id.path[0], id.path[1]) : id.subject ?? desired[id]?.parent
        }
        return nil
    }

    /// The moves, and the drops of schemas that hold nothing any more.
    func operations(_ context: PlanContext) -> [Operation] {
        if objects.isEmpty { return [] }
        let back = entries.values.sorted { $0.place < $1.place }.compactMap { entry in
            guests[entry.object].map { move(entry, with: $0, context) }
        }
        return back + emptied().map(dropping)
    }

    private func move(
        _ entry: Residue, with guests: [PostgreSQLObject], _ context: PlanContext
    ) -> Operation {
        let id = entry.object
        let home = entry.place.path[0]
        var operation = Operation(
            "return", id, title: "Bring \(id) back out of quarantine", .statements([]),
            phase: .expand, undo: Undo(.exact, []))
        var back: [SQL] = []
        var there: [SQL] = []
        for object in [id] + guests.map(\.id).filter({ $0.kind == .statistics }) {
            let place = object.moved(to: home)
            back.append("ALTER \(place.reference) SET SCHEMA \(name: object.path[0])")
            there.append("ALTER \(object.reference) SET SCHEMA \(name: home)")
        }
        if let leash = Leash(request.desired[id], among: entries.keys) {
            back.append(leash.tie)
            there.insert(leash.loosen, at: 0)
        }
        operation.form = .statements(back)
        operation.undo = Undo(.exact, context.statements(there))
        operation.produces = Set(guests.map(\.id))
        operation.releases = [.schema(home)]
        for object in guests {
            // Its rows are there already.
            if object.id.kind == .data { continue }
            operation.consumes.formUnion(context.needs(of: object))
            operation.takes.formUnion(NameSlot.taken(by: object))
            operation.takes.formUnion([NameSlot.choice(of: object)].compactMap { $0 })
        }
        operation.consumes.subtract(operation.produces)
        operation.touches = guests.map {
            Step.Touch(object: $0.id, before: nil, after: $0.digest)
        }
        if case .table(let table)? = request.desired[id]?.definition, table.isPartition,
            let parent = request.desired[id]?.parentTables.first, entries[parent] == nil
        {
            operation.effects = context.momentary([.shareUpdateExclusive(parent)])
            operation.effects.scans = [id]
        }
        return operation
    }

    /// The schemas that hold nothing but what comes back.
    private func emptied() -> [String] {
        let gone = Set(entries.values.filter { guests[$0.object] != nil }.map(\.place))
        let staying = Set(request.quarantine.residue.map(\.place)).subtracting(gone)
            .filter { request.quarantine.catalog[$0] != nil }
        return Set(gone.map { $0.path[0] }).subtracting(staying.map { $0.path[0] }).sorted()
    }

    private func dropping(_ schema: String) -> Operation {
        let id = ObjectID.schema(schema)
        var operation = Operation(
            "drop", id, title: "Drop \(id), which holds nothing any more",
            .statements(["DROP SCHEMA \(name: schema)"]), phase: .expand,
            undo: Undo(
                .exact, [Statement(("CREATE SCHEMA \(name: schema)" as SQL).text(.postgreSQL))]))
        operation.destroys = [id]
        return operation
    }
}
