// Owns how comes and goes what only its author can make. Invariant: what it holds is not known, so
// that whatever removes it destroys data.

import Planning
import SchemaCore

extension StatementDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .ownership }

    func creation(_ id: ObjectID) -> [SQL] { create.map { "\(verbatim: $0)" } }
    func removal(_ id: ObjectID) -> [SQL] { drop.map { "\(verbatim: $0)" } }

    func losses(_ id: ObjectID) -> [Effects.Loss] {
        [.init(object: id, relation: nil, what: "all that it holds")]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        switch act {
        case .create: []
        case .remove: [.init(object: id, consequence: "statements that use it fail")]
        }
    }

    func alteration(
        of id: ObjectID, from old: StatementDefinition, in context: PlanContext
    ) -> Alteration {
        let removal = drop.isEmpty ? old.removal(id) : self.removal(id)
        var operation = Operation(
            "replace", id, title: "Make \(id) again in its new form",
            .statements(removal + creation(id)), phase: .contract,
            undo: Undo(.none(reason: "what made it before is not known"), []))
        operation.produces = [id]
        operation.touches = [context.touch(id)]
        operation.data = .destroyed
        operation.effects.losses = losses(id)
        operation.effects.breaks = breaks(id, .remove)
        return .inPlace([operation])
    }
}

/// The places of statements among all operations: behind what has a kind, in the order of the
/// manifests, and before rows; what goes, the last that was made first, before all else.
struct StatementOrder {
    let request: PlanningRequest<PostgreSQLObject>

    private var statements: [(change: Change<PostgreSQLObject>, is: StatementDefinition)] {
        request.changes.compactMap { change in
            let object: PostgreSQLObject
            switch change {
            case .create(let new), .alter(_, let new): object = new
            case .drop(let old): object = old
            }
            guard case .plain(.statement(let statement)) = object.definition else { return nil }
            return (change, statement)
        }
    }

    /// What nothing removes stays, and that is told.
    func problems() -> [Diagnostic] {
        statements.compactMap { change, statement in
            let word: String
            var drop = statement.drop
            switch change {
            case .create: return nil
            case .drop: word = "removed"
            case .alter(let old, _):
                word = "made again in its new form"
                if case .plain(.statement(let before)) = old.definition { drop += before.drop }
            }
            guard drop.isEmpty else { return nil }
            return .error(
                "unsupported-change",
                "\(change.id) cannot be \(word): nothing says what removes it",
                at: request.spans[change.id],
                help: "give it a drop text, and apply that first; or keep it as it is")
        }
    }

    /// The operations with these places.
    func placed(_ operations: [Operation]) -> [Operation] {
        let statements = statements
        if statements.isEmpty { return operations }
        let places = Dictionary(
            statements.map { ($0.change.id, $0) }, uniquingKeysWith: { first, _ in first })
        // Default privileges come behind all that is made.
        let behind: Set<ObjectKind> = [.statement, .data, .defaultPrivileges]
        let others = operations.filter { !behind.contains($0.subject.kind) }
        let made = others.reduce(into: Set<ObjectID>()) { $0.formUnion($1.produces) }
        let gone = others.reduce(into: Set<ObjectID>()) { $0.formUnion($1.destroys) }
        return operations.map { operation in
            guard let (change, statement) = places[operation.subject] else { return operation }
            var operation = operation
            operation.sequenceKey = .statement("")
            if case .drop = change {
                operation.sequence = -1 - statement.order
                operation.releases.formUnion(gone)
                return operation
            }
            operation.sequence = statement.order
            operation.consumes.formUnion(made.subtracting(operation.produces))
            if operation.verb == "create", statement.drop.isEmpty {
                operation.undo = Undo(.none(reason: "nothing says what removes it"), [])
            }
            return operation
        }
    }
}
