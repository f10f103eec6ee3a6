// Owns the order in which tables become crash-safe, or stop being so. Invariant: no crash-safe
// table refers to one that is not, and none that is not is in a publication.

import Planning
import SchemaCore

/// What a foreign key or publication asks of tables (PostgreSQL manual, CREATE TABLE, "UNLOGGED"):
/// those that go leave before, those that come do so after, and tables that refer to each other
/// change in the order of their keys. To whatever else uses a table it is all the same.
struct LoggingOrder {
    private let context: PlanContext

    init(_ context: PlanContext) { self.context = context }

    /// The operations with what that asks for their order.
    func placed(_ operations: [Operation]) -> [Operation] {
        let changes = Set(operations.filter(Self.isChange).map(\.subject))
        if changes.isEmpty { return operations }
        return operations.map { operation in
            var operation = operation
            let id = operation.subject
            if Self.isChange(operation), case .table(let table)? = context.desired[id]?.definition {
                let referred = referredTables(by: id).intersection(changes)
                operation.frees.insert(changed(id))
                operation.takes.insert(released(id))
                if table.isUnlogged {
                    operation.frees.formUnion(referred.map(released))
                } else {
                    operation.takes.formUnion(referred.map(changed))
                }
            } else if id.kind == .constraint || id.kind == .publication {
                operation.takes.formUnion(operation.consumes.intersection(changes).map(changed))
                operation.frees.formUnion(operation.releases.intersection(changes).map(released))
            }
            return operation
        }
    }

    private static func isChange(_ operation: Operation) -> Bool {
        operation.verb == "set-logging" && operation.subject.kind == .table
    }

    /// The other tables that foreign keys of a table refer to, before and after the changes.
    private func referredTables(by table: ObjectID) -> Set<ObjectID> {
        var out: Set<ObjectID> = []
        for index in [context.settledIndex, context.desiredIndex] {
            for object in index.parts(of: table) {
                guard case .constraint(let constraint) = object.definition,
                    !context.loggingCircles.keys.contains(object.id)
                else { continue }
                if let other = constraint.referredTable(in: table.path[0]) { out.insert(other) }
            }
        }
        return out.subtracting([table])
    }

    /// What is free when a table is as it is to be.
    private func changed(_ table: ObjectID) -> NameSlot {
        NameSlot(space: .other, path: ["logging changed"] + table.path)
    }

    /// What is free when nothing refers to a table any more that may not.
    private func released(_ table: ObjectID) -> NameSlot {
        NameSlot(space: .other, path: ["logging released"] + table.path)
    }
}
