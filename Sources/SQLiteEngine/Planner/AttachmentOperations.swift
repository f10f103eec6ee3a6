internal import Planning
internal import SchemaCore

/// The operations of indexes and triggers that are not made again with their table or view.
struct AttachmentOperations {
    let context: PlanContext
    /// The tables and views that are made again.
    let remade: Set<ObjectID>

    func operations(_ change: Change<SQLiteObject>) -> [Operation] {
        guard change.id.kind == .index || change.id.kind == .trigger else { return [] }
        switch change {
        case .create(let object): return isHandled(object) ? [] : [creation(of: object)]
        case .drop(let object): return leavesAlong(object) ? [] : [removal(of: object)]
        case .alter(let old, let new):
            if old.parent != new.parent {
                return [removal(of: old)] + (isHandled(new) ? [] : [creation(of: new)])
            }
            return isHandled(new) ? [] : [replacement(of: old, by: new)]
        }
    }

    private func isHandled(_ object: SQLiteObject) -> Bool {
        object.parent.map(remade.contains) ?? false
    }

    private func leavesAlong(_ object: SQLiteObject) -> Bool {
        guard let parent = object.parent else { return false }
        return remade.contains(parent) || context.desired[parent] == nil
    }

    // MARK: - Operations

    private func creation(of object: SQLiteObject) -> Operation {
        var operation = Operation(
            "create", object.id, title: "Create \(object.id)", .statements(object.creation),
            phase: .expand, undo: Undo(.exact, statements(object.removal)))
        operation.touches = [Step.Touch(.create(object))]
        arrive(object, in: &operation)
        return operation
    }

    private func removal(of object: SQLiteObject) -> Operation {
        var operation = Operation(
            "drop", object.id, title: "Drop \(object.id)", .statements(object.removal),
            phase: .contract, undo: Undo(.exact, statements(object.creation)))
        if case .index(let index) = object.definition, index.isUnique { operation.phase = .expand }
        operation.touches = [Step.Touch(.drop(object))]
        leave(object, in: &operation)
        return operation
    }

    private func replacement(of old: SQLiteObject, by new: SQLiteObject) -> Operation {
        var operation = Operation(
            "replace", new.id, title: "Make \(new.id) again in its new form",
            .statements(old.removal + new.creation), phase: .expand,
            undo: Undo(.exact, statements(new.removal + old.creation)))
        operation.touches = [Step.Touch(.alter(from: old, to: new))]
        leave(old, in: &operation)
        arrive(new, in: &operation)
        return operation
    }

    private func arrive(_ object: SQLiteObject, in operation: inout Operation) {
        operation.produces.insert(object.id)
        operation.consumes.formUnion(object.dependencies)
        operation.takes.formUnion(object.slots)
        guard let host = object.parent else { return }
        operation.consumes.insert(host)
        operation.effects.breaks += breaks(.create(object))
        guard case .index(let index) = object.definition, context.settled[host] != nil else {
            return
        }
        operation.effects.locks = context.locks(host, writesMuch: true)
        operation.effects.scans = [host]
        operation.effects.builds = [object.id]
        guard index.isUnique, let questions = context.questions(host) else { return }
        operation.probes.append(questions.duplicates(index))
        // Rows may stand in its way as they are.
        operation.consumes.insert(RowOperations.id(host))
    }

    private func leave(_ object: SQLiteObject, in operation: inout Operation) {
        operation.destroys.insert(object.id)
        operation.releases.formUnion(object.dependencies)
        if let host = object.parent {
            operation.releases.insert(host)
            operation.effects.locks = context.locks(host)
        }
        operation.frees.formUnion(object.slots)
        operation.effects.breaks += breaks(.drop(object))
    }

    private func breaks(_ change: Change<SQLiteObject>) -> [Effects.Break] {
        ChangeWords.breaks(ofAttachment: change)
    }

    private func statements(_ sql: [SQL]) -> [Statement] {
        sql.map { Statement($0.text(.sqlite)) }
    }
}

/// The operations of views. A view is text: it holds nothing, and SQLite looks at what it speaks of
/// only when it is read.
struct ViewOperations {
    let context: PlanContext

    func operation(_ id: ObjectID) -> Operation? {
        let (old, new) = (context.settled[id], context.desired[id])
        switch (old, new) {
        case (nil, let new?):
            return made("create", "Create \(id)", new, from: nil)
        case (let old?, nil): return removal(of: old)
        case (let old?, let new?): return made("replace", "Replace \(id)", new, from: old)
        case (nil, nil): return nil
        }
    }

    private func made(
        _ verb: String, _ title: String, _ new: SQLiteObject, from old: SQLiteObject?
    ) -> Operation {
        let before = old.map { [$0] + context.oldChildren(of: $0.id) } ?? []
        // The triggers of a view that is new have operations of their own.
        let after = [new] + (old == nil ? [] : context.newChildren(of: new.id))
        var operation = Operation(
            verb, new.id, title: title,
            .statements((old?.removal ?? []) + after.flatMap(\.creation)), phase: .expand,
            undo: Undo(
                .exact,
                (new.removal + before.flatMap(\.creation)).map { Statement($0.text(.sqlite)) }))
        operation.produces = Set(after.map(\.id))
        operation.destroys = Set(before.map(\.id))
        operation.consumes = new.dependencies
        operation.takes = Set(after.flatMap(\.slots))
        operation.frees = Set(before.flatMap(\.slots))
        let changes = difference(from: Catalog(before), to: Catalog(after))
        operation.touches = changes.map(Step.Touch.init)
        if old != nil {
            operation.effects.breaks = [
                .init(
                    object: new.id, consequence: "queries that read it get its new form",
                    isFailure: false)
            ]
        }
        operation.effects.breaks += changes.filter { $0.id.kind == .trigger }.flatMap {
            ChangeWords.breaks(ofAttachment: $0)
        }
        return operation
    }

    private func removal(of view: SQLiteObject) -> Operation {
        let all = [view] + context.oldChildren(of: view.id)
        var operation = Operation(
            "drop", view.id, title: "Drop \(view.id)", .statements(view.removal),
            phase: .contract,
            undo: Undo(.exact, all.flatMap(\.creation).map { Statement($0.text(.sqlite)) }))
        operation.destroys = Set(all.map(\.id))
        operation.releases = view.dependencies
        operation.frees = Set(all.flatMap(\.slots))
        operation.touches = all.map { Step.Touch(.drop($0)) }
        operation.effects.breaks = [
            .init(object: view.id, consequence: "statements that use \(view.id.name) fail")
        ]
        return operation
    }
}
