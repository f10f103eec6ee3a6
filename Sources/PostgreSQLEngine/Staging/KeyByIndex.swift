// Owns how a table that is there gets a primary key or unique constraint while others write to it.
// Invariant: when the constraint comes, or takes the place of another, its index is whole.

import Planning
import SchemaCore

/// A key whose index is built concurrently before the constraint takes it over (PostgreSQL manual,
/// ALTER TABLE, "ADD table_constraint_using_index"). An index that is there and would go is taken
/// over as it is. Partitioned tables have no such form, nor have keys without overlaps.
struct KeyByIndex {
    private let context: PlanContext
    /// The removals of primary keys in whose place another comes, by that.
    private var replaced: [ObjectID: Operation] = [:]
    /// The removals of indexes that a key takes over, by that.
    private var takenOver: [ObjectID: Operation] = [:]

    /// Takes the operations of a plan.
    ///
    /// - Parameter plain: what gets no form.
    init(_ context: PlanContext, _ operations: [Operation], except plain: Set<ObjectID>) {
        self.context = context
        var drops = operations.filter { operation in
            let id = operation.subject
            guard operation.verb == "drop", context.desired[id] == nil else { return false }
            // What else goes with an index would stay.
            return context.settled[id]?.isPrimaryKey == true
                || id.kind == .index && operation.destroys == [id]
        }
        for operation in operations where !plain.contains(operation.subject) && !drops.isEmpty {
            guard let (_, key) = key(for: operation) else { continue }
            let table = context.table(of: operation.subject)
            let index = key.index(on: table)
            if let place = drops.firstIndex(where: {
                guard case .index(let one)? = context.settled[$0.subject]?.definition else {
                    return false
                }
                return one == index && $0.subject.path[0] == table.path[0]
            }) {
                takenOver[operation.subject] = drops.remove(at: place)
            }
            guard context.desired[operation.subject]?.isPrimaryKey == true else { continue }
            replaced[operation.subject] = drops.first {
                $0.subject.kind == .constraint && context.table(of: $0.subject) == table
            }
        }
    }

    /// The steps in place of an operation; nil if it makes no key, or stays as it is.
    func steps(for operation: Operation, _ names: inout StagingNames) -> [Operation]? {
        let id = operation.subject
        if operation.verb == "drop" {
            let gone = [replaced, takenOver].flatMap(\.values).contains { $0.subject == id }
            return gone ? [] : nil
        }
        guard let (constraint, key) = key(for: operation) else { return nil }
        let table = context.table(of: id)
        if let drop = takenOver[id], let index = context.settled[drop.subject] {
            var addition = addition(constraint, by: index, operation)
            addition.destroys.formUnion(drop.destroys)
            addition.releases.formUnion(drop.releases)
            addition.frees.formUnion(drop.frees)
            return [replaced[id].map { replacement($0, by: addition) } ?? addition]
        }
        // Only what is to have its name may have it before.
        let name = names.free(in: id.path[0], taking: id.name, "lockstep_new")
        let index = PostgreSQLObject(
            .index(id.path[0], name), .index(key.index(on: table)), dependencies: [table])
        let addition = addition(constraint, by: index, operation)
        return [
            build(index, for: operation),
            replaced[id].map { replacement($0, by: addition) } ?? addition,
        ]
    }

    /// What an operation makes that has a form.
    private func key(
        for operation: Operation
    ) -> (ConstraintDefinition, ConstraintDefinition.Key)? {
        let id = operation.subject
        guard operation.verb == "create", id.kind == .constraint, context.options.concurrentIndexes,
            case .constraint(let constraint)? = context.desired[id]?.definition,
            constraint.enforcement == nil
        else { return nil }
        let key: ConstraintDefinition.Key
        switch constraint.rule {
        case .primaryKey(let one), .unique(let one): key = one
        case .check, .foreignKey, .exclusion: return nil
        }
        let table = context.table(of: id)
        guard context.exists(table), !context.isPartitioned(table), key.temporal == nil else {
            return nil
        }
        return (constraint, key)
    }

    private func build(_ index: PostgreSQLObject, for operation: Operation) -> Operation {
        let id = index.id
        guard case .index(let definition) = index.definition else { return operation }
        let removal: SQL = "DROP INDEX CONCURRENTLY \(name: id.path)"
        var build = Operation(
            "build", id, title: "Build the index of \(operation.subject)",
            .concurrentBuild(
                build: definition.creation(schema: id.path[0], name: id.name, .concurrently),
                cleanup: removal),
            phase: operation.phase, undo: context.exactly([removal]))
        build.place(as: operation)
        build.takes = NameSlot.taken(by: index)
        build.foresees = operation.foresees
        build.probes = operation.probes
        build.touches = [Step.Touch(object: id, before: nil, after: index.digest)]
        build.effects.locks = context.locks([
            .shareUpdateExclusive(context.table(of: operation.subject))
        ])
        build.effects.builds = [id]
        build.effects.breaks = operation.effects.breaks
        return build
    }

    private func addition(
        _ constraint: ConstraintDefinition, by index: PostgreSQLObject, _ operation: Operation
    ) -> Operation {
        let id = operation.subject
        let clause = constraint.clause(name: id.name, using: index.id.name)
        var add = operation
        if case .statements(let statements) = operation.form {
            add.form = .statements(
                ["ALTER TABLE \(name: context.table(of: id).path) ADD \(clause)"]
                    + statements.dropFirst())
        }
        add.title = "Create \(id) by its index"
        add.sequence = operation.sequence ?? 0
        add.sequenceKey = operation.sequenceKey ?? id
        add.frees = NameSlot.taken(by: index).subtracting(operation.takes)
        add.probes = []
        add.effects.builds = []
        add.effects.scans = []
        add.effects.breaks = []
        add.touches.append(Step.Touch(object: index.id, before: index.digest, after: nil))
        add.undo.statements += context.statements(index.creation)
        return add
    }

    /// One key in the place of another, as a single operation: a table is at no time without.
    private func replacement(_ drop: Operation, by addition: Operation) -> Operation {
        var swap = addition
        guard case .statements(let removal) = drop.form, case .statements(let more) = addition.form
        else { return addition }
        swap.verb = "replace"
        swap.title = "Replace \(drop.subject) by \(addition.subject)"
        swap.form = .statements(removal + more)
        swap.undo.statements.insert(contentsOf: drop.undo.statements, at: 1)
        swap.destroys.formUnion(drop.destroys)
        swap.releases.formUnion(drop.releases)
        swap.frees.formUnion(drop.frees)
        swap.effects.breaks = drop.effects.breaks
        swap.touches = drop.touches + addition.touches
        return swap
    }
}

extension ConstraintDefinition.Key {
    /// The index that the key has.
    fileprivate func index(on table: ObjectID) -> IndexDefinition {
        IndexDefinition(
            table: table.name, isUnique: true, nullsNotDistinct: nullsNotDistinct,
            keys: columns.map { .init(.column($0)) }, include: include, options: options,
            tablespace: tablespace)
    }
}
