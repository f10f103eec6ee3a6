// Owns the order of checks that a table has for its own as well as from a table above it.

import Planning
import SchemaCore

/// A check goes down to all tables below, where it becomes one with what they have by its name and
/// condition: the server takes such a one from a table only when the one above has gone, and brings
/// none where one of another condition has the name (PostgreSQL manual, ALTER TABLE).
struct InheritedChecks {
    private let request: PlanningRequest<PostgreSQLObject>

    init(_ request: PlanningRequest<PostgreSQLObject>) { self.request = request }

    /// The operations with what that asks for their order.
    func placed(_ operations: [Operation], _ tree: TableTree) -> [Operation] {
        operations.map { operation in
            let id = operation.subject
            guard id.kind == .constraint, ["create", "drop"].contains(operation.verb) else {
                return operation
            }
            let isDrop = operation.verb == "drop"
            let catalog = isDrop ? request.settlement.catalog : request.desired
            guard case .constraint(let constraint)? = catalog[id]?.definition,
                case .check(let check) = constraint.rule
            else { return operation }
            var operation = operation
            if isDrop { operation.takes.insert(hold(on: id)) }
            if check.noInherit { return operation }
            for table in tree.descendants(of: .table(id.path[0], id.path[1])) {
                let below = ObjectID.constraint(table.path[0], table.name, id.name)
                if isDrop {
                    operation.frees.insert(hold(on: below))
                } else {
                    operation.takes.insert(NameSlot(space: .constraint, path: below.path))
                }
            }
            return operation
        }
    }

    /// What a check is free of when no table above has it.
    private func hold(on check: ObjectID) -> NameSlot {
        NameSlot(space: .other, path: ["inherited check"] + check.path)
    }
}
