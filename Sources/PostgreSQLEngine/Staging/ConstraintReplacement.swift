// Owns how a check or foreign key changes that cannot do so in place. Invariant: the old one goes
// in the moment in which the new one, which all rows are known to satisfy, gets its name.

import Planning
import SchemaCore

/// A new constraint under another name, validated there, that then takes the old one's place.
struct ConstraintReplacement {
    private let context: PlanContext
    private let replaced: Set<ObjectID>
    private let drops: [ObjectID: Operation]
    private let validations: [ObjectID: Operation]

    /// Takes the operations of a plan.
    ///
    /// - Parameter replaced: what leaves and comes back for its own change.
    init(_ context: PlanContext, replaced: Set<ObjectID>, _ operations: [Operation]) {
        self.context = context
        self.replaced = replaced
        func bySubject(_ verb: String) -> [ObjectID: Operation] {
            Dictionary(
                operations.filter { $0.verb == verb && replaced.contains($0.subject) }
                    .map { ($0.subject, $0) }, uniquingKeysWith: { first, _ in first })
        }
        drops = bySubject("drop")
        validations = bySubject("validate")
    }

    /// The steps in place of an operation: all in that of the one that makes the constraint, none
    /// in those of the others. Nil if it stays as it is.
    func steps(for operation: Operation, _ names: inout StagingNames) -> [Operation]? {
        let id = operation.subject
        guard let drop = drops[id], let validation = validations[id], isAlone(id),
            let old = context.settled[id], let new = context.desired[id],
            case .constraint(let constraint) = new.definition
        else { return nil }
        switch operation.verb {
        case "drop", "validate": return []
        case "create": break
        default: return nil
        }
        let table = context.table(of: id)
        let name = names.free(in: id.path[0], id.name, nil, "lockstep_new")
        let parts = [false, true].map {
            PostgreSQLObject(
                .constraint(table.path[0], table.name, name),
                .constraint(constraint.validated($0)), dependencies: new.dependencies)
        }
        return [
            creation(parts[0], like: operation),
            validated(parts, like: validation, for: operation),
            swap(parts[1], old, drop, operation, validation),
        ]
    }

    /// Whether no table above or below has the constraint as well.
    private func isAlone(_ id: ObjectID) -> Bool {
        let table = context.table(of: id)
        if context.isPartitioned(table) || !context.tree.descendants(of: table).isEmpty {
            return false
        }
        let catalogs = [context.settled, context.desired]
        if catalogs.contains(where: { $0[table]?.parentTables.isEmpty == false }) { return false }
        return catalogs.allSatisfy { catalog in
            guard case .constraint(let constraint)? = catalog[id]?.definition else { return false }
            switch constraint.rule {
            case .check: return true
            case .foreignKey:
                let other = constraint.referredTable(in: table.path[0])
                return other.map(context.isPartitioned) == false
            case .primaryKey, .unique, .exclusion: return false
            }
        }
    }

    private func creation(_ loose: PostgreSQLObject, like operation: Operation) -> Operation {
        var create = operation
        create.subject = loose.id
        create.title = "Create \(operation.subject) in its new form"
        create.form = .statements(loose.creation)
        create.place(as: operation)
        create.takes.subtract(
            NameSlot.taken(by: PostgreSQLObject(operation.subject, loose.definition)))
        create.touches = [Step.Touch(object: loose.id, before: nil, after: loose.digest)]
        create.produces = []
        create.undo = context.exactly(loose.removal)
        return create
    }

    private func validated(
        _ parts: [PostgreSQLObject], like validation: Operation, for operation: Operation
    ) -> Operation {
        let id = parts[0].id
        var validate = validation
        validate.subject = id
        validate.title = "Validate \(operation.subject) in its new form"
        validate.form = .statements([
            "ALTER TABLE \(name: parts[0].tablePath) VALIDATE CONSTRAINT \(name: id.name)"
        ])
        validate.place(as: operation)
        validate.touches = [
            Step.Touch(object: id, before: parts[0].digest, after: parts[1].digest)
        ]
        validate.produces = []
        return validate
    }

    private func swap(
        _ valid: PostgreSQLObject, _ old: PostgreSQLObject, _ drop: Operation,
        _ create: Operation, _ validation: Operation
    ) -> Operation {
        let id = old.id
        let alter: SQL = "ALTER TABLE \(name: old.tablePath)"
        func rename(_ from: ObjectID, _ to: ObjectID) -> SQL {
            "\(alter) RENAME CONSTRAINT \(name: from.name) TO \(name: to.name)"
        }
        var swap = Operation(
            "replace", id, title: "Replace \(id) by its new form",
            .statements(old.removal + [rename(valid.id, id)]), phase: create.phase,
            undo: Undo(
                .exact, context.statements([rename(id, valid.id)]) + drop.undo.statements))
        swap.place(as: create)
        swap.commitsAlone = false
        swap.produces = validation.produces
        swap.destroys = drop.destroys
        swap.releases.formUnion(drop.releases)
        swap.frees = drop.frees
        swap.takes = create.takes
        swap.effects.locks = drop.effects.locks
        swap.touches =
            drop.touches.filter { $0.object != id } + [
                Step.Touch(object: valid.id, before: valid.digest, after: nil),
                Step.Touch(
                    object: id, before: old.digest, after: context.desired[id]?.digest),
            ]
        return swap
    }
}
