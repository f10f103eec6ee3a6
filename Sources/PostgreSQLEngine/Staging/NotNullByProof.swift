// Owns how a column of a table comes to refuse NULL without a scan that keeps everybody waiting.
// Invariant: the proof is gone when the column has what it proves.

import Planning
import SchemaCore

/// `SET NOT NULL` that looks at no row: a validated check has done so before under a weak lock
/// (PostgreSQL manual, ALTER TABLE, "SET NOT NULL"). From 18 on the constraint itself can come
/// unvalidated.
struct NotNullByProof {
    private let context: PlanContext

    init(_ context: PlanContext) { self.context = context }

    /// The steps in place of an operation; nil if it is none of these, or stays as it is.
    func steps(for operation: Operation, _ names: inout StagingNames) -> [Operation]? {
        let id = operation.subject
        guard operation.verb == "set-not-null", let object = context.desired[id],
            case .column(let new) = object.definition, new.generated?.isStored != false,
            case .column(let old)? = context.settled[id]?.definition
        else { return nil }
        let table = context.table(of: id)
        // Below a table its own check need not be valid, and a constraint that comes unvalidated
        // would make other tables' columns differ meanwhile.
        let isAlone =
            !context.isPartitioned(table) && context.tree.descendants(of: table).isEmpty
        if isAlone, let proof = standingProof(of: id) { return [proven(operation, by: proof)] }
        if isAlone, context.capabilities.majorVersion >= 18 {
            return validated(operation, object, from: old, to: new)
        }
        return proven(operation, &names)
    }

    // MARK: - A check

    /// A check of the table that is there and validated, and says what is to be proven.
    private func standingProof(of column: ObjectID) -> ObjectID? {
        let condition = condition(of: column)
        return context.settledIndex.parts(of: context.table(of: column)).first { part in
            guard case .constraint(let constraint) = part.definition,
                case .check(let check) = constraint.rule, constraint.enforcement == nil
            else { return false }
            return check.isValidated && check.expression == condition
                && [nil, part].contains(context.desired[part.id])
        }?.id
    }

    /// Nothing is asked of rows that a check has proven, and the check goes afterwards if at all.
    private func proven(_ operation: Operation, by proof: ObjectID) -> Operation {
        var set = operation
        set.effects.scans = []
        set.probes = []
        set.releases.insert(proof)
        return set
    }

    private func proven(_ operation: Operation, _ names: inout StagingNames) -> [Operation] {
        let column = operation.subject
        let table = context.table(of: column)
        let name = names.free(in: table.path[0], table.name, column.name, "lockstep_proof")
        let proof = { isValidated in
            PostgreSQLObject(
                .constraint(table.path[0], table.name, name),
                .constraint(
                    ConstraintDefinition(
                        rule: .check(
                            .init(expression: condition(of: column), isValidated: isValidated)))))
        }
        let (loose, valid) = (proof(false), proof(true))
        func step(
            _ verb: String, _ title: String, _ statements: [SQL], undo: [SQL],
            from: PostgreSQLObject?, to: PostgreSQLObject?
        ) -> Operation {
            var step = Operation(
                verb, loose.id, title: title, .statements(statements), phase: operation.phase,
                undo: context.exactly(undo))
            step.place(as: operation)
            step.touches = [Step.Touch(object: loose.id, before: from?.digest, after: to?.digest)]
            step.effects = context.momentary([.accessExclusive(table)])
            return step
        }
        let alter: SQL = "ALTER TABLE \(name: table.path)"
        var create = step(
            "create", "Refuse new NULLs in \(column)", loose.creation, undo: loose.removal,
            from: nil, to: loose)
        create.effects.breaks = operation.effects.breaks
        var validate = step(
            "validate", "Validate that \(column) holds no NULL",
            ["\(alter) VALIDATE CONSTRAINT \(name: name)"], undo: [], from: loose, to: valid)
        validate.effects.locks = context.locks([.shareUpdateExclusive(table)])
        validate.effects.scans = [table]
        validate.probes = operation.probes.map { probe in
            var probe = probe
            probe.reads = [column]
            return probe
        }
        validate.foresees = operation.foresees
        var set = operation
        set.effects.scans = []
        set.effects.breaks = []
        set.probes = []
        set.commitsAlone = true
        let drop = step(
            "drop", "Drop the proof that \(column) holds no NULL", valid.removal,
            undo: valid.creation, from: valid, to: nil)
        return [create, validate, set, drop]
    }

