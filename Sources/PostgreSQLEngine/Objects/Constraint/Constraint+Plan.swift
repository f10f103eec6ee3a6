import Planning
import SchemaCore

extension PlanContext {
    /// A check or foreign key on a table that is there comes unvalidated first, so that the long
    /// scan happens without the strong lock (PostgreSQL manual, ALTER TABLE, "NOT VALID").
    func creation(
        of constraint: ConstraintDefinition, object: PostgreSQLObject, _ base: Operation
    ) -> [Operation] {
        let table = table(of: object.id)
        guard exists(table) else { return [withReferencedLock(base, constraint, table)] }
        if constraint.enforcement != nil { return [unenforced(constraint, table, base)] }
        var operation = base
        operation.data = .kept
        operation.foresees = newColumns(of: object, in: table)
        switch constraint.rule {
        case .primaryKey(let key), .unique(let key):
            operation.effects.locks = [.accessExclusive(table)]
            operation.effects.builds = [object.id]
            operation.effects.scans = [table]
            operation.effects.breaks = [uniqueBreak(table)]
            if key.temporal == nil {
                operation.probes = duplicates(
                    of: object, in: table, keys: key.columns.map { .column($0) },
                    nullsNotDistinct: key.nullsNotDistinct, where: nil)
            }
            return [operation]
        case .exclusion(let exclusion):
            operation.effects.locks = [.accessExclusive(table)]
            operation.effects.builds = [object.id]
            operation.effects.scans = [table]
            operation.effects.breaks = [
                .init(
                    object: table,
                    consequence: "a write that conflicts with another row is refused",
                    isFailure: false)
            ]
            operation.probes = conflicts(of: exclusion, object, in: table)
            return [operation]
        case .check(let check):
            operation.probes = violators(of: check, object, in: table)
            operation.effects.locks = [.accessExclusive(table)]
            operation.effects.breaks = [
                .init(
                    object: table, consequence: "a write that violates \(object.id.name) is refused"
                )
            ]
            return staged(
                operation, constraint, object, validationLocks: [.shareUpdateExclusive(table)])
        case .foreignKey(let key):
            let other = ObjectID.table(key.table.schema ?? table.path[0], key.table.name)
            if key.temporal == nil {
                operation.probes = orphans(of: key, object, in: table, other: other)
            }
            operation.foresees.formUnion(newGround(of: object, in: other))
            operation.effects.locks = locks([.shareRowExclusive(table), .shareRowExclusive(other)])
            operation.effects.breaks = breaks(of: key, object.id, other: other)
            return staged(
                operation, constraint, object,
                validationLocks: [.shareUpdateExclusive(table), .rowShare(other)])
        }
    }

    /// What is only written down: nobody looks at rows for it.
    private func unenforced(
        _ constraint: ConstraintDefinition, _ table: ObjectID, _ base: Operation
    ) -> Operation {
        var operation = base
        var locks: [Effects.Lock] = [.accessExclusive(table)]
        if let other = constraint.referredTable(in: table.path[0]) {
            locks = [.shareRowExclusive(table), .shareRowExclusive(other)]
        }
        operation.effects = momentary(locks)
        return operation
    }

    private func withReferencedLock(
        _ base: Operation, _ constraint: ConstraintDefinition, _ table: ObjectID
    ) -> Operation {
        guard case .foreignKey(let key) = constraint.rule else { return base }
        var operation = base
        operation.effects = momentary([
            .shareRowExclusive(.table(key.table.schema ?? table.path[0], key.table.name))
        ])
        return operation
    }

    /// NOT VALID, then VALIDATE in a step of its own.
    private func staged(
        _ base: Operation, _ constraint: ConstraintDefinition, _ object: PostgreSQLObject,
        validationLocks: [Effects.Lock]
    ) -> [Operation] {
        guard constraint.isValidated else { return [base] }
        if case .foreignKey = constraint.rule, isPartitioned(table(of: object.id)),
            capabilities.majorVersion < 18
        {
            // There it cannot come without a look at all rows.
            var whole = base
            whole.effects.scans = [table(of: object.id)]
            return [whole]
        }
        let between = PostgreSQLObject(
            object.id, .constraint(constraint.validated(false)), dependencies: object.dependencies)
        var add = base
        add.form = .statements(between.creation)
        add.touches = [
            Step.Touch(object: object.id, before: settled[object.id]?.digest, after: between.digest)
        ]
        add.sequence = 0
        var validate = validation(of: object.id, locks: validationLocks)
        validate.touches = [
            Step.Touch(object: object.id, before: between.digest, after: object.digest)
        ]
        validate.consumes = add.consumes
        validate.probes = add.probes
        validate.foresees = add.foresees
        add.probes = []
        validate.sequence = 1
        // What needs the constraint needs it validated.
        add.produces = []
        validate.produces = [object.id]
        return [add, validate]
    }

