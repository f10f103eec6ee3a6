// Owns what becomes of drops where what they would destroy is kept for a while. Invariant: an
// object goes into quarantine with all that it cannot be without, or is dropped as it would be
// otherwise, and that is told.

import Planning
import SchemaCore

/// Moves what is dropped and holds data into a schema of its own in place of dropping it.
struct IntoQuarantine {
    private let request: PlanningRequest<PostgreSQLObject>
    private let context: PlanContext
    /// The drops by what they are about.
    private let drops: [ObjectID: Operation]
    /// What each dropped object goes with.
    private let heads: [ObjectID: ObjectID]
    /// What something else than a drop takes the form of.
    private let unsteady: Set<ObjectID>
    /// The tables with foreign keys.
    private let referring: Set<ObjectID>
    /// The roles that have rights on something, or own it, without a manifest.
    private let roles: [ObjectID: Set<ObjectID>]

    init(
        _ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext,
        _ operations: [Operation]
    ) {
        self.request = request
        self.context = context
        let dropping = operations.filter { $0.verb == "drop" }
        drops = Dictionary(dropping.map { ($0.subject, $0) }, uniquingKeysWith: { $1 })
        heads = Dictionary(
            dropping.flatMap { drop in drop.destroys.map { ($0, drop.subject) } },
            uniquingKeysWith: { $1 })
        unsteady = Set(operations.filter { $0.verb != "drop" }.flatMap(\.destroys))
        referring = Set(
            context.settled.objects.values.compactMap { object in
                guard case .constraint(let constraint) = object.definition,
                    case .foreignKey = constraint.rule
                else { return nil }
                return object.parent
            })
        roles = Dictionary(
            context.unstated.objects.values.compactMap { object in
                object.id.subject.map { ($0, context.roles(behind: object)) }
            }, uniquingKeysWith: { $0.union($1) })
    }

    /// The operations with moves in place of drops, and what is dropped all the same.
    func placed(_ operations: [Operation]) -> (operations: [Operation], notes: [Diagnostic]) {
        if (context.options.retention ?? 0) == 0 || drops.isEmpty { return (operations, []) }
        var waiting = Set(drops.keys.filter(holdsData))
        var notes: [Diagnostic] = []
        var isStable = false
        while !isStable {
            isStable = true
            for id in waiting.sorted() {
                var seen: Set<ObjectID> = []
                guard let why = hindrance(id, waiting, &seen) else { continue }
                notes.append(Self.note(id, why))
                waiting.remove(id)
                isStable = false
            }
        }
        var moving: Set<ObjectID> = []
        for id in waiting { _ = hindrance(id, waiting, &moving) }
        for object in request.quarantine.catalog.objects.values {
            for need in needs(object) { _ = hindrance(need, waiting, &moving) }
        }
        moving = moving.filter { waiting.contains($0) || isCompanion($0) }
        if moving.isEmpty { return (operations, notes) }
        let homes = homes(of: moving)
        let moved = operations.map { operation in
            operation.verb == "drop" && moving.contains(operation.subject)
                ? move(operation, homes, among: moving) : operation
        }
        return (homes.sorted { $0.key < $1.key }.map(Self.making) + moved, notes)
    }

    private static func note(_ id: ObjectID, _ why: String) -> Diagnostic {
        Diagnostic(
            .note, code: "dropped-at-once",
            "\(id) is dropped at once and not kept in quarantine: \(why)",
            help: "make a backup of it, or drop it in a plan of its own")
    }

    // MARK: - What can wait

    /// Whether rows, or a count that was reached, would be lost.
    private func holdsData(_ id: ObjectID) -> Bool {
        guard context.desired[id] == nil else { return false }
        switch context.leaving(id)?.definition {
        case .table?, .sequence?: return true
        case .schema?, .extension?, .column?, .columnDefault?, .constraint?, .index?, .enum?,
            .view?,
            .function?, .comment?, .plain?, nil:
            return false
        }
    }

    /// Whether it holds nothing by itself, and can go along with what cannot be without it.
    private func isCompanion(_ id: ObjectID) -> Bool {
        guard drops[id] != nil, context.desired[id] == nil, let object = context.leaving(id) else {
            return false
        }
        switch object.definition {
        case .enum: return true
        case .function:
            // Its address has the types of its arguments, which would be others in quarantine.
            return object.dependencies.allSatisfy { $0.kind == .schema || heads[$0] == nil }
        case .plain: return id.kind == .domain || id.kind == .compositeType
        case .schema, .extension, .table, .column, .columnDefault, .constraint, .index, .sequence,
            .view, .comment:
            return false
        }
    }

    /// Why an object, or something that it cannot be without, cannot wait; nil if all can.
    ///
    /// - Parameter seen: what was looked at.
    private func hindrance(
        _ id: ObjectID, _ waiting: Set<ObjectID>, _ seen: inout Set<ObjectID>
    ) -> String? {
        if unsteady.contains(id) { return "\(id) takes another form" }
        guard let head = heads[id], head.kind != .schema else { return nil }
        guard seen.insert(head).inserted, let drop = drops[head] else { return nil }
        guard waiting.contains(head) || isCompanion(head) else {
            return "\(head) is dropped as well"
        }
        if let why = ownHindrance(head, waiting) { return why }
        let gone = drop.destroys
        var needed: Set<ObjectID> = []
        for id in gone {
            needed.formUnion(roles[id] ?? [])
            if let object = context.leaving(id) { needed.formUnion(needs(object)) }
        }
        for need in needed.subtracting(gone).sorted() {
            if let why = hindrance(need, waiting, &seen) { return why }
        }
        return nil
    }

