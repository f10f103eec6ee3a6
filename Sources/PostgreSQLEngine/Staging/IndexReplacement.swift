// Owns how an index gets a form that ALTER INDEX cannot give it. Invariant: until the new form is
// whole the old one serves and refuses, and at no moment does the name stand for nothing.

import Planning
import SchemaCore

/// Replaces the removal of an index and its making anew by three steps: the new form is built
/// concurrently under a name of its own, the two change their names in one short transaction, and
/// the old form is dropped concurrently.
///
/// Comments and the marks of clustering and replica identity go over with the name. An index that
/// more stands on, as foreign keys do, or that has parts on partitions, is not replaced so.
struct IndexReplacement {
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

    /// The operations with the steps for each index that can be replaced so, in place of its own.
    func staged(_ operations: [Operation]) -> [Operation] {
        let unsteady = self.unsteady
        var out = operations
        var names: StagingNames?
        for id in recreation.causes.keys.sorted() where id.kind == .index {
            guard let exchange = exchange(of: id, unsteady, out) else { continue }
            var free = names ?? StagingNames(request)
            out = exchange.staged(
                out, as: free.free(in: id.path[0], id.name, nil, "lockstep_new"),
                old: free.free(in: id.path[0], id.name, nil, "lockstep_old"))
            names = free
        }
        return out
    }

    /// What is not there all the time, or not in one form: an index on it cannot be, either.
    private var unsteady: Set<ObjectID> {
        Set(recreation.causes.keys).union(recreation.swaps.keys)
            .union(recreation.swaps.values.flatMap { $0.map(\.id) })
            .union(request.settlement.removed.map(\.id))
            .union(request.settlement.retyped.map(\.column))
    }

    /// What is to be exchanged for an index; nil if it leaves before it comes back.
    private func exchange(
        of id: ObjectID, _ unsteady: Set<ObjectID>, _ operations: [Operation]
    ) -> IndexExchange? {
        guard recreation.causes[id] == id, let old = context.settled[id],
            let new = context.desired[id], case .index(let from) = old.definition,
            case .index(let to) = new.definition, from.isValid, to.isValid,
            from.owner(of: id) == to.owner(of: id),
            unsteady.isDisjoint(with: old.dependencies.union(new.dependencies))
        else { return nil }
        var marks: [PostgreSQLObject] = []
        for object in context.settledIndex.standing(on: id) {
            if object.id == id.comment { continue }
            guard [.clustering, .replicaIdentity].contains(object.id.kind) else { return nil }
            if object == context.desired[object.id] { marks.append(object) }
        }
        let own = operations.filter { $0.subject == id }
        guard let drop = own.first(where: { $0.verb == "drop" }),
            let create = own.first(where: { $0.verb == "create" && $0.isConcurrent })
        else { return nil }
        return IndexExchange(
            context: context, old: old, from: from, new: new, to: to, marks: marks, drop: drop,
            create: create)
    }
}

extension Recreation {
    /// The operations with the online forms of those for indexes.
    func staged(
        _ operations: [Operation], _ request: PlanningRequest<PostgreSQLObject>,
        _ context: PlanContext
    ) -> [Operation] {
        PartitionedIndex(request, context).staged(
            IndexReplacement(request, context, self).staged(operations), self)
    }
}

/// An index in both of its forms.
private struct IndexExchange {
    let context: PlanContext
    let old: PostgreSQLObject
    let from: IndexDefinition
    let new: PostgreSQLObject
    let to: IndexDefinition
    /// The marks that its table has of it, before and after.
    let marks: [PostgreSQLObject]
    let drop: Operation
    let create: Operation

    private var id: ObjectID { new.id }

    /// The operations with the three steps in place of those for the index, its comment and marks.
    func staged(_ operations: [Operation], as interim: String, old leaving: String) -> [Operation] {
        let carried = Set(marks.map(\.id)).union([id, id.comment])
        let rest = operations.filter { operation in
            !(carried.contains(operation.subject)
                && ["create", "drop", "set-statistics"].contains(operation.verb))
        }
        let interim = ObjectID.index(id.path[0], interim)
        let leaving = ObjectID.index(id.path[0], leaving)
        let steps = [build(interim), exchange(interim, leaving), drop(leaving)]
        return rest
            + steps.enumerated().map { place, operation in
                var operation = operation
                operation.sequence = place
                operation.sequenceKey = id
                return operation
            }
    }