    private func validation(of id: ObjectID, locks: [Effects.Lock]) -> Operation {
        let table = table(of: id)
        var validate = Operation(
            "validate", id, title: "Validate \(id)",
            .statements([
                "ALTER TABLE \(name: table.path) VALIDATE CONSTRAINT \(name: id.name)"
            ]), phase: .contract, undo: Undo(.exact, []))
        validate.commitsAlone = true
        validate.effects.locks = self.locks(locks)
        validate.effects.scans = [table]
        validate.data = .kept
        return validate
    }

    private func violators(
        of check: ConstraintDefinition.Check, _ object: PostgreSQLObject, in table: ObjectID
    ) -> [Probe] {
        let new = newColumns(of: object, in: table)
        return [
            probe(
                "violators", counting: "rows of \(table.dottedPath) that violate the condition",
                of: table,
                """
                SELECT count(*) FROM \(rows(of: table, with: new)) \
                WHERE NOT (\(verbatim: check.expression))
                """,
                .fails, reads: grounds(of: new))
        ]
    }

    /// Rows that a foreign key refuses; to a table that this plan makes no row can refer.
    private func orphans(
        of key: ConstraintDefinition.ForeignKey, _ object: PostgreSQLObject, in table: ObjectID,
        other: ObjectID
    ) -> [Probe] {
        let new = newColumns(of: object, in: table)
        let own = new.filter { key.columns.contains($0.name) }
        let isUnset = own.contains {
            if case .null = newValue(of: $0) { true } else { false }
        }
        guard !key.referencedColumns.isEmpty, !isUnset || key.match == .full else { return [] }
        let match = zip(key.columns, key.referencedColumns)
            .map { "parent.\(name: $1) = child.\(name: $0)" as SQL }.joined(" AND ")
        // MATCH FULL takes all columns or none.
        let given = key.columns.map { "child.\(name: $0) IS NOT NULL" as SQL }
            .joined(key.match == .full ? " OR " : " AND ")
        var condition: SQL = "(\(given))"
        let newKeys = newColumns(of: object, in: other)
            .filter { key.referencedColumns.contains($0.name) }
        if exists(other) {
            condition += """
                 AND NOT EXISTS (SELECT 1 FROM \(rows(of: other, with: newKeys, as: "parent")) \
                WHERE \(match))
                """
        }
        return [
            probe(
                "orphans",
                counting: "rows of \(table.dottedPath) without a row in \(other.dottedPath)",
                of: table,
                """
                SELECT count(*) FROM \(rows(of: table, with: own, as: "child")) \
                WHERE \(condition)
                """, .fails, reads: grounds(of: own.union(newKeys)))
        ]
    }

    /// Validation, deferral and the index's parameters change in place; all else is made again.
    func alteration(
        of object: PostgreSQLObject, from old: ConstraintDefinition, to new: ConstraintDefinition
    ) -> Alteration {
        let id = object.id
        let table = table(of: id)
        if old.validated(true) == new.validated(true), new.isValidated, new.enforcement == nil {
            var locks: [Effects.Lock] = [.shareUpdateExclusive(table)]
            var probes: [Probe] = []
            switch new.rule {
            case .foreignKey(let key):
                let other = ObjectID.table(key.table.schema ?? table.path[0], key.table.name)
                locks.append(.rowShare(other))
                if key.temporal == nil {
                    probes = orphans(of: key, object, in: table, other: other)
                }
            case .check(let check): probes = violators(of: check, object, in: table)
            case .primaryKey, .unique, .exclusion: break
            }
            var operation = validation(of: id, locks: locks)
            operation.probes = probes
            return .inPlace([operation])
        }
        if old.rule == new.rule, old.enforcement == new.enforcement,
            case .foreignKey = new.rule
        {
            func timing(_ constraint: ConstraintDefinition) -> SQL {
                let words: SQL =
                    constraint.isDeferrable
                    ? (constraint.isInitiallyDeferred
                        ? "DEFERRABLE INITIALLY DEFERRED" : "DEFERRABLE INITIALLY IMMEDIATE")
                    : "NOT DEFERRABLE"
                return "ALTER TABLE \(name: table.path) ALTER CONSTRAINT \(name: id.name) \(words)"
            }
            var operation = Operation(
                "alter", id, title: "Change when \(id) is checked", .statements([timing(new)]),
                phase: .expand, undo: exactly([timing(old)]))
            operation.effects = momentary([.accessExclusive(table)])
            return .inPlace([operation])
        }
        if let oldOptions = old.indexOptions, let newOptions = new.indexOptions,
            old.withIndexOptions([:]) == new.withIndexOptions([:]), !isPartitioned(table)
        {
            return .inPlace(
                optionChange(
                    of: id, word: "INDEX", path: [id.path[0], id.name], from: oldOptions,
                    to: newOptions, lock: .shareUpdateExclusive(table))
                    + move(
                        of: id, index: .index(id.path[0], id.name), from: old.indexTablespace,
                        to: new.indexTablespace))
        }
        return .recreate
    }

