// Owns how tables are attached to others and detached from them: before all that is done to them
// otherwise, as `Reparenting` has it.

import Planning
import SchemaCore

struct Reparentings {
    /// A table that gets others above it, or none.
    struct Move {
        let id: ObjectID
        let from: TableDefinition
        let to: TableDefinition
        /// What it was made of, under the addresses after the renames, and what it is made of then.
        let before: [PostgreSQLObject]
        let after: [PostgreSQLObject]
        let touches: [Step.Touch]

        var oldParents: [ObjectID] { from.parents(in: id.path[0]) }
        var newParents: [ObjectID] { to.parents(in: id.path[0]) }
        var table: SQL { "\(name: id.path)" }
    }

    let context: PlanContext
    private let moves: [Move]
    private let derivation: Derivation
    private let request: PlanningRequest<PostgreSQLObject>
    private typealias Triggers = [ObjectID: [(id: ObjectID, trigger: TriggerDefinition)]]
    /// Those for each row, by table.
    private let triggers: Triggers

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        self.context = context
        self.request = request
        let settled = request.settlement.catalog
        let index = TablePartIndex(settled)
        let before = TablePartIndex(request.live)
        derivation = Derivation(settled, index)
        let map = AddressMap(request.settlement.renames)
        var moves: [Move] = []
        for object in request.live.sorted {
            guard case .table(let live) = object.definition,
                let then = settled[map.settled(object.id)], case .table(let to) = then.definition
            else { continue }
            var from = live
            from.origin = live.renamed(in: object.id.path[0], map)
            guard Self.isMove(from.origin, to.origin) else { continue }
            moves.append(
                Self.move(
                    object, from, before.parts(of: object.id, in: request.live), then, to,
                    index.parts(of: then.id, in: settled), map))
        }
        self.moves = moves
        triggers = moves.isEmpty ? [:] : Self.triggers(in: settled)
    }

    func operations() -> [Operation] {
        var operations: [Operation] = []
        var rebound: [[ObjectID]: [Move]] = [:]
        if moves.isEmpty { return [] }
        var names = StagingNames(request)
        let tree = PartitionTree(request, context)
        for move in moves {
            switch (move.from.isPartition, move.to.isPartition) {
            case (true, true): rebound[move.newParents, default: []].append(move)
            case (false, true): operations += attachment(move, &names)
            case (true, false): operations += detachment(move, tree)
            case (false, false): operations.append(inheritance(move))
            }
        }
        // Bounds that change places are all free before one is taken.
        return operations
            + rebound.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { changed($0.value) }
    }

    /// A type is printed anew by the server after a rename, and never changes here.
    private static func isMove(
        _ from: TableDefinition.Origin?, _ to: TableDefinition.Origin?
    ) -> Bool {
        if case .type? = from { return false }
        if case .type? = to { return false }
        return from != to
    }

    private static func move(
        _ live: PostgreSQLObject, _ from: TableDefinition, _ before: [PostgreSQLObject],
        _ then: PostgreSQLObject, _ to: TableDefinition, _ after: [PostgreSQLObject],
        _ map: AddressMap
    ) -> Move {
        let old = Dictionary(
            before.map { (map.settled($0.id), $0) }, uniquingKeysWith: { first, _ in first })
        let new = Set(after.map(\.id))
        var touches = [Step.Touch(object: then.id, before: live.digest, after: then.digest)]
        touches += old.filter { !new.contains($0.key) }.sorted { $0.key < $1.key }.map {
            Step.Touch(object: $0.key, before: $0.value.digest, after: nil)
        }
        touches += after.filter { old[$0.id] == nil }.map {
            Step.Touch(object: $0.id, before: nil, after: $0.digest)
        }
        return Move(
            id: then.id, from: from, to: to,
            before: old.map { id, object in
                PostgreSQLObject(
                    id, object.definition, dependencies: object.dependencies,
                    position: object.position)
            }.sorted { $0.id < $1.id }, after: after, touches: touches)
    }

    /// What comes before all that is done to the tables otherwise.
    func operation(
        _ verb: String, _ moves: [Move], title: String, _ statements: [SQL], undo: [SQL],
        phase: Phase
    ) -> Operation {
        var operation = Operation(
            verb, moves[0].id, title: title, .statements(statements), phase: phase,
            undo: context.exactly(undo))
        operation.data = .kept
        for move in moves {
            operation.touches += move.touches
            // What is changed of the tables that it leaves is no longer changed of it.
            operation.produces.formUnion(
                [move.id] + move.oldParents + move.newParents + move.after.map(\.id))
            let parts = (move.oldParents + move.newParents).flatMap { derivation.parts(of: $0) }
            operation.releases.formUnion(
                move.oldParents + (move.before + move.after + parts).map(\.id))
        }
        operation.releases.formUnion(operation.produces)
        return operation
    }

    static func bounds(of parents: [ObjectID]) -> Set<NameSlot> {
        Set(parents.map { NameSlot(space: .other, path: ["bounds"] + $0.path) })
    }

    func attaching(_ move: Move, to table: TableDefinition) -> SQL {
        guard case .partition(let parent, let bound)? = table.origin else { return "" }
        return "ALTER TABLE \(parent.sql) ATTACH PARTITION \(move.table) \(verbatim: bound)"
    }

    func detaching(_ move: Move, from table: TableDefinition) -> SQL {
        guard case .partition(let parent, _)? = table.origin else { return "" }
        return "ALTER TABLE \(parent.sql) DETACH PARTITION \(move.table)"
    }

    /// Whether the partition for all rows that no other takes leaves a table.
    func takesDefault(from table: ObjectID) -> Bool {
        moves.contains { $0.from.isDefaultPartition && $0.oldParents == [table] }
    }

    // MARK: - Partitions

    /// What the parent asks for and the table has not: NOT NULL and checks.
    func adaptation(_ move: Move) -> (statements: [SQL], undo: [SQL], probes: [Probe]) {
        let alter: SQL = "ALTER TABLE \(move.table)"
        var statements: [SQL] = []
        var undo: [SQL] = []
        var probes: [Probe] = []
        for part in move.newParents.flatMap({ derivation.parts(of: $0) }) {
            let own = move.before.first {
                $0.id.kind == part.id.kind && $0.id.name == part.id.name
            }
            if case .column(let above) = part.definition, above.passesNotNull, let own,
                case .column(let column) = own.definition
            {
                let more = context.notNullAdaptation(own, column, below: part)
                statements += more.statements
                undo += more.undo
                probes += more.probes
            }
            if case .constraint(let check) = part.definition, check.isInheritedCheck, own == nil {
                statements.append("\(alter) ADD \(check.clause(name: part.id.name))")
                undo.append("\(alter) DROP CONSTRAINT \(name: part.id.name)")
            }
        }
        return (statements, undo, probes)
    }

    private static func triggers(in catalog: Catalog<PostgreSQLObject>) -> Triggers {
        catalog.objects.values.reduce(into: [:]) { out, object in
            guard case .plain(.trigger(let trigger)) = object.definition, trigger.forEachRow
            else { return }
            let table = ObjectID.table(object.id.path[0], object.id.path[1])
            out[table, default: []].append((object.id, trigger))
        }
    }

    /// The names that the parent's triggers take on the table.
    func triggers(of move: Move) -> Set<NameSlot> {
        move.newParents.flatMap { triggers[$0] ?? [] }.reduce(into: []) { out, item in
            let own = ObjectID.trigger(move.id.path[0], move.id.name, item.id.name)
            out.formUnion(item.trigger.names(own))
        }
    }

    /// What the server builds on the table, since the parent has it and the table has not.
    func missingIndexes(_ move: Move) -> [ObjectID] {
        let known = Set(
            (context.settled[move.id]?.partition?.names ?? [:]).keys)
        return move.newParents.flatMap { derivation.parts(of: $0) }.filter { part in
            part.isIndexOrKey && !known.contains(part.id.name)
        }.map { part in
            ObjectID(
                part.id.kind, part.id.kind == .index ? part.id.path : move.id.path + [part.id.name])
        }
    }

    /// The locks on the table, on the one above, and on the partition that holds what no other
    /// takes, of which the server looks at all rows.
    func locked(_ move: Move, _ parent: Effects.Lock) -> Effects {
        var effects = Effects()
        effects.locks = [parent, .accessExclusive(move.id)]
        let parents = Set(move.oldParents + move.newParents)
        for other in parents.compactMap(context.tree.defaultPartition).sorted()
        where other != move.id {
            effects.locks.append(.accessExclusive(other))
            if !move.newParents.isEmpty { effects.scans.append(other) }
        }
        return effects
    }

    /// Bounds change by leaving and coming back, all at once.
    private func changed(_ moves: [Move]) -> Operation {
        let forward =
            moves.map { detaching($0, from: $0.from) } + moves.map { attaching($0, to: $0.to) }
        let back =
            moves.map { detaching($0, from: $0.to) } + moves.map { attaching($0, to: $0.from) }
        let names = moves.map(\.id.description).joined(separator: ", ")
        var change = operation(
            "rebound", moves, title: "Change which rows \(names) takes", forward, undo: back,
            phase: .contract)
        change.frees = Self.bounds(of: moves.flatMap(\.oldParents))
        change.takes = Self.bounds(of: moves.flatMap(\.newParents))
        var effects = Effects()
        for move in moves {
            let own = locked(move, .accessExclusive(move.newParents[0]))
            let parents = move.oldParents.map { Effects.Lock.accessExclusive($0) }
            for lock in parents + own.locks where !effects.locks.contains(lock) {
                effects.locks.append(lock)
            }
            for scanned in [move.id] + own.scans where !effects.scans.contains(scanned) {
                effects.scans.append(scanned)
            }
            guard let condition = context.desired[move.id]?.partition?.condition,
                !move.to.isDefaultPartition
            else { continue }
            change.probes.append(
                context.probe(
                    "outsiders",
                    counting: "rows of \(move.id.dottedPath) that its new bound does not take",
                    of: move.id,
                    """
                    SELECT count(*) FROM \(context.former.rows(of: move.id)) \
                    WHERE (\(verbatim: condition)) IS NOT TRUE
                    """, .fails))
        }
        effects.breaks = moves.map {
            .init(
                object: $0.newParents[0],
                consequence: "rows that \($0.id.dottedPath) no longer takes may have no place")
        }
        change.effects = effects
        return change
    }

    // MARK: - Inheritance

    private func inheritance(_ move: Move) -> Operation {
        let gone = move.oldParents.filter { !move.newParents.contains($0) }
        let come = move.newParents.filter { !move.oldParents.contains($0) }
        func alter(_ word: SQL, _ parents: [ObjectID]) -> [SQL] {
            parents.map { "ALTER TABLE \(move.table) \(word) \(name: $0.path)" }
        }
        var change = operation(
            "inherit", [move], title: "Change which tables \(move.id) inherits from",
            alter("NO INHERIT", gone) + alter("INHERIT", come),
            undo: alter("NO INHERIT", come) + alter("INHERIT", gone),
            phase: gone.isEmpty ? .expand : .contract)
        change.effects.locks =
            [.accessExclusive(move.id)] + come.map { .shareUpdateExclusive($0) }
        change.effects.breaks = gone.map {
            .init(
                object: $0,
                consequence: "queries no longer find the rows of \(move.id.dottedPath) in it",
                isFailure: false)
        }
        return change
    }
}