    private func needs(_ object: PostgreSQLObject) -> Set<ObjectID> {
        object.dependencies.union(context.roles(behind: object))
    }

    private func ownHindrance(_ id: ObjectID, _ waiting: Set<ObjectID>) -> String? {
        guard case .table(let table)? = context.leaving(id)?.definition else { return nil }
        let parents = table.parents(in: id.path[0])
        guard let staying = parents.first(where: { !waiting.contains($0) }) else { return nil }
        guard table.isPartition else { return "it inherits from \(staying), which stays" }
        var above = parents
        while let next = above.popLast() {
            if referring.contains(next) { return "\(next), which stays, has foreign keys" }
            above += context.settled[next]?.parentTables ?? []
        }
        return nil
    }

    // MARK: - How it goes

    /// The schemas to which things go, by those that they come from: none that was used before.
    private func homes(of moving: Set<ObjectID>) -> [String: String] {
        let taken = Set(request.quarantine.residue.map { $0.place.path[0] })
            .union(request.live.ids.filter { $0.kind == .schema }.map(\.name))
            .union(request.others.ids.filter { $0.kind == .schema }.map(\.name))
        let all = Set(
            moving.flatMap { drops[$0]?.destroys ?? [] }.filter {
                moving.contains($0) || $0.kind == .statistics
            }.map { $0.path[0] })
        var number = 0
        return Dictionary(
            uniqueKeysWithValues: all.sorted().map { schema in
                repeat { number += 1 } while taken.contains(Self.name(number))
                return (schema, Self.name(number))
            })
    }

    private static func name(_ number: Int) -> String { "lockstep_quarantine_\(number)" }

    private static func making(_ source: String, _ home: String) -> Operation {
        let id = ObjectID.schema(home)
        var operation = Operation(
            "create", id, title: "Create \(id) for what leaves \(source)",
            .statements(["CREATE SCHEMA \(name: home)"]), phase: .contract,
            undo: Undo(.exact, [Statement(("DROP SCHEMA \(name: home)" as SQL).text(.postgreSQL))]))
        operation.produces = [id]
        return operation
    }

    private func move(
        _ drop: Operation, _ homes: [String: String], among moving: Set<ObjectID>
    ) -> Operation {
        let id = drop.subject
        var operation = drop
        let time = context.options.retention.map { " for " + Retention.text($0) } ?? ""
        operation.title = "Move \(id) into quarantine\(time)"
        let guests = drop.destroys.filter { $0.kind == .statistics }.sorted()
        var there: [SQL] = []
        var back: [SQL] = []
        for object in [id] + guests {
            guard let home = homes[object.path[0]] else { continue }
            let place = object.moved(to: home)
            operation.consumes.insert(.schema(home))
            there.append("ALTER \(object.reference) SET SCHEMA \(name: home)")
            back.append("ALTER \(place.reference) SET SCHEMA \(name: object.path[0])")
            if object == id { operation.residue.append(Residue(object: id, place: place)) }
        }
        if let leash = Leash(context.leaving(id), among: moving) {
            there.insert(leash.loosen, at: 0)
            back.append(leash.tie)
        }
        operation.form = .statements(there)
        operation.undo = Undo(.exact, context.statements(back))
        operation.effects.locks += context.locks(
            drop.destroys.filter { $0.kind == .sequence && $0 != id }.sorted().map {
                .accessExclusive($0)
            })
        return operation
    }
}

/// What ties an object to something that stays, and keeps it from another schema.
struct Leash {
    /// Takes it off.
    let loosen: SQL
    /// Puts it on again.
    let tie: SQL

    /// - Parameter moving: what goes along.
    init?(_ object: PostgreSQLObject?, among moving: some Collection<ObjectID>) {
        guard let object else { return nil }
        switch object.definition {
        case .table(let table):
            guard case .partition(let parent, let bound)? = table.origin,
                let above = object.parentTables.first, !moving.contains(above)
            else { return nil }
            let name: SQL = "\(name: object.id.path)"
            loosen = "ALTER TABLE \(parent.sql) DETACH PARTITION \(name)"
            tie = "ALTER TABLE \(parent.sql) ATTACH PARTITION \(name) \(verbatim: bound)"
        case .sequence(let sequence):
            guard sequence.ownedBy != nil else { return nil }
            var free = sequence
            free.ownedBy = nil
            loosen = free.ownership(object.id)
            tie = sequence.ownership(object.id)
        case .schema, .extension, .column, .columnDefault, .constraint, .index, .enum, .view,
            .function, .comment, .plain:
            return nil
        }
    }
}

extension ObjectID {
    /// The same in another schema.
    func moved(to schema: String) -> ObjectID {
        if let subject { return subject.moved(to: schema).facet(kind) }
        return ObjectID(kind, [schema] + path.dropFirst())
    }
}
