import Planning
import SchemaCore

/// The sequences of columns that leave for their new form: a column takes along what it owns, with
/// its count, so each is freed before and owned again after.
struct FreedSequences {
    private let request: PlanningRequest<PostgreSQLObject>
    private let context: PlanContext

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        self.request = request
        self.context = context
    }

    /// Frees them and gives them back.
    ///
    /// - Parameter leaving: what leaves and comes back.
    func operations(_ leaving: Set<ObjectID>) -> [Operation] {
        let columns = leaving.filter { $0.kind == .column }
        if columns.isEmpty { return [] }
        let addresses = request.settlement.addresses
        func settled(_ id: ObjectID) -> ObjectID { addresses[id] ?? id }
        return request.live.sorted.flatMap { object -> [Operation] in
            guard case .sequence(let sequence) = object.definition,
                let owner = sequence.ownedBy.map(settled), columns.contains(owner)
            else { return [] }
            return operations(settled(object.id), of: owner)
        }
    }

    private func operations(_ id: ObjectID, of owner: ObjectID) -> [Operation] {
        guard let settled = request.settlement.catalog[id], let desired = request.desired[id],
            case .sequence(let now) = settled.definition,
            case .sequence(let wanted) = desired.definition
        else { return [] }
        func held(by owner: ObjectID?) -> (SequenceDefinition, PostgreSQLObject) {
            var sequence = now
            sequence.ownedBy = owner
            return (sequence, PostgreSQLObject(id, .sequence(sequence), dependencies: []))
        }
        let (before, owned) = held(by: owner)
        let (after, free) = held(by: nil)
        var freeing = Operation(
            "free", id, title: "Free \(id) from its column",
            .statements([after.ownership(id)]), phase: .contract,
            undo: context.exactly([before.ownership(id)]))
        freeing.releases = [owner]
        freeing.effects = context.momentary([.shareRowExclusive(id)])
        freeing.touches = [Step.Touch(object: id, before: owned.digest, after: free.digest)]
        freeing.sequence = -1
        // Where the settled catalog has it free, what it is to be is a change like every other.
        guard now.ownedBy == owner, wanted.ownedBy == owner else { return [freeing] }
        return [freeing]
            + context.ownership(of: before, object: owned).map { operation in
                var operation = operation
                operation.touches = [
                    Step.Touch(object: id, before: free.digest, after: owned.digest)
                ]
                operation.sequence = 0
                return operation
            }
    }
}
