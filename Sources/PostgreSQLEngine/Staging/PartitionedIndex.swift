// Owns how an index comes to a partitioned table that is there. Invariant: nobody's writes wait
// while a part is built, and the index serves as a whole when its last part has come.

import Planning
import SchemaCore

/// Replaces the making of an index on a partitioned table by steps for its parts: it is made on
/// the table alone, then a part is built concurrently on each partition and made its own.
///
/// An index that lacks parts, as an import of `CREATE INDEX ON ONLY` gives it, gets only those. A
/// table with partitions that are foreign tables or out of scope is left to one statement: without
/// parts on these the server never takes the index for whole.
struct PartitionedIndex {
    private let request: PlanningRequest<PostgreSQLObject>
    private let context: PlanContext
    private let recreation: Recreation

    init(
        _ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext,
        _ recreation: Recreation
    ) {
        self.request = request
        self.context = context
        self.recreation = recreation
    }

    /// The operations with the steps for each index that can be made so, in place of its own.
    func staged(_ operations: [Operation]) -> [Operation] {
        guard context.options.concurrentIndexes else { return operations }
        let creations = operations.filter { operation in
            operation.verb == "create" && operation.subject.kind == .index
                && !operation.isConcurrent
        }
        var out = operations
        let places = Set(operations.flatMap(\.takes))
        var known: (tree: PartitionTree, names: StagingNames)?
        for creation in creations {
            guard let object = context.desired[creation.subject],
                case .index(let index) = object.definition,
                case let table = index.owner(of: object.id), context.exists(table),
                context.isPartitioned(table), isNew(object) || lacksOnlyParts(object, index)
            else { continue }
            var (tree, names) = known ?? (PartitionTree(request, context), StagingNames(request))
            defer { known = (tree, names) }
            guard tree.isWhole(below: table) else { continue }
            let parts = tree.missingParts(
                of: object.id, index, on: table, context, beside: places, &names)
            if parts.isEmpty { continue }
            out = IndexParts(context, creation, object, index, parts).staged(out)
        }
        return out
    }

    private func isNew(_ object: PostgreSQLObject) -> Bool {
        context.settled[object.id] == nil && !recreation.contains(object.id)
            && !request.settlement.removed.contains { $0.id == object.id }
    }

    /// Whether an index is there and all that it wants is parts.
    private func lacksOnlyParts(_ object: PostgreSQLObject, _ index: IndexDefinition) -> Bool {
        let id = object.id
        guard recreation.causes[id] == id, let old = context.settled[id],
            case .index(var whole) = old.definition, context.settled.lacksParts(old),
            context.settled[id.comment] == context.desired[id.comment]
        else { return false }
        whole.isValid = true
        return whole == index
            && context.settledIndex.standing(on: id).allSatisfy {
                [.comment, .part].contains($0.id.kind) && context.desired[$0.id] == $0
            }
    }
}

