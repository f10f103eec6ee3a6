// Owns how one table gets from one state to another: by ALTER TABLE where that is enough, else by
// one rebuild for all that changes.

internal import Planning
internal import SchemaCore

/// The operations of one table that is there before and after.
struct TableOperations {
    let old: TableState
    let new: TableState
    let context: PlanContext

    private var id: ObjectID { new.id }
    private var interim: String { context.interimName(for: new.name) }
    private var rebuild: Rebuild {
        Rebuild(
            old: old, new: new, interim: interim, rows: context.rows[id] ?? RowChanges(),
            statistics: context.statistics)
    }
    private var back: Rebuild {
        back(from: new, to: old, rebuild.rows.reversed)
    }
    private func back(
        from after: TableState, to before: TableState, _ rows: RowChanges = RowChanges()
    ) -> Rebuild {
        Rebuild(
            old: after, new: before, interim: interim, rows: rows, statistics: context.statistics)
    }
    private var questions: RowQuestions {
        RowQuestions(rebuild: rebuild, names: context.names, others: context.rows)
    }

    /// What is done, and whether it is a rebuild, which makes all indexes and triggers again.
    func operations() -> (operations: [Operation], isRebuild: Bool) {
        native().map { ($0, false) } ?? ([rebuilding()], true)
    }

    private var changed: [Change<SQLiteObject>] {
        let ids = Set(old.objects.keys).union(new.objects.keys)
        return ids.sorted().compactMap { id in
            switch (old.objects[id], new.objects[id]) {
            case (nil, let after?): .create(after)
            case (let before?, nil): .drop(before)
            case (let before?, let after?): before == after ? nil : .alter(from: before, to: after)
            case (nil, nil): nil
            }
        }
    }

    // MARK: - ALTER TABLE

    /// The operations by ALTER TABLE, if it can do all (<https://sqlite.org/lang_altertable.html>,
    /// sections 4 and 5).
    private func native() -> [Operation]? {
        var added: [SQLiteObject] = []
        var dropped: [SQLiteObject] = []
        var constraints: [SQLiteObject] = []
        for change in changed where change.id.kind != .index && change.id.kind != .trigger {
            switch change {
            case .create(let object) where object.id.kind == .column: added.append(object)
            case .create(let object) where object.id.kind == .constraint:
                constraints.append(object)
            case .drop(let object) where object.id.kind == .column: dropped.append(object)
            case .create, .drop, .alter: return nil
            }
        }
        guard dropped.count <= 1, dropped.allSatisfy(canDrop),
            let attached = attach(constraints, to: added)
        else { return nil }
        added.sort { ($0.position, $0.id) < ($1.position, $1.id) }
        var operations: [Operation] = []
        var state = old
        for object in added {
            let along = attached[object.id] ?? []
            guard case .column(let column) = object.definition, canAdd(column) else { return nil }
            let next = state.with([object] + along)
            operations.append(
                addition(of: object, column, along, from: state, to: next, operations.count))
            state = next
        }
        operations += dropped.map { removal(of: $0, from: state) }
        // What leads back by a rebuild makes indexes and triggers again, so these must stay.
        let isSteady = !changed.contains { $0.id.kind == .index || $0.id.kind == .trigger }
        return isSteady || operations.allSatisfy { $0.undo.statements.count == 1 }
            ? operations : nil
    }

    /// The constraints that a new column can bring along, by column; nil if some cannot be.
    private func attach(
        _ constraints: [SQLiteObject], to added: [SQLiteObject]
    ) -> [ObjectID: [SQLiteObject]]? {
        var out: [ObjectID: [SQLiteObject]] = [:]
        for object in constraints {
            guard case .constraint(let constraint) = object.definition else { return nil }
            let columns = added.filter { object.dependencies.contains($0.id) }
            switch constraint.rule {
            case .primaryKey, .unique: return nil
            case .foreignKey(let key):
                guard key.columns.count == 1, columns.count == 1,
                    case .column(let column) = columns[0].definition, column.default == nil,
                    column.generated == nil
                else { return nil }
            case .check: break
            }
            guard let last = columns.max(by: { $0.position < $1.position }) else { return nil }
            out[last.id, default: []].append(object)
        }
        return out
    }