    /// The new form as it is built: how expressions are sampled is said when it has its name.
    private func bare(_ interim: ObjectID) -> PostgreSQLObject {
        PostgreSQLObject(interim, .index(to.withoutStatistics), dependencies: new.dependencies)
    }

    private func build(_ interim: ObjectID) -> Operation {
        let cleanup: SQL = "DROP INDEX CONCURRENTLY \(name: interim.path)"
        var operation = create
        operation.subject = interim
        operation.title = "Build the new form of \(id) as \(interim.name)"
        operation.form = .concurrentBuild(
            build: to.creation(schema: id.path[0], name: interim.name, .concurrently),
            cleanup: cleanup)
        operation.undo = context.exactly([cleanup])
        operation.produces = [interim]
        operation.takes.subtract(NameSlot.taken(by: new))
        operation.takes.insert(NameSlot(space: .relation, path: interim.path))
        operation.touches = [
            Step.Touch(object: interim, before: nil, after: bare(interim).digest)
        ]
        return operation
    }

    /// What takes uniqueness away lets more through; all else somebody could miss.
    private var phase: Phase { from.isUnique && !to.isUnique ? .expand : .contract }

    /// `ALTER INDEX … RENAME` takes no more than SHARE UPDATE EXCLUSIVE (PostgreSQL manual, ALTER
    /// INDEX).
    private func exchange(_ interim: ObjectID, _ leaving: ObjectID) -> Operation {
        func rename(_ one: ObjectID, to other: ObjectID) -> SQL {
            "ALTER INDEX \(name: one.path) RENAME TO \(name: other.name)"
        }
        let marking = marks.flatMap(\.creation)
        let comment = context.desired[id.comment]
        var operation = Operation(
            "exchange", id, title: "Put the new form of \(id) in the place of the old one",
            .statements(
                [rename(id, to: leaving), rename(interim, to: id)] + to.statistics(id, from: nil)
                    + (comment?.creation ?? []) + marking),
            phase: phase,
            undo: context.exactly([rename(id, to: interim), rename(leaving, to: id)] + marking))
        operation.effects = context.momentary([.shareUpdateExclusive(id)])
        for mark in marks {
            guard case .plain(let plain) = mark.definition else { continue }
            operation.effects.locks += context.locks(plain.kind.locks(mark.id, .create))
        }
        operation.produces = [id]
        operation.consumes = create.consumes
        operation.destroys = [id]
        operation.touches = [
            context.touch(id),
            Step.Touch(object: interim, before: bare(interim).digest, after: nil),
            Step.Touch(object: leaving, before: nil, after: old.digest),
        ]
        let former = context.settled[id.comment]
        if former != nil || comment != nil { operation.touches.append(context.touch(id.comment)) }
        if let former {
            operation.touches.append(
                Step.Touch(object: leaving.comment, before: nil, after: former.digest))
        }
        return operation
    }

    private func drop(_ leaving: ObjectID) -> Operation {
        let comment = context.settled[id.comment]
        var operation = drop
        operation.subject = leaving
        operation.title = "Drop the old form of \(id)"
        operation.phase = phase
        operation.form = .concurrentDrop("DROP INDEX CONCURRENTLY \(name: leaving.path)")
        operation.undo = context.exactly(
            [from.creation(schema: id.path[0], name: leaving.name, .concurrently)]
                + from.statistics(leaving, from: nil)
                + (commentText(comment).map {
                    [CommentDefinition.statement(on: leaving.comment, text: $0)]
                } ?? []))
        operation.effects.locks = context.locks([.shareUpdateExclusive(from.owner(of: id))])
        // Nothing is missing until the new form is there.
        operation.effects.breaks =
            context.removal(of: old, implied: [], isRecreation: false).effects.breaks
        operation.destroys = [leaving]
        operation.frees.subtract(NameSlot.taken(by: old))
        operation.touches = [Step.Touch(object: leaving, before: old.digest, after: nil)]
        if let comment {
            operation.touches.append(
                Step.Touch(object: leaving.comment, before: comment.digest, after: nil))
        }
        return operation
    }

    private func commentText(_ comment: PostgreSQLObject?) -> String? {
        if case .comment(let comment)? = comment?.definition { return comment.text }
        return nil
    }
}