    /// As the server prints it. Of a row, `IS NOT NULL` would ask every field.
    private func condition(of column: ObjectID) -> VerbatimSQL {
        let test: SQL = isRow(column) ? "IS DISTINCT FROM NULL" : "IS NOT NULL"
        let sql: SQL = "(\(name: column.name) \(test))"
        return VerbatimSQL(sql.text(.postgreSQL))
    }

    /// Whether a column's type is one of rows, be it behind domains.
    private func isRow(_ column: ObjectID) -> Bool {
        let rows: Set<ObjectKind> = [
            .table, .view, .materializedView, .foreignTable, .compositeType,
        ]
        let table = context.table(of: column)
        var queue = context.settled[column]?.dependencies ?? []
        var seen: Set<ObjectID> = [table, column]
        while let id = queue.popFirst() {
            guard seen.insert(id).inserted else { continue }
            if rows.contains(id.kind) { return true }
            if id.kind == .domain { queue.formUnion(context.settled[id]?.dependencies ?? []) }
        }
        return false
    }

    // MARK: - From 18 on

    private func validated(
        _ operation: Operation, _ object: PostgreSQLObject, from old: ColumnDefinition,
        to new: ColumnDefinition
    ) -> [Operation] {
        let id = operation.subject
        let table = context.table(of: id)
        var set = operation
        set.commitsAlone = true
        set.effects.locks = context.locks([.shareUpdateExclusive(table)])
        let alter: SQL = "ALTER TABLE \(name: table.path)"
        if old.notNull != nil {
            let name = context.settled[id]?.notNullName ?? NotNullName.of(id)
            set.form = .statements(["\(alter) VALIDATE CONSTRAINT \(name: name)"])
            return [set]
        }
        let name = object.givenNotNullName ?? NotNullName.of(id, besides: constraints(of: table))
        var loose = old
        loose.notNull = NotNullDefinition(
            name: new.notNull?.name, isValidated: false,
            noInherit: new.notNull?.noInherit ?? false)
        let between = PostgreSQLObject(id, .column(loose)).digest
        var add = operation
        add.verb = "add-not-null"
        add.title = "Refuse new NULLs in \(id)"
        add.form = .statements([loose.notNullAddition(id, name)])
        add.effects.scans = []
        add.probes = []
        add.produces = []
        add.commitsAlone = true
        add.touches = operation.touches.map {
            $0.object == id ? Step.Touch(object: id, before: $0.before, after: between) : $0
        }
        set.form = .statements(["\(alter) VALIDATE CONSTRAINT \(name: name)"])
        set.effects.breaks = []
        set.undo = context.exactly([])
        set.touches = operation.touches.map {
            $0.object == id ? Step.Touch(object: id, before: between, after: $0.after) : $0
        }
        return [add, set]
    }

    /// The names of a table's constraints before and after the plan.
    private func constraints(of table: ObjectID) -> Set<String> {
        let parts = [context.settledIndex, context.desiredIndex].flatMap { $0.parts(of: table) }
        return Set(parts.filter { $0.id.kind == .constraint }.map(\.id.name))
    }
}

extension Operation {
    /// Takes the place of another in the order, and shares no transaction.
    mutating func place(as other: Operation) {
        consumes = other.consumes
        releases = other.releases
        data = .kept
        commitsAlone = true
        sequence = other.sequence ?? 0
        sequenceKey = other.sequenceKey ?? other.subject
    }
}