/// The partitions below tables: those that are managed and those that are not, with those that
/// this plan makes.
struct PartitionTree {
    private var partitions: [ObjectID: Set<ObjectID>] = [:]
    /// The tables of which partitions are foreign tables, or out of scope.
    private var mixed: Set<ObjectID> = []
    private let there: [Catalog<PostgreSQLObject>]

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        there = [context.settled, request.others]
        let created = context.created.compactMap { context.desired[$0] }
        for object in there.flatMap(\.objects.values) + created {
            switch object.definition {
            case .table(let table):
                if object.partition?.isAboveOthers == true { mixed.insert(object.id) }
                guard table.isPartition else { continue }
                for parent in table.parents(in: object.id.path[0]) {
                    partitions[parent, default: []].insert(object.id)
                }
            case .plain(.foreignTable(let table)):
                if let parent = table.parentTable(in: object.id.path[0]) { mixed.insert(parent) }
            case .schema, .extension, .column, .columnDefault, .constraint, .index, .enum,
                .sequence, .view, .function, .comment, .plain:
                continue
            }
        }
        let map = AddressMap(request.settlement.renames)
        for object in request.live.objects.values where object.partition?.isAboveOthers == true {
            mixed.insert(map.settled(object.id))
        }
    }

    /// The partitions right below a table, in order.
    func partitions(of table: ObjectID) -> [ObjectID] { (partitions[table] ?? []).sorted() }

    /// Whether all partitions below a table are tables that are known.
    func isWhole(below table: ObjectID) -> Bool {
        !mixed.contains(table) && partitions(of: table).allSatisfy { isWhole(below: $0) }
    }

    /// The partition for all rows that no other takes.
    func hasDefault(_ table: ObjectID) -> Bool {
        partitions(of: table).contains { id in
            guard case .table(let table)? = self[id]?.definition else { return false }
            return table.isDefaultPartition
        }
    }

    /// What is there before the plan.
    subscript(_ id: ObjectID) -> PostgreSQLObject? { there.lazy.compactMap { $0[id] }.first }

    /// The parts that an index on a table has not, each after the one that it is a part of.
    ///
    /// - Parameter places: what the plan takes. A partition that leaves for the sake of another's
    ///   bound is gone before.
    fileprivate func missingParts(
        of root: ObjectID, _ index: IndexDefinition, on table: ObjectID, _ context: PlanContext,
        beside places: Set<NameSlot>, _ names: inout StagingNames
    ) -> [IndexPart] {
        var parts: [IndexPart] = []
        var queue = [(table: table, index: root)]
        while !queue.isEmpty {
            let above = queue.removeFirst()
            let bounds = NameSlot(space: .other, path: ["bounds"] + above.table.path)
            for partition in partitions(of: above.table) {
                let leaves =
                    context.settled[partition] != nil && context.desired[partition] == nil
                if leaves && places.contains(bounds) { continue }
                let isBranch =
                    (self[partition] ?? context.desired[partition])?.isPartitioned == true
                if let own = self[partition]?.partition?.names[above.index.name] {
                    if isBranch { queue.append((partition, .index(partition.path[0], own))) }
                    continue
                }
                let part = part(of: root, index, on: partition, above.index, context, &names)
                parts.append(part)
                if isBranch { queue.append((partition, part.id)) }
            }
        }
        // What is built is built when all that it is to be a part of is there.
        return parts.filter(\.isBranch) + parts.filter { !$0.isBranch }
    }

    private func part(
        of root: ObjectID, _ index: IndexDefinition, on table: ObjectID, _ above: ObjectID,
        _ context: PlanContext, _ names: inout StagingNames
    ) -> IndexPart {
        let schema = table.path[0]
        var definition = index.withoutStatistics
        definition.table = table.name
        if case .plain(.part(let part))? = context.desired[
            ObjectID(.part, [schema, table.name, root.name])]?.definition
        {
            definition.options = part.options ?? index.options
        }
        let isBranch = (self[table] ?? context.desired[table])?.isPartitioned == true
        let own = context.settledIndex.parts(of: table).first { object in
            guard !isBranch, case .index(let own) = object.definition else { return false }
            return own == definition && context.desired[object.id] == nil
                && context.settledIndex.standing(on: object.id).isEmpty
        }
        let name =
            own?.id.name
            ?? context.desired[table]?.partition?.names[above.name].map {
                names.free(in: schema, taking: $0, "idx")
            }
            ?? names.free(in: schema, table.name, index.columnNames, "idx")
        return IndexPart(
            id: .index(schema, name), table: table, definition: definition, above: above,
            isBranch: isBranch, isThere: own != nil, isNew: self[table] == nil)
    }
}

/// A partition's part of an index, that has to come.
private struct IndexPart {
    let id: ObjectID
    /// The partition.
    let table: ObjectID
    let definition: IndexDefinition
    /// The index that it is to be a part of.
    let above: ObjectID
    /// Whether the partition has partitions itself.
    let isBranch: Bool
    /// Whether it is there as the partition's own.
    let isThere: Bool
    /// Whether the partition comes with this plan.
    let isNew: Bool

    var digest: Digest { PostgreSQLObject(id, .index(definition)).digest }
    var attaching: SQL { "ALTER INDEX \(name: above.path) ATTACH PARTITION \(name: id.path)" }

    func creation(_ way: IndexDefinition.Way) -> SQL {
        definition.creation(schema: id.path[0], name: id.name, way)
    }
}

/// An index with the parts that it is to get.
private struct IndexParts {
    private let context: PlanContext
    private let creation: Operation
    private let object: PostgreSQLObject
    private let index: IndexDefinition
    private let parts: [IndexPart]
    /// The index while it lacks parts.
    private let lacking: PostgreSQLObject

    init(
        _ context: PlanContext, _ creation: Operation, _ object: PostgreSQLObject,
        _ index: IndexDefinition, _ parts: [IndexPart]
    ) {
        self.context = context
        self.creation = creation
        self.object = object
        self.index = index
        self.parts = parts
        var lacking = index
        lacking.isValid = false
        self.lacking = PostgreSQLObject(object.id, .index(lacking))
    }

    private var id: ObjectID { object.id }