    private func addition(
        of object: SQLiteObject, _ column: ColumnDefinition, _ along: [SQLiteObject],
        from before: TableState, to after: TableState, _ place: Int
    ) -> Operation {
        let constraints = along.compactMap { other -> ConstraintDefinition? in
            if case .constraint(let constraint) = other.definition { constraint } else { nil }
        }
        let inline = constraints.map { constraint -> SQL in
            switch constraint.rule {
            case .foreignKey(let key): constraint.prefix + key.reference
            case .primaryKey, .unique, .check: constraint.sql
            }
        }
        let sql = ([column.sql] + inline).joined(" ")
        // A column that refers to another table cannot be dropped in place.
        let back: [SQL] =
            constraints.contains(where: \.isForeignKey)
            ? back(from: after, to: before).statements()
            : ["ALTER TABLE \(name: new.name) DROP COLUMN \(name: column.name)"]
        var operation = Operation(
            "create", object.id, title: "Add \(object.id)",
            .statements(["ALTER TABLE \(name: new.name) ADD COLUMN \(sql)"]), phase: .expand,
            undo: Undo(.exact, statements(back)))
        operation.produces = Set([object.id] + along.map(\.id))
        operation.touches = operation.produces.sorted().map(context.touch)
        operation.takes = [NameSlot(space: .column, path: object.id.path)]
        operation.sequence = place
        operation.sequenceKey = id
        operation.effects.locks = context.locks(id)
        for case .check(let check) in constraints.map(\.rule) {
            operation.effects.scans = [id]
            operation.probes.append(questions.violators(check, "a check of \(column.name)"))
        }
        return operation
    }

    private func canAdd(_ column: ColumnDefinition) -> Bool {
        if let generated = column.generated { return !generated.isStored }
        guard column.hasConstantDefault else { return false }
        guard column.notNull != nil else { return true }
        return column.default.map { $0.canonical.asciiUppercased != "NULL" } ?? false
    }

    /// Nothing names the column, and all views and triggers can be read when its turn comes, which
    /// DROP COLUMN looks at (section 5).
    private func canDrop(_ object: SQLiteObject) -> Bool {
        // What comes, comes behind what it needs, and what goes leaves before that does. What is
        // made again in another form may speak of what is gone, or is not there yet.
        let isSteady = context.changes.values.allSatisfy { change in
            switch change {
            case .create(let other), .drop(let other):
                switch other.definition {
                case .table, .column, .constraint, .index, .view, .trigger, .data: true
                case .statement: false
                }
            case .alter(let other, _):
                switch other.definition {
                case .table, .column, .constraint, .index, .data: true
                case .view, .trigger, .statement: false
                }
            }
        }
        let users = context.settled.objects.values.filter { $0.dependencies.contains(object.id) }
        return isSteady && context.isSound && users.allSatisfy(letsGo)
    }

    /// Whether a column can go that an object uses as it is before the plan.
    private func letsGo(_ user: SQLiteObject) -> Bool {
        switch user.definition {
        // It stays without the value, or leaves before.
        case .data: true
        // It leaves before, and may come back in another form.
        case .index: context.changes[user.id] != nil
        // One that leaves, leaves before; one that stays as it is names no column: `SELECT *`.
        case .view: context.changes[user.id] == nil || context.desired[user.id] == nil
        case .trigger: context.desired[user.id] == nil
        case .table, .column, .constraint, .statement: false
        }
    }

    private func removal(of object: SQLiteObject, from before: TableState) -> Operation {
        var operation = Operation(
            "drop", object.id, title: "Drop \(object.id)", .statements([]), phase: .contract,
            undo: Undo(.exact, []))
        guard case .column(let column) = object.definition else { return operation }
        operation.form = .statements([
            "ALTER TABLE \(name: new.name) DROP COLUMN \(name: column.name)"
        ])
        operation.undo.statements = statements(
            canAdd(column)
                ? ["ALTER TABLE \(name: new.name) ADD COLUMN \(column.sql)"]
                : back(from: new, to: before).statements())
        operation.destroys = [object.id]
        operation.frees = [NameSlot(space: .column, path: object.id.path)]
        operation.touches = [context.touch(object.id)]
        operation.effects.locks = context.locks(id, writesMuch: true)
        operation.effects.rewrites = [id]
        operation.data = .kept
        describe(.drop(object), in: &operation)
        return operation
    }

