// Owns how comes and goes what only its author can make. Invariant: what it holds is not known, so
// that whatever removes it destroys data.

internal import Planning
internal import SchemaCore

/// The operations of statements.
struct StatementOperations {
    let context: PlanContext

    /// In the order in which they are done: what goes first, the last that was made before the
    /// others; then what comes, in the order of the manifests.
    private var changes: [Change<SQLiteObject>] {
        context.changes.values.filter { $0.id.kind == .statement }.sorted { one, other in
            let (left, right) = (place(one), place(other))
            return (left.0, left.1, one.id) < (right.0, right.1, other.id)
        }
    }

    private func place(_ change: Change<SQLiteObject>) -> (Int, Int) {
        switch change {
        case .create(let object), .alter(_, let object): (1, object.statement?.order ?? 0)
        case .drop(let object): (0, -(object.statement?.order ?? 0))
        }
    }

    /// What nothing removes stays, and that is told.
    func problems(_ spans: [ObjectID: SourceSpan]) -> [Diagnostic] {
        changes.compactMap { change in
            let (drop, word): (VerbatimSQL?, String)
            switch change {
            case .create: return nil
            case .drop(let object): (drop, word) = (object.statement?.drop, "removed")
            case .alter(let old, let new):
                drop = new.statement?.drop ?? old.statement?.drop
                word = "made again in its new form"
            }
            guard drop == nil else { return nil }
            return .error(
                "unsupported-change",
                "\(change.id) cannot be \(word): nothing says what removes it",
                at: spans[change.id],
                help: "give it a drop text, and apply that first; or keep it as it is")
        }
    }

    func operations() -> [Operation] {
        let operations = changes.compactMap { change -> Operation? in
            switch change {
            case .create(let object): object.statement.map { creation(of: $0, change) }
            case .drop(let object): object.statement.map { removal(of: $0, change) }
            case .alter(let old, let new):
                new.statement.map {
                    replacement(by: $0, drop: $0.drop ?? old.statement?.drop, change)
                }
            }
        }
        return operations.enumerated().map { place, operation in
            var operation = operation
            operation.sequence = place
            operation.sequenceKey = Self.all
            return operation
        }
    }

    /// What has the order of all statements.
    private static let all = ObjectID.statement("")

    private func creation(
        of statement: StatementDefinition, _ change: Change<SQLiteObject>
    ) -> Operation {
        var operation = Operation(
            "create", change.id, title: "Create \(change.id)", .statements(sql(statement.create)),
            phase: .expand,
            undo: statement.drop.map { Undo(.exact, texts(sql($0))) }
                ?? Undo(.none(reason: "nothing says what removes it"), []))
        operation.touches = [Step.Touch(change)]
        arrive(change.id, in: &operation)
        return operation
    }

    private func removal(
        of statement: StatementDefinition, _ change: Change<SQLiteObject>
    ) -> Operation {
        var operation = Operation(
            "drop", change.id, title: "Drop \(change.id)", .statements(sql(statement.drop)),
            phase: .contract, undo: Undo(.shape(loses: Self.loss), texts(sql(statement.create))))
        operation.touches = [Step.Touch(change)]
        leave(change.id, in: &operation)
        // It may speak of tables that go.
        operation.releases = Set(
            context.ids(of: .table, context.settled).filter { context.desired[$0] == nil })
        return operation
    }

    private func replacement(
        by statement: StatementDefinition, drop: VerbatimSQL?, _ change: Change<SQLiteObject>
    ) -> Operation {
        var operation = Operation(
            "replace", change.id, title: "Make \(change.id) again in its new form",
            .statements(sql(drop) + sql(statement.create)), phase: .contract,
            undo: Undo(.none(reason: "what made it before is not known"), []))
        operation.touches = [Step.Touch(change)]
        leave(change.id, in: &operation)
        arrive(change.id, in: &operation)
        return operation
    }

    /// It may speak of any table, column and index.
    private func arrive(_ id: ObjectID, in operation: inout Operation) {
        operation.produces = [id]
        for kind in [ObjectKind.table, .column, .index] {
            operation.consumes.formUnion(context.ids(of: kind, context.desired))
        }
        // A unique index may have to wait for rows, and these for what triggers write to.
        for object in context.desired.objects.values {
            guard case .index(let index) = object.definition, index.isUnique,
                context.rows[.table(index.table)] != nil
            else { continue }
            operation.consumes.remove(object.id)
        }
    }

    private func leave(_ id: ObjectID, in operation: inout Operation) {
        operation.destroys = [id]
        operation.data = .destroyed
        operation.effects.losses = [.init(object: id, relation: nil, what: Self.loss)]
        operation.effects.breaks = [
            .init(object: id, consequence: "statements that use it fail")
        ]
    }

    private static let loss = "all that it holds"

    private func sql(_ text: VerbatimSQL?) -> [SQL] { text.map { ["\(verbatim: $0)"] } ?? [] }

    private func texts(_ sql: [SQL]) -> [Statement] { sql.map { Statement($0.text(.sqlite)) } }
}

extension SQLiteObject {
    /// What it is, if only its author can make it.
    var statement: StatementDefinition? {
        if case .statement(let statement) = definition { statement } else { nil }
    }
}
