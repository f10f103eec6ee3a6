import Planning
import SchemaCore

/// Which tables derive from which: most of what is done to a table is done to these as well.
struct TableTree {
    private var children: [ObjectID: [ObjectID]] = [:]
    private var defaults: [ObjectID: ObjectID] = [:]

    init(_ catalog: Catalog<PostgreSQLObject>) {
        for object in catalog.objects.values {
            guard case .table(let table) = object.definition, table.origin != nil else { continue }
            for parent in table.parents(in: object.id.path[0]) {
                children[parent, default: []].append(object.id)
                if table.isDefaultPartition { defaults[parent] = object.id }
            }
        }
    }

    /// The partition for all rows that no other takes.
    func defaultPartition(of table: ObjectID) -> ObjectID? { defaults[table] }

    /// All tables below one, in order.
    func descendants(of table: ObjectID) -> [ObjectID] {
        guard !children.isEmpty else { return [] }
        var found: Set<ObjectID> = []
        var queue = children[table] ?? []
        while let next = queue.popLast() {
            if found.insert(next).inserted { queue += children[next] ?? [] }
        }
        return found.sorted()
    }

    /// A column and those of tables below that are one with it although they are their own, too.
    func merged(
        _ column: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> [ObjectID] {
        let below = descendants(of: .table(column.path[0], column.path[1])).map {
            ObjectID.column($0.path[0], $0.name, column.name)
        }
        return [column] + below.filter { catalog[$0] != nil }
    }

    /// The columns that tables have only from those above them, which are no objects.
    func inheritedColumns(_ catalog: Catalog<PostgreSQLObject>) -> Set<ObjectID> {
        if children.isEmpty { return [] }
        var out: Set<ObjectID> = []
        for object in catalog.objects.values where object.id.kind == .column {
            for table in descendants(of: RowTypeUse.table(of: object.id)) {
                let id = ObjectID.column(table.path[0], table.name, object.id.name)
                if catalog[id] == nil { out.insert(id) }
            }
        }
        return out
    }

    /// The locks of a statement that goes down to all tables below.
    func widened(_ locks: [Effects.Lock]) -> [Effects.Lock] {
        if children.isEmpty { return locks }
        var out = locks
        var known = Set(locks.map(\.relation))
        for lock in locks {
            for table in descendants(of: lock.relation) where known.insert(table).inserted {
                out.append(Effects.Lock(relation: table, mode: lock.mode, blocks: lock.blocks))
            }
        }
        return out
    }
}

extension Operation {
    /// Whether it is done to all tables below the one that it names.
    var goesDown: Bool {
        !staysOnTop
            && [.column, .columnDefault, .constraint, .index, .trigger].contains(subject.kind)
    }
}

extension TableDefinition {
    /// Whether it takes all rows that no other partition takes; the server prints this in one way.
    var isDefaultPartition: Bool {
        if case .partition(_, let bound)? = origin { return bound.text == "DEFAULT" }
        return false
    }
}

extension PostgreSQLObject {
    /// Whether a table that is made below another has something else of it than one that is there.
    fileprivate var differsBelow: Bool {
        if case .plain(.columnSettings) = definition { return true }
        guard case .constraint(let constraint) = definition else { return false }
        return constraint.isInheritedCheck && !constraint.isValidated
    }
}

extension PlanContext {
    /// The locks on the tables above one that comes or goes, and on the partition that has taken
    /// its rows so far, or will.
    func locksAbove(_ id: ObjectID, _ table: TableDefinition) -> [Effects.Lock] {
        let parents = table.parents(in: id.path[0])
        switch table.origin {
        case .partition?:
            let others = parents.compactMap(tree.defaultPartition).filter { $0 != id }
            return locks((parents + others).map { .accessExclusive($0) })
        case .inheritance?: return locks(parents.map { .shareUpdateExclusive($0) })
        case .type?, nil: return []
        }
    }

