// Owns the way from changes to steps. Invariant: all steps of a plan share one transaction, so the
// database is seen before the plan or after it, and never between.

internal import Planning
internal import SchemaCore

/// Makes steps from changes. Pure.
struct SQLitePlanner {
    private let request: PlanningRequest<SQLiteObject>
    private let context: PlanContext

    init(_ request: PlanningRequest<SQLiteObject>) {
        self.request = request
        context = PlanContext(request)
    }

    func plan() -> PlanningResult {
        let problems =
            RowOperations(context: context).problems(request.spans)
            + StatementOperations(context: context).problems(request.spans)
        if problems.hasErrors { return PlanningResult(steps: [], diagnostics: problems) }
        var operations: [Operation] = []
        // Tables and views whose indexes and triggers are made again with them.
        var remade: Set<ObjectID> = []
        for table in changed(.table) {
            let made = self.operations(table: table)
            operations += made.operations
            if made.isRebuild { remade.insert(table) }
        }
        let rebuilt = remade
        for view in changed(.view) {
            let operation = ViewOperations(context: context).operation(view)
            operations += operation.map { [$0] } ?? []
            if context.settled[view] != nil, context.desired[view] != nil { remade.insert(view) }
        }
        let attachments = AttachmentOperations(context: context, remade: remade)
        for change in request.changes { operations += attachments.operations(change) }
        let rows = RowOperations(context: context)
        operations +=
            rows.operations(rebuilt: rebuilt) + StatementOperations(context: context).operations()
        switch OperationOrder(operations).sorted(group: group) {
        case .sorted(var sorted):
            ForeignKeyChecks(context: context, rebuilt: rebuilt).add(to: &sorted)
            return result(renaming() + sorted, remade: remade)
        case .cycle(let cycle):
            return PlanningResult(
                steps: [],
                diagnostics: [
                    .error(
                        "dependency-cycle",
                        "the changes need each other in a circle: "
                            + cycle.map { operations[$0].title }.joined(separator: " → "),
                        help: "make one of these changes first, in a commit of its own")
                ])
        }
    }

    private func result(_ operations: [Operation], remade: Set<ObjectID>) -> PlanningResult {
        let transaction: Step.Transaction = operations.count == 1 ? .own : .shared(1)
        let destroyed = Set(operations.flatMap(\.destroys))
        let gone = destroyed.filter { request.desired[$0] == nil }
        // What shares a transaction cannot be split between phases.
        let phase = operations.map(\.phase).max() ?? .expand
        let noted = operations.map { operation in
            var operation = operation
            operation.phase = phase
            operation.effects = operation.effects.noting(context.workNotes)
            return operation
        }
        return PlanningResult(
            steps: noted.steps(in: .sqlite, transactions: noted.map { _ in transaction }),
            diagnostics: [], removed: gone, dropped: gone, remade: remade)
    }

    // MARK: - Changes

    /// The tables or views in which anything changes but indexes and triggers.
    private func changed(_ kind: ObjectKind) -> [ObjectID] {
        let ids = request.changes.compactMap { change -> ObjectID? in
            if [.column, .constraint].contains(change.id.kind) {
                return .table(change.id.path[0])
            }
            return change.id
        }
        return Set(ids.filter { $0.kind == kind }).sorted()
    }

    private func operations(table id: ObjectID) -> (operations: [Operation], isRebuild: Bool) {
        let old = TableState(context.settled[id], children: context.oldChildren(of: id))
        let new = TableState(context.desired[id], children: context.newChildren(of: id))
        switch (old, new) {
        case (nil, let new?): return ([context.creation(of: new)], false)
        case (let old?, nil): return ([context.removal(of: old)], false)
        case (let old?, let new?):
            return TableOperations(old: old, new: new, context: context).operations()
        case (nil, nil): return ([], false)
        }
    }

    /// What belongs to one table or view stands together.
    private func group(of operation: Operation) -> ObjectID {
        let id = operation.subject
        let object = context.desired[id] ?? context.settled[id]
        if id.kind == .data { return .table(id.path[0]) }
        return id.kind == .table ? id : object?.parent ?? id
    }

    // MARK: - Renames

    /// The renames as one operation: what speaks of a name changes with it, so what each by itself
    /// leads to cannot be told apart.
    private func renaming() -> [Operation] {
        let script = RenameScript(
            request.settlement.renames, live: request.live, desired: request.desired)
        let heads = script.renames.map(\.to)
        guard let first = heads.first(where: { $0.kind == .table }) ?? heads.first else {
            return []
        }
        var operation = Operation(
            "rename", first,
            title: "Rename \(script.titles.joined(separator: ", "))",
            .statements(script.statements), phase: .contract,
            undo: Undo(.exact, script.back.map { Statement($0.text(.sqlite)) }))
        operation.touches = difference(from: request.live, to: request.settlement.catalog).map(
            Step.Touch.init)
        for rename in script.renames {
            let isTable = rename.from.kind == .table
            if isTable || rename.from.kind == .column {
                let table = isTable ? rename.to : .table(rename.to.path[0])
                // The lock is on the whole database: one tells of it.
                if operation.effects.locks.isEmpty {
                    operation.effects.locks = context.locks(table)
                }
            }
            // Names that differ in case alone are one name to those who use it.
            if rename.from == rename.to { continue }
            if [.table, .view, .column].contains(rename.from.kind) {
                operation.effects.breaks.append(
                    .init(
                        object: rename.from,
                        consequence: "statements that use the old name \(rename.from.name) fail"))
            }
        }
        if operation.effects.breaks.isEmpty { operation.phase = .expand }
        return [operation]
    }
}

extension PlanContext {
    /// The operation that makes a table; its indexes and triggers have their own.
    func creation(of table: TableState) -> Operation {
        var operation = Operation(
            "create", table.id, title: "Create \(table.id)", .statements([table.parts.create()]),
            phase: .expand,
            undo: Undo(.exact, [Statement(("DROP TABLE \(name: table.name)" as SQL).text(.sqlite))])
        )
        let parts = table.objects.keys.filter { $0.kind != .index && $0.kind != .trigger }
        operation.produces = Set(parts)
        operation.takes = [NameSlot(space: .relation, path: table.id.path)]
        operation.touches = parts.sorted().map(touch)
        return operation
    }

    /// The operation that removes a table with its indexes and triggers.
    func removal(of table: TableState) -> Operation {
        var operation = Operation(
            "drop", table.id, title: "Drop \(table.id)",
            .statements(["DROP TABLE \(name: table.name)"]), phase: .contract,
            undo: Undo(
                .shape(loses: "all rows"),
                table.creation.map { Statement($0.text(.sqlite)) }))
        let rows = oldChildren(of: table.id).filter { $0.id.kind == .data }
        let all = Array(table.objects.values) + rows
        operation.destroys = Set(all.map(\.id))
        operation.frees = Set(all.flatMap(\.slots))
        operation.touches = all.sorted { $0.id < $1.id }.map { Step.Touch(.drop($0)) }
        operation.data = .destroyed
        operation.effects.locks = locks(table.id)
        operation.effects.losses = [.init(object: table.id, relation: table.id, what: "all rows")]
        operation.effects.breaks = [
            .init(object: table.id, consequence: "statements that use \(table.name) fail")
        ]
        return operation
    }
}