    /// `SET` and `RESET` of storage parameters.
    func optionChange(
        of id: ObjectID, word: SQL, path: [String], from old: [String: String],
        to new: [String: String], lock: Effects.Lock
    ) -> [Operation] {
        func statements(_ old: [String: String], _ new: [String: String]) -> [SQL] {
            let set = new.filter { old[$0.key] != $0.value }
            let reset = old.filter { new[$0.key] == nil }
            var out: [SQL] = []
            if !reset.isEmpty {
                out.append("ALTER \(word) \(name: path) RESET (\(reset.parameterNames))")
            }
            if !set.isEmpty { out.append("ALTER \(word) \(name: path) SET (\(set.parameterList))") }
            return out
        }
        if old == new { return [] }
        var operation = Operation(
            "set-options", id, title: "Change the parameters of \(id)",
            .statements(statements(old, new)), phase: .expand,
            undo: exactly(statements(new, old)))
        operation.effects = momentary([lock])
        return [operation]
    }
}

extension PostgreSQLObject {
    /// Whether it is a primary key.
    var isPrimaryKey: Bool {
        if case .constraint(let constraint) = definition, case .primaryKey = constraint.rule {
            return true
        }
        return false
    }

    /// Whether it is an index, or a constraint that has one.
    var isIndexOrKey: Bool {
        if case .constraint(let constraint) = definition { return constraint.indexOptions != nil }
        return id.kind == .index
    }
}

extension ConstraintDefinition {
    /// Whether the rows that are there are known to satisfy it.
    var isValidated: Bool {
        switch rule {
        case .check(let check): check.isValidated
        case .foreignKey(let key): key.isValidated
        case .primaryKey, .unique, .exclusion: true
        }
    }

    /// The same constraint, validated or not.
    func validated(_ isValidated: Bool) -> ConstraintDefinition {
        var copy = self
        switch rule {
        case .check(var check):
            check.isValidated = isValidated
            copy.rule = .check(check)
        case .foreignKey(var key):
            key.isValidated = isValidated
            copy.rule = .foreignKey(key)
        case .primaryKey, .unique, .exclusion: break
        }
        return copy
    }

    /// Whether it cannot come within `CREATE TABLE`: a foreign key may need tables that come
    /// later, and what is not validated would be taken for valid there.
    var standsApart: Bool {
        if case .foreignKey = rule { return true }
        return !isValidated
    }

    /// The columns of a primary key or unique constraint.
    var keyColumns: [String]? {
        switch rule {
        case .primaryKey(let key), .unique(let key): key.columns
        case .check, .foreignKey, .exclusion: nil
        }
    }

    /// Whether one of the objects is a key over the same columns: of two such within one
    /// `CREATE TABLE` the server keeps one and gives it the other's name.
    func isTwin(ofOneAmong objects: some Sequence<PostgreSQLObject>) -> Bool {
        guard let columns = keyColumns else { return false }
        return objects.contains { object in
            if case .constraint(let other) = object.definition {
                other.keyColumns == columns
            } else {
                false
            }
        }
    }

    /// The storage parameters of its index, if it has one.
    var indexOptions: [String: String]? {
        switch rule {
        case .primaryKey(let key), .unique(let key): key.options
        case .exclusion(let exclusion): exclusion.options
        case .check, .foreignKey: nil
        }
    }

    /// The tablespace of its index, if it is not the database's.
    var indexTablespace: String? {
        switch rule {
        case .primaryKey(let key), .unique(let key): key.tablespace
        case .exclusion(let exclusion): exclusion.tablespace
        case .check, .foreignKey: nil
        }
    }

    /// The same constraint with other storage parameters, in the database's tablespace.
    func withIndexOptions(_ options: [String: String]) -> ConstraintDefinition {
        var copy = self
        switch rule {
        case .primaryKey(var key):
            key.options = options
            key.tablespace = nil
            copy.rule = .primaryKey(key)
        case .unique(var key):
            key.options = options
            key.tablespace = nil
            copy.rule = .unique(key)
        case .exclusion(var exclusion):
            exclusion.options = options
            exclusion.tablespace = nil
            copy.rule = .exclusion(exclusion)
        case .check, .foreignKey: break
        }
        return copy
    }
}
