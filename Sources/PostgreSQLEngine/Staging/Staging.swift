// Owns which operations are carried out online: as steps that keep nobody waiting for long.
// Invariant: a form gives way where it would tear what has to be done in one transaction, or where
// no order has place for its steps.

import Planning
import SchemaCore

/// Replaces operations by their online forms.
struct Staging {
    private let request: PlanningRequest<PostgreSQLObject>
    private let context: PlanContext
    /// What leaves and comes back.
    private let returning: Set<ObjectID>
    /// Of that, what does so for its own change alone.
    private let replaced: Set<ObjectID>

    init(
        _ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext,
        _ recreation: Recreation
    ) {
        self.request = request
        self.context = context
        returning = recreation.returning(request)
        let removed = Set(request.settlement.removed.map(\.id))
        replaced = Set(recreation.causes.filter { $0.key == $0.value }.keys).subtracting(removed)
    }

    /// The operations with their forms, in order.
    ///
    /// - Parameter order: the order of operations, if there is one; strictly, none for which a
    ///   circle has to be opened.
    func ordered(
        _ operations: [Operation],
        by order: ([Operation], _ isStrict: Bool) -> Result<[Operation], Circle>
    ) -> Result<[Operation], Circle> {
        var plain: Set<ObjectID> = []
        while true {
            let (staged, forms) = staged(operations, except: plain)
            var result = order(staged, true)
            if case .failure(let circle) = result {
                let hindered = Set(circle.subjects.compactMap { forms[$0] })
                plain.formUnion(hindered)
                if !hindered.isEmpty { continue }
                result = order(staged, false)
            }
            var hindered = Set(forms.values)
            if case .success(let sorted) = result {
                let torn = TransactionPlan.torn(sorted, returning: returning)
                hindered = Set(torn.compactMap { forms[$0] })
            }
            if hindered.isEmpty { return result }
            plain.formUnion(hindered)
        }
    }

    /// The operations with the forms of all objects but some, and what each step of a form is for.
    private func staged(
        _ operations: [Operation], except plain: Set<ObjectID>
    ) -> (operations: [Operation], forms: [ObjectID: ObjectID]) {
        var forms: [ObjectID: ObjectID] = [:]
        var out: [Operation] = []
        var names = StagingNames(request)
        func take(_ steps: [Operation], for object: ObjectID) {
            for step in steps { forms[step.subject] = object }
            out += steps
        }
        let notNull = NotNullByProof(context)
        let key = KeyByIndex(context, operations, except: plain)
        let replacement = ConstraintReplacement(context, replaced: replaced, operations)
        for operation in operations {
            let id = operation.subject
            if plain.contains(id) {
                out.append(operation)
            } else if let steps = notNull.steps(for: operation, &names) {
                take(steps, for: id)
            } else if let steps = key.steps(for: operation, &names) {
                take(steps, for: id)
            } else if let steps = replacement.steps(for: operation, &names) {
                take(steps, for: id)
            } else {
                out.append(operation)
            }
        }
        return (out, forms)
    }
}

extension Recreation {
    /// What leaves and comes back, be it for the change of a type.
    func returning(_ request: PlanningRequest<PostgreSQLObject>) -> Set<ObjectID> {
        Set(causes.keys).union(
            request.settlement.removed.map(\.id).filter { request.desired[$0] != nil })
    }
}
