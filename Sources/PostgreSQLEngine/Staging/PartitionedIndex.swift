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

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        self.request = request
        self.context = context
    }

    /// How an object gets from one definition to the other: an index that lacks parts and no more
    /// gets those.
    func alteration(from old: PostgreSQLObject, to new: PostgreSQLObject) -> Alteration {
        completes(old, as: new) ? .inPlace([]) : context.alteration(from: old, to: new)
    }

    /// Whether an index that is there becomes whole by parts alone.
    private func completes(_ old: PostgreSQLObject, as new: PostgreSQLObject) -> Bool {
        guard context.options.concurrentIndexes, context.settled.lacksParts(old),
            case .index(var whole) = old.definition, case .index(let index) = new.definition
        else { return false }
        whole.isValid = true
        let table = index.owner(of: new.id)
        let tree = PartitionTree(request, context)
        var names = StagingNames(request)
        return whole == index && tree.isWhole(below: table)
            && tree.missingParts(of: new.id, index, on: table, context, &names)
                .contains { context.desired[$0.table] != nil }
    }

    /// The operations with the steps for each index that can be made so, in place of its own.
    func staged(_ operations: [Operation], _ recreation: Recreation) -> [Operation] {
        guard context.options.concurrentIndexes else { return operations }
        let creations =
            operations.filter { operation in
                operation.verb == "create" && operation.subject.kind == .index
                    && !operation.isConcurrent
            } + completions(recreation)
        var out = operations
        let places = Set(operations.flatMap(\.takes))
        var known: (tree: PartitionTree, names: StagingNames)?
        for creation in creations {
            guard let object = context.desired[creation.subject],
                case .index(let index) = object.definition,
                case let table = index.owner(of: object.id), context.exists(table),
                context.isPartitioned(table)
            else { continue }
            var (tree, names) = known ?? (PartitionTree(request, context), StagingNames(request))
            defer { known = (tree, names) }
            let parts =
                isReturning(object.id, recreation) || !tree.isWhole(below: table)
                ? []
                : tree.missingParts(
                    of: object.id, index, on: table, context, beside: places, &names)
            out =
                parts.isEmpty
                ? tree.adopting(creation, index, on: table, context, out)
                : IndexParts(context, creation, object, index, parts).staged(out)
        }
        return out
    }

    /// What would make the indexes that only lack parts.
    private func completions(_ recreation: Recreation) -> [Operation] {
        request.changes.flatMap { change -> [Operation] in
            guard case .alter(let old, let new) = change, !isReturning(new.id, recreation),
                completes(old, as: new)
            else { return [] }
            return context.creation(of: new)
        }
    }

    /// Whether an index leaves before it comes back: its parts have their names until then.
    private func isReturning(_ id: ObjectID, _ recreation: Recreation) -> Bool {
        recreation.contains(id) || request.settlement.removed.contains { $0.id == id }
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
        let made = Dictionary(
            uniqueKeysWithValues: parts.map { ($0.made(of: id, index).id, $0.made(of: id, index)) })
        let rest = operations.flatMap { operation -> [Operation] in
            switch operation.verb {
            case "drop" where taken.contains(operation.subject): return []
            case "create" where operation.subject == id: return []
            case "create":
                return made[operation.subject].flatMap { settled(operation, from: $0) }
                    ?? [operation]
            default: return [operation]
            }
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

    /// What is left to be said of a part that is made by its name and parameters.
    private func settled(_ operation: Operation, from made: PostgreSQLObject) -> [Operation]? {
        guard let wanted = context.desired[made.id],
            case .inPlace(let steps) = context.alteration(from: made, to: wanted)
        else { return nil }
        return steps.map { step in
            var step = step
            step.consumes.formUnion(operation.consumes)
            step.takes.formUnion(operation.takes)
            return step
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

    /// What a manifest states of a part is there when it is one.
    private func joined(_ operation: Operation, _ part: IndexPart) -> Operation {
        let made = part.made(of: id, index)
        guard let wanted = context.desired[made.id] else { return operation }
        var operation = operation
        if made.digest == wanted.digest { operation.produces.insert(made.id) }
        operation.touches.append(
            Step.Touch(object: made.id, before: nil, after: made.digest))
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
        return joined(operation, part)
    }

    /// The part of a partition that nobody uses yet.
    private func fresh(_ part: IndexPart) -> Operation {
        var operation = step(
            "create", part, "Create \(part.table)'s part of \(id)",
            .statements([part.creation(.plain), part.attaching]), undo: Self.noWayBack)
        operation.effects = context.momentary([
            .shareUpdateExclusive(part.above), .share(part.table),
        ])
        return joined(operation, part)
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
        return joined(operation, part)
    }
}