    /// The operations with the steps in place of those for the index, and for what becomes a part.
    func staged(_ operations: [Operation]) -> [Operation] {
        let isThere = context.settled[id] != nil
        let taken = Set(parts.filter(\.isThere).map(\.id))
        let standing = isThere ? context.settledIndex.standing(on: id).map(\.id) : []
        let own = Set(standing + [id])
        let rest = operations.filter { operation in
            if taken.contains(operation.subject) { return operation.verb != "drop" }
            return
                !(own.contains(operation.subject)
                && ["create", "drop"].contains(operation.verb))
        }
        var steps = (isThere ? [] : [root]) + parts.flatMap(steps)
        let last = steps.count - 1
        steps[last].produces.insert(id)
        steps[last].touches.append(
            Step.Touch(object: id, before: lacking.digest, after: object.digest))
        return rest
            + steps.enumerated().map { place, operation in
                var operation = operation
                operation.sequence = place
                operation.sequenceKey = id
                operation.staysOnTop = true
                return operation
            }
    }

    /// The index on its table alone.
    private var root: Operation {
        var operation = creation
        operation.title = "Create \(id) on its table alone"
        operation.form = .statements(
            [index.creation(schema: id.path[0], name: id.name, .alone)]
                + index.statistics(id, from: nil))
        operation.effects.locks = [.share(index.owner(of: id))]
        operation.effects.scans = []
        operation.effects.builds = []
        operation.effects.breaks = []
        operation.produces = []
        // What is made before has no part of it of itself, and is built one; what is made
        // meanwhile would have one already.
        operation.consumes.formUnion(parts.filter(\.isNew).map(\.table))
        operation.touches = [Step.Touch(object: id, before: nil, after: lacking.digest)]
        return operation
    }

    private func steps(for part: IndexPart) -> [Operation] {
        if part.isBranch { return [branch(part)] }
        if part.isNew { return [fresh(part)] }
        return (part.isThere ? [] : [build(part)]) + [attachment(part)]
    }

    private func step(
        _ verb: String, _ part: IndexPart, _ title: String, _ form: Operation.Form, undo: Undo
    ) -> Operation {
        var operation = Operation(
            verb, part.id, title: title, form, phase: creation.phase, undo: undo)
        operation.consumes = creation.consumes
        if part.isNew { operation.consumes.insert(part.table) }
        // One that leaves with this plan has its part until then.
        operation.releases = [part.table]
        if !part.isThere { operation.takes = [NameSlot(space: .relation, path: part.id.path)] }
        return operation
    }

    private static let noWayBack = Undo(
        .none(reason: "a part leaves an index only together with it"), [])

    private func branch(_ part: IndexPart) -> Operation {
        var operation = step(
            "create", part, "Create \(part.table)'s part of \(id) on that table alone",
            .statements([part.creation(.alone), part.attaching]), undo: Self.noWayBack)
        operation.effects = context.momentary([
            .shareUpdateExclusive(part.above), .share(part.table),
        ])
        return operation
    }

    /// The part of a partition that nobody uses yet.
    private func fresh(_ part: IndexPart) -> Operation {
        var operation = step(
            "create", part, "Create \(part.table)'s part of \(id)",
            .statements([part.creation(.plain), part.attaching]), undo: Self.noWayBack)
        operation.effects = context.momentary([
            .shareUpdateExclusive(part.above), .share(part.table),
        ])
        return operation
    }

    private func build(_ part: IndexPart) -> Operation {
        let cleanup: SQL = "DROP INDEX CONCURRENTLY \(name: part.id.path)"
        var operation = step(
            "create", part, "Build \(part.table)'s part of \(id)",
            .concurrentBuild(build: part.creation(.concurrently), cleanup: cleanup),
            undo: context.exactly([cleanup]))
        operation.effects.builds = [part.id]
        operation.effects.locks = [.shareUpdateExclusive(part.table)]
        if index.isUnique { operation.effects.breaks = [context.uniqueBreak(part.table)] }
        operation.produces = [part.id]
        operation.touches = [Step.Touch(object: part.id, before: nil, after: part.digest)]
        return operation
    }

    private func attachment(_ part: IndexPart) -> Operation {
        var operation = step(
            "attach", part, "Make \(part.id) a part of \(id)", .statements([part.attaching]),
            undo: Self.noWayBack)
        operation.effects = context.momentary([
            .shareUpdateExclusive(part.above), .accessExclusive(part.id),
        ])
        operation.consumes.insert(part.id)
        operation.touches = [Step.Touch(object: part.id, before: part.digest, after: nil)]
        return operation
    }
}

extension IndexDefinition {
    /// What the server makes its name for a part of: the columns, each called once, and `expr` for
    /// what is none.
    fileprivate var columnNames: String {
        var names: [String] = []
        let all =
            keys.map { key in
                switch key.element {
                case .column(let name): name
                case .expression: "expr"
                }
            } + include
        for name in all {
            var unique = name
            var number = 1
            while names.contains(unique) {
                unique = "\(name)\(number)"
                number += 1
            }
            names.append(unique)
        }
        return names.joined(separator: "_")
    }
}
