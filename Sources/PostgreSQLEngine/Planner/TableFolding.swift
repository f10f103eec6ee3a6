import Planning
import SchemaCore

/// Folds additions into the statement that makes their table or column: a new table comes with its
/// columns, defaults, keys and checks inside, followed by its indexes and comments.
///
/// Only what needs no other table is folded, so that no cycle can come of it.
struct TableFolding {
    let context: PlanContext
    /// What is made or changed by this plan.
    let pending: Set<ObjectID>
    /// What has an operation that makes it.
    let creations: Set<ObjectID>
    /// Keys over the columns of another key of their table.
    private let twins: Set<ObjectID>

    init(context: PlanContext, pending: Set<ObjectID>, creations: Set<ObjectID>) {
        self.context = context
        self.pending = pending
        self.creations = creations
        twins = Self.twins(in: context.desired)
    }

    /// Replaces the operations of folded guests by their hosts', but for hosts that are to be made
    /// piece by piece.
    func fold(_ operations: [Operation], apart: Set<ObjectID> = []) -> [Operation] {
        var hosts: [ObjectID: [Operation]] = [:]
        var rest: [Operation] = []
        // A build outside a transaction is a step by itself.
        let alone = Set(
            operations.filter { $0.verb == "create" && $0.isConcurrent }.map(\.subject))
        for operation in operations {
            if let host = host(of: operation), !alone.contains(host), !apart.contains(host) {
                hosts[host, default: []].append(operation)
            } else {
                rest.append(operation)
            }
        }
        return rest.map { operation in
            guard operation.verb == "create", let guests = hosts[operation.subject] else {
                return operation
            }
            return merge(operation, guests)
        }
    }

    /// The object whose creation takes this operation in; nil if it stands alone.
    private func host(of operation: Operation) -> ObjectID? {
        guard operation.verb == "create" || operation.verb == "own", !operation.isConcurrent,
            let candidate = candidate(for: operation), !twins.contains(operation.subject)
        else { return nil }
        for need in operation.consumes where pending.contains(need) {
            if isAbove(need, operation.subject) || isInside(need, candidate)
                || isWithin(need, sibling: candidate)
            {
                continue
            }
            var seen: Set<ObjectID> = []
            if reachesTable(need, &seen) { return nil }
        }
        return candidate
    }

    private func candidate(for operation: Operation) -> ObjectID? {
        var id = operation.subject
        if operation.verb == "own" {
            guard let object = context.desired[id],
                case .sequence(let sequence) = object.definition,
                let owner = sequence.ownedBy
            else { return nil }
            let table = context.table(of: owner)
            return context.created.contains(table) ? table : nil
        }
        if let subject = id.subject {
            // A comment goes where its subject goes.
            guard context.desired[subject] != nil, pendingCreation(subject) else {
                return viewOfColumn(subject)
            }
            id = subject
        }
        switch context.desired[id]?.definition {
        case .column, .constraint, .columnDefault, .index:
            if case .constraint(let constraint) = context.desired[id]?.definition,
                constraint.standsApart
            {
                return operation.subject.subject == nil ? nil : id
            }
            let table = tableOf(id)
            if context.created.contains(table) { return table }
            if id.kind == .columnDefault {
                let column = ObjectID.column(id.path[0], id.path[1], id.path[2])
                return pendingCreation(column) ? column : nil
            }
            return operation.subject.subject == nil ? nil : id
        case .plain(.domainConstraint):
            // Nothing can use the domain yet, which would hold the check up.
            let domain = ObjectID.domain(id.path[0], id.path[1])
            if pendingCreation(domain) { return domain }
            return operation.subject.subject == nil ? nil : id
        case .schema, .extension, .table, .enum, .sequence, .view, .function, .plain:
            return operation.subject.subject == nil ? nil : id
        case .comment, nil: return nil
        }
    }

    private func tableOf(_ id: ObjectID) -> ObjectID {
        if case .index(let index) = context.desired[id]?.definition {
            return index.owner(of: id)
        }
        return context.table(of: id)
    }