    /// The operations with new tables after the new columns of the tables above them, which they
    /// then have from the beginning: the server adds no identity column to a table with children.
    func belowColumns(_ operations: [Operation]) -> [Operation] {
        var columns: [ObjectID: Set<ObjectID>] = [:]
        for operation in operations where operation.verb == "create" {
            guard operation.subject.kind == .column else { continue }
            columns[table(of: operation.subject), default: []].insert(operation.subject)
        }
        return operations.map { operation in
            guard operation.verb == "create",
                case .table(let table)? = desired[operation.subject]?.definition
            else { return operation }
            var operation = operation
            for parent in table.parents(in: operation.subject.path[0]) {
                operation.consumes.formUnion(columns[parent] ?? [])
            }
            return operation
        }
    }

    /// The operations of which a table that is made below others would have another thing than one
    /// that is there, after those that make such tables: how columns are kept is taken from above,
    /// by which two tables above may differ, and a check of a table without rows is valid.
    func aboveTables(_ operations: [Operation]) -> [Operation] {
        var children: [ObjectID: Set<ObjectID>] = [:]
        for operation in operations where operation.verb == "create" {
            guard case .table(let table)? = desired[operation.subject]?.definition else { continue }
            for parent in table.parents(in: operation.subject.path[0]) {
                children[parent, default: []].insert(operation.subject)
            }
        }
        if children.isEmpty { return operations }
        func below(_ table: ObjectID) -> Set<ObjectID> {
            var found: Set<ObjectID> = []
            var queue = Array(children[table] ?? [])
            while let next = queue.popLast() {
                if found.insert(next).inserted { queue += children[next] ?? [] }
            }
            return found
        }
        return operations.map { operation in
            guard desired[operation.subject]?.differsBelow == true else { return operation }
            var operation = operation
            operation.consumes.formUnion(below(table(of: operation.subject)))
            return operation
        }
    }

    /// Says what making a table does to those above it.
    func describe(
        _ table: TableDefinition, of object: PostgreSQLObject, in operation: inout Operation
    ) {
        operation.effects.locks = locksAbove(object.id, table)
        guard case .partition? = table.origin, !table.isDefaultPartition else { return }
        // The server looks for rows there that the new partition would take.
        let scanned = table.parents(in: object.id.path[0]).compactMap(tree.defaultPartition)
            .filter { exists($0) && $0 != object.id }
        operation.effects.scans = scanned
        operation.effects.breaks = scanned.map {
            .init(
                object: $0,
                consequence: "rows of it that belong into \(object.id.dottedPath) keep that from "
                    + "being made", isFailure: false)
        }
    }

    /// Where the rows of a table are kept, and how.
    func placeChanges(
        of id: ObjectID, from old: TableDefinition, to new: TableDefinition
    ) -> [Operation] {
        var operations: [Operation] = []
        func add(_ verb: String, _ title: String, _ forward: SQL, _ back: SQL) {
            let table: SQL = "ALTER TABLE \(name: id.path)"
            var operation = Operation(
                verb, id, title: title, .statements(["\(table) \(forward)"]), phase: .contract,
                undo: exactly(["\(table) \(back)"]))
            operation.effects.locks = [.accessExclusive(id)]
            if new.partitionKey == nil {
                operation.effects.rewrites = [id]
                operation.data = .kept
            }
            operations.append(operation)
        }
        if old.accessMethod != new.accessMethod {
            func set(_ name: String?) -> SQL { "SET ACCESS METHOD \(name: name ?? "heap")" }
            add(
                "set-access-method", "Keep the rows of \(id) by \(new.accessMethod ?? "heap")",
                set(new.accessMethod), set(old.accessMethod))
        }
        if old.tablespace != new.tablespace {
            func set(_ name: String?) -> SQL { "SET TABLESPACE \(name: name ?? "pg_default")" }
            add(
                "set-tablespace",
                "Move \(id) to the tablespace \(new.tablespace ?? "pg_default")",
                set(new.tablespace), set(old.tablespace))
        }
        return operations
    }
}
