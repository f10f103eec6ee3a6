// Owns the order around what stands on the form of a table's rows: views that use the type of one,
// functions with a parsed body that reads a field of one, and columns of other tables that hold
// some. While one is there, the server writes no column of the table anew and adds none with a
// value.

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

    /// Columns that hold rows of tables of which `operations` change the form, and keep doing so.
    func diagnostics(_ operations: [Operation], columns: Set<ObjectID>) -> [Diagnostic] {
        let changed = changedTables(operations, columns)
        let after = holders(of: changed, in: desired)
        var out: [Diagnostic] = []
        for (holder, tables) in holders(of: changed, in: present).sorted(by: { $0.key < $1.key }) {
            for table in tables.intersection(after[holder] ?? []).sorted() {
                out.append(Self.held(holder, table, at: desired[table]?.span))
            }
        }
        return out
    }

    private static func held(
        _ holder: ObjectID, _ table: ObjectID, at span: SourceSpan?
    ) -> Diagnostic {
        .error(
            "unsupported-change",
            "\(holder) holds rows of \(table): while it does, the server changes no type of a "
                + "column of that table, adds none with a value and does not write it anew",
            at: span,
            help: "add a column as nullable and without a default or expression, which gives no "
                + "row a value, or move the values of \(holder) to another type first, in a "
                + "change of its own")
    }

    /// The tables whose rows get another form or are written anew.
    private func changedTables(
        _ operations: [Operation], _ columns: Set<ObjectID>
    ) -> Set<ObjectID> {
        // What is computed when it is read has no value in any row.
        let stored = columns.filter { id in
            guard case .column(let column)? = desired[id]?.definition else { return true }
            return column.generated?.isStored ?? true
        }
        return Set(stored.map(Self.table)).union(operations.flatMap(\.effects.rewrites))
    }

    /// By column of another table, those of the tables of whose rows its type is made.
    private func holders(
        of tables: Set<ObjectID>, in catalog: Catalog<PostgreSQLObject>
    ) -> [ObjectID: Set<ObjectID>] {
        if tables.isEmpty { return [:] }
        var out: [ObjectID: Set<ObjectID>] = [:]
        for object in catalog.objects.values where object.id.kind == .column {
            let held = object.dependencies.filter {
                $0.kind == .table && tables.contains($0) && $0 != Self.table(of: object.id)
            }
            if !held.isEmpty { out[object.id] = held }
        }
        return out
    }

    /// The operations with the slots by which such functions and columns leave before what they
    /// hold up and come back after it.
    func placed(_ operations: [Operation], columns: Set<ObjectID>) -> [Operation] {
        let changed = changedTables(operations, columns)
        if columns.isEmpty && changed.isEmpty { return operations }
        let tables = Set(columns.map(Self.table))
        let before = holders(of: changed, in: present)
        let after = holders(of: changed, in: desired)
        return operations.map { operation in
            var operation = operation
            for id in operation.destroys {
                for table in before[id] ?? [] { operation.frees.insert(Self.slot("free", table)) }
            }
            if operation.verb != "drop" {
                for table in after[operation.subject] ?? [] {
                    operation.takes.insert(Self.slot("done", table))
                }
            }
            for table in operation.effects.rewrites where changed.contains(table) {
                operation.takes.insert(Self.slot("free", table))
                operation.frees.insert(Self.slot("done", table))
            }
            let reads = Self.readers.contains(operation.subject.kind)
            if reads, operation.verb == "drop" {
                for table in rows(of: operation.subject, in: present) where tables.contains(table) {
                    operation.frees.insert(Self.slot("free", table))
                }
            }
            if reads, operation.verb == "create" {
                for table in rows(of: operation.subject, in: desired) where tables.contains(table) {
                    operation.takes.insert(Self.slot("done", table))
                }
            }
            if columns.contains(operation.subject), operation.givesValues {
                operation.takes.insert(Self.slot("free", Self.table(of: operation.subject)))
                operation.frees.insert(Self.slot("done", Self.table(of: operation.subject)))
            }
            return operation
        }
    }

    /// What may use the type of a table's rows.
    private static let readers: Set<ObjectKind> = [.function, .view, .materializedView]

    private func rows(
        of id: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> Set<ObjectID> { catalog[id].map(Self.rows) ?? [] }

    /// The tables of whose rows a view uses the type, or that a function's parsed body takes apart,
    /// as far as dependencies tell: it depends on the table and on a column of it.
    static func rows(of object: PostgreSQLObject) -> Set<ObjectID> {
        if case .view = object.definition { return object.wholeRows }
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

extension Operation {
    /// Whether it gives the rows that are there values in the column that it is about.
    fileprivate var givesValues: Bool { verb == "create" || verb == "retype" }
}