    private func viewOfColumn(_ column: ObjectID) -> ObjectID? {
        guard column.kind == .column else { return nil }
        let view = ObjectID.view(column.path[0], column.path[1])
        return pendingCreation(view) ? view : nil
    }

    private func pendingCreation(_ id: ObjectID) -> Bool { creations.contains(id) }

    /// Of keys over the same columns of a table, all but the first; the primary key comes first.
    private static func twins(in desired: Catalog<PostgreSQLObject>) -> Set<ObjectID> {
        var keys: [ObjectID: [PostgreSQLObject]] = [:]
        for object in desired.objects.values {
            guard case .constraint(let constraint) = object.definition,
                constraint.keyColumns != nil, let table = object.parent
            else { continue }
            keys[table, default: []].append(object)
        }
        var out: Set<ObjectID> = []
        for group in keys.values where group.count > 1 {
            let ordered = group.sorted {
                ($0.isPrimaryKey ? 0 : 1, $0.id) < ($1.isPrimaryKey ? 0 : 1, $1.id)
            }
            for (index, key) in ordered.enumerated() {
                guard case .constraint(let constraint) = key.definition else { continue }
                if constraint.isTwin(ofOneAmong: ordered[..<index]) { out.insert(key.id) }
            }
        }
        return out
    }

    /// Whether an object is the host, or stands in the host's table.
    private func isInside(_ id: ObjectID, _ host: ObjectID) -> Bool {
        if id == host || id.subject == host { return true }
        guard host.kind == .table else { return false }
        switch id.kind {
        case .column, .columnDefault, .constraint:
            return context.table(of: id) == host && isFolded(id, host)
        case .index: return tableOf(id) == host
        default: return false
        }
    }

    /// Whether a sibling in the host's table is itself folded.
    private func isFolded(_ id: ObjectID, _ host: ObjectID) -> Bool {
        guard let object = context.desired[id], !twins.contains(id) else { return false }
        if case .constraint(let constraint) = object.definition, constraint.standsApart {
            return false
        }
        for need in context.needs(of: object) where pending.contains(need) {
            if need == host || isAbove(need, id) { continue }
            if need.kind == .column || need.kind == .columnDefault || need.kind == .constraint,
                context.table(of: need) == host
            {
                if !isFolded(need, host) { return false }
                continue
            }
            var seen: Set<ObjectID> = []
            if reachesTable(need, &seen) { return false }
        }
        return true
    }

    /// For a default folded into its column: the column's own table is there.
    private func isWithin(_ id: ObjectID, sibling host: ObjectID) -> Bool {
        host.kind == .column && id == host
    }

    /// Whether a need of a column is a column of a table above: the table itself stands on that,
    /// and a column that is there as well cannot be added to it later.
    private func isAbove(_ need: ObjectID, _ column: ObjectID) -> Bool {
        guard need.kind == .column, column.kind == .column else { return false }
        let above = RowTypeUse.table(of: need)
        var queue = context.desired[RowTypeUse.table(of: column)]?.parentTables ?? []
        var seen: Set<ObjectID> = []
        while let table = queue.popLast() {
            if table == above { return true }
            if seen.insert(table).inserted { queue += context.desired[table]?.parentTables ?? [] }
        }
        return false
    }

    /// Whether something pending stands on a table, by whatever way.
    private func reachesTable(_ id: ObjectID, _ seen: inout Set<ObjectID>) -> Bool {
        guard pending.contains(id), seen.insert(id).inserted, let object = context.desired[id]
        else {
            return false
        }
        switch object.definition {
        case .table, .column, .view: return true
        case .schema, .extension, .columnDefault, .constraint, .index, .enum, .sequence,
            .function, .comment, .plain:
            return context.needs(of: object).contains { reachesTable($0, &seen) }
        }
    }

