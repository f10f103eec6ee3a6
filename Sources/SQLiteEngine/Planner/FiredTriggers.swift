// Owns what triggers do when managed rows come, change and go. Invariant: a trigger that stands
// there before the plan or after it, ours or not, counts; whether its condition holds is not asked.

internal import Planning
internal import SchemaCore

/// The triggers that fire for rows of one table, and those that fire for what they do.
struct FiredTriggers {
    private let context: PlanContext
    /// The triggers, in the order of their addresses.
    private(set) var triggers: [ObjectID] = []
    private var writes: [(trigger: ObjectID, write: RowWrite)] = []

    /// - Parameter columns: the folded names of the columns that are updated.
    init(
        _ event: TriggerDefinition.Event, _ table: ObjectID, _ columns: Set<String>,
        _ context: PlanContext
    ) {
        self.context = context
        var seen: Set<ObjectID> = []
        var open =
            columns.isEmpty
            ? [RowWrite(event, table.name)]
            : columns.sorted().map { RowWrite(event, table.name, column: $0) }
        while let write = open.popLast() {
            for object in context.triggers[write.table] ?? [] {
                guard case .trigger(let trigger) = object.definition, trigger.fires(for: write)
                else { continue }
                let isNew = seen.insert(object.id).inserted
                if isNew { triggers.append(object.id) }
                // Its two forms, where the plan changes it, can do different things.
                for next in object.writes.sorted(by: { $0.order < $1.order })
                where !writes.contains(where: { $0 == (object.id, next) }) {
                    writes.append((object.id, next))
                    open.append(next)
                }
            }
        }
        triggers.sort()
    }

    /// Tells of them in the operation that makes them fire.
    func tell(in operation: inout Operation) {
        operation.fires(triggers)
        for (trigger, write) in writes {
            let table = ObjectID.table(write.table)
            // What the plan makes holds nothing that could be lost; a view never does.
            let isOld = context.settled[table] != nil || context.others[table] != nil
            let isModelled =
                isOld || context.desired[table] != nil || context.isView(write.table)
            if isModelled && !isOld { continue }
            let owner = isModelled ? table : .virtualTable(write.table)
            switch write.event {
            case .insert: continue
            case .update:
                operation.data = max(operation.data, .lossy)
                operation.effects.losses.append(
                    .init(
                        object: write.column.map { .column(write.table, $0) } ?? owner,
                        relation: isModelled ? owner : nil, what: "values that \(trigger) changes"))
            case .delete:
                operation.data = .destroyed
                operation.effects.losses.append(
                    .init(
                        object: owner, relation: isModelled ? owner : nil,
                        what: "rows that \(trigger) deletes"))
            }
        }
    }
}

extension TriggerDefinition {
    /// Whether it runs for something that is done to its table or view.
    fileprivate func fires(for write: RowWrite) -> Bool {
        guard write.event == event else { return false }
        guard let column = write.column, !columns.isEmpty else { return true }
        return columns.contains { $0.asciiFolded == column }
    }
}