    // MARK: - Rebuild

    private func rebuilding() -> Operation {
        let summary = changed.compactMap { ChangeWords.text($0, old: old, new: new) }
        var operation = Operation(
            "rebuild", id, title: "Rebuild \(id): \(summary.joined(separator: ", "))",
            .statements(rebuild.statements()), phase: .expand,
            undo: Undo(.exact, statements(back.statements())))
        for change in changed {
            switch change {
            case .create(let object): operation.produces.insert(object.id)
            case .drop(let object): operation.destroys.insert(object.id)
            case .alter(_, let object):
                operation.produces.insert(object.id)
                operation.destroys.insert(object.id)
                if [.column, .table].contains(object.id.kind) {
                    operation.effects.revalues.append(object.id)
                }
            }
        }
        // What leaves for another table has to have left before this one is dropped.
        operation.produces.insert(id)
        operation.destroys.insert(id)
        operation.frees = Set(old.attachments.flatMap(\.slots))
        operation.takes = Set(new.attachments.flatMap(\.slots))
        operation.touches = changed.map(Step.Touch.init)
        operation.effects.locks = context.locks(id, writesMuch: true)
        operation.effects.rewrites = [id]
        operation.data = .kept
        for change in changed { describe(change, in: &operation) }
        describeRows(in: &operation)
        if rebuild.losesCounter { lose("the counter of \(old.name)", in: &operation) }
        operation.probes += TableProbes(questions: questions, changed: changed).all()
        let isNoticed = operation.effects.breaks.contains(where: \.isFailure)
        if isNoticed || operation.data > .kept { operation.phase = .contract }
        return operation
    }

    /// What the change of one part destroys, and what running code notices of it.
    private func describe(_ change: Change<SQLiteObject>, in operation: inout Operation) {
        operation.effects.breaks += ChangeWords.breaks(change, old: old, new: new)
        let gone: ColumnDefinition
        switch change {
        case .create: return
        case .drop(let object):
            guard case .column(let column) = object.definition, column.generated == nil else {
                return
            }
            gone = column
        case .alter(let before, let after):
            guard case .column(let column) = before.definition, column.generated == nil,
                case .column(let next) = after.definition, next.generated != nil
            else { return }
            gone = column
        }
        operation.data = .destroyed
        operation.effects.losses.append(
            .init(object: change.id, relation: id, what: "all values"))
        lose("all values of \(gone.name)", in: &operation)
    }

    /// What the way back does not bring.
    private func lose(_ what: String, in operation: inout Operation) {
        switch operation.undo.claim {
        case .exact, .none: operation.undo.claim = .shape(loses: what)
        case .shape(let others): operation.undo.claim = .shape(loses: "\(others), \(what)")
        }
    }

    /// What the copy does to values that stay.
    private func describeRows(in operation: inout Operation) {
        for source in rebuild.sources() {
            let column = ObjectID.column(new.name, source.column.name)
            if let notice = source.conversion?.notice {
                operation.effects.breaks.append(
                    .init(object: column, consequence: notice, isFailure: false))
            }
            let isNumbered = rebuild.numbered?.name == source.column.name
            if isNumbered { operation.effects.revalues.append(column) }
            let numbered = isNumbered ? "NULLs (they get numbers)" : nil
            guard let loss = source.conversion?.loss ?? numbered else { continue }
            operation.data = max(operation.data, .lossy)
            operation.effects.losses.append(.init(object: column, relation: id, what: loss))
            if case .exact = operation.undo.claim { operation.undo.claim = .shape(loses: loss) }
        }
    }

    private func statements(_ sql: [SQL]) -> [Statement] {
        sql.map { Statement($0.text(.sqlite)) }
    }
}

extension Step.Touch {
    /// What a change does to its object.
    init(_ change: Change<SQLiteObject>) {
        switch change {
        case .create(let object):
            self.init(object: object.id, before: nil, after: object.digest)
        case .drop(let object): self.init(object: object.id, before: object.digest, after: nil)
        case .alter(let before, let after):
            self.init(object: after.id, before: before.digest, after: after.digest)
        }
    }
}

extension ConstraintDefinition {
    var isForeignKey: Bool {
        switch rule {
        case .foreignKey: true
        case .primaryKey, .unique, .check: false
        }
    }
}