    private func merge(_ host: Operation, _ guests: [Operation]) -> Operation {
        var merged = host
        let guests = guests.sorted { Self.order($0, context) < Self.order($1, context) }
        let inner = guests.filter { $0.verb == "create" && $0.subject.subject == nil }
        merged.form = .statements(statements(of: host, inner) + trailing(guests))
        for guest in guests {
            merged.consumes.formUnion(guest.consumes)
            merged.produces.formUnion(guest.produces)
            merged.takes.formUnion(guest.takes)
            merged.touches += guest.touches
            if let more = guest.effects.exposures {
                merged.effects.exposures = (merged.effects.exposures ?? []) + more
            }
            if case .columnDefault(let value) = context.desired[guest.subject]?.definition {
                context.addDefault(value, to: &merged, in: context.table(of: guest.subject))
            }
        }
        merged.consumes.subtract(merged.produces)
        return merged
    }

    /// `CREATE TABLE` with its elements, or `ADD COLUMN` with its default.
    private func statements(of host: Operation, _ guests: [Operation]) -> [SQL] {
        guard let object = context.desired[host.subject] else { return [] }
        func defaultOf(_ column: ObjectID) -> VerbatimSQL? {
            let id = ObjectID.columnDefault(column.path[0], column.path[1], column.path[2])
            guard guests.contains(where: { $0.subject == id }),
                case .columnDefault(let value) = context.desired[id]?.definition
            else {
                // A column that its parent has as well would take the default there.
                let above = context.columnsAbove(column)
                return above.contains { $0.fallback != nil } ? DerivedColumnDefinition.none : nil
            }
            return value.expression
        }
        switch object.definition {
        case .table(let table):
            let elements = guests.compactMap { guest -> SQL? in
                switch context.desired[guest.subject]?.definition {
                case .column(let column):
                    column.clause(
                        name: guest.subject.name, default: defaultOf(guest.subject),
                        notNull: context.desired[guest.subject]?.givenNotNullName,
                        inheritsNotNull: context.desired[guest.subject]?.inheritsNotNull == true)
                case .constraint(let constraint): constraint.clause(name: guest.subject.name)
                default: nil
                }
            }
            return [
                table.creation(host.subject, elements: elements + object.notNullElements)
            ]
        case .column(let column):
            return context.addition(
                of: column, host.subject, default: defaultOf(host.subject))
                + context.carried(with: host.subject)
        case .schema, .extension, .columnDefault, .constraint, .index, .enum, .sequence, .view,
            .function, .comment, .plain:
            guard case .statements(let statements) = host.form else { return [] }
            return statements
        }
    }

    /// What follows: indexes, ownership, comments.
    private func trailing(_ guests: [Operation]) -> [SQL] {
        guests.flatMap { guest -> [SQL] in
            switch context.desired[guest.subject]?.definition {
            case .column(let column):
                return column.notNullCompletion(
                    guest.subject, context.desired[guest.subject]?.givenNotNullName)
            case .constraint, .columnDefault: return []
            default:
                guard case .statements(let statements) = guest.form else { return [] }
                return statements
            }
        }
    }

    /// Columns by position, then constraints, the rest by kind and name; comments last.
    private static func order(_ operation: Operation, _ context: PlanContext) -> (
        Int, Int, ObjectID
    ) {
        let id = operation.subject
        if operation.verb == "own" { return (4, 0, id) }
        switch context.desired[id]?.definition {
        case .column: return (0, context.desired[id]?.position ?? 0, id)
        case .constraint(let constraint):
            if case .primaryKey = constraint.rule { return (1, 0, id) }
            return (1, 1, id)
        case .columnDefault: return (2, 0, id)
        case .index: return (3, 0, id)
        case .plain(.owner): return (6, 0, id)
        // What is taken from a role on the whole is taken from it on the column, too.
        case .plain(.grants): return (id.subject?.kind == .column ? 8 : 7, 0, id)
        case .plain: return (4, 1, id)
        default: return (5, 0, id)
        }
    }
}
