// Owns the order around functions with a parsed body that reads a field of a table's row: while
// one is there, the server writes no column of the table anew and adds none with a value.

import Planning
import SchemaCore

/// Which functions hold up which tables.
struct RowTypeUse {
    /// What is there after the renames, and what leaves for a type change.
    private let present: Catalog<PostgreSQLObject>
    private let desired: Catalog<PostgreSQLObject>

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        var present = request.settlement.catalog
        for object in request.settlement.removed where present[object.id] == nil {
            present.insert(object)
        }
        self.present = present
        desired = request.desired
    }

    /// The functions that are there before and after, and have to leave for some columns.
    func heldUp(by columns: Set<ObjectID>) -> [(function: ObjectID, column: ObjectID)] {
        if columns.isEmpty { return [] }
        let tables = Dictionary(
            columns.map { (Self.table(of: $0), $0) }, uniquingKeysWith: { min($0, $1) })
        return present.sorted.flatMap { object in
            guard desired[object.id] != nil else { return [(ObjectID, ObjectID)]() }
            return Self.rows(of: object).compactMap { table in
                tables[table].map { (object.id, $0) }
            }
        }.map { (function: $0.0, column: $0.1) }
    }

    /// The operations with the slots by which such functions leave before what they hold up and
    /// come back after it.
    func placed(_ operations: [Operation], columns: Set<ObjectID>) -> [Operation] {
        if columns.isEmpty { return operations }
        let tables = Set(columns.map(Self.table))
        return operations.map { operation in
            var operation = operation
            switch (operation.verb, operation.subject.kind) {
            case ("drop", .function):
                for table in rows(of: operation.subject, in: present) where tables.contains(table) {
                    operation.frees.insert(Self.slot("free", table))
                }
            case ("create", .function):
                for table in rows(of: operation.subject, in: desired) where tables.contains(table) {
                    operation.takes.insert(Self.slot("done", table))
                }
            case ("create", .column), ("retype", .column):
                if columns.contains(operation.subject) {
                    operation.takes.insert(Self.slot("free", Self.table(of: operation.subject)))
                    operation.frees.insert(Self.slot("done", Self.table(of: operation.subject)))
                }
            default: break
            }
            return operation
        }
    }

    private func rows(
        of id: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> Set<ObjectID> { catalog[id].map(Self.rows) ?? [] }

    /// The tables whose rows a function's parsed body takes apart, as far as dependencies tell: it
    /// depends on the table and on a column of it.
    static func rows(of object: PostgreSQLObject) -> Set<ObjectID> {
        guard case .function(let function) = object.definition, case .sql = function.body else {
            return []
        }
        let tables = object.dependencies.filter { $0.kind == .table }
        return tables.filter { table in
            object.dependencies.contains { $0.kind == .column && Self.table(of: $0) == table }
        }
    }

    static func table(of id: ObjectID) -> ObjectID { .table(id.path[0], id.path[1]) }

    private static func slot(_ word: String, _ table: ObjectID) -> NameSlot {
        NameSlot(space: .other, path: ["row", word] + table.path)
    }
}
