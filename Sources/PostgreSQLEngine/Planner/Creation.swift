import Planning
import SchemaCore

extension PlanContext {
    /// The operations that make an object: mostly one. What comes back belongs to whom it did, and
    /// the same roles have rights on it, where no manifest says another thing.
    func creation(of object: PostgreSQLObject) -> [Operation] {
        var operations = making(object)
        let more = carried(with: object.id)
        if !more.isEmpty, !operations.isEmpty { operations[0] = operations[0].saying(more) }
        return operations
    }

    private func making(_ object: PostgreSQLObject) -> [Operation] {
        var operation = Operation(
            "create", object.id, title: "Create \(object.id)", .statements(object.creation),
            phase: creationPhase(of: object), undo: creationUndo(of: object))
        operation.produces = [object.id]
        operation.consumes = needs(of: object)
        operation.takes = NameSlot.taken(by: object)
            .union(NameSlot.overloads(called: operation.consumes))
            .union([NameSlot.choice(of: object)].compactMap { $0 })
        operation.touches = [touch(object.id)]
        switch object.definition {
        case .schema: describeSchema(&operation)
        case .extension, .enum: break
        case .table(let table): describe(table, of: object, in: &operation)
        case .view(let view):
            operation.effects.breaks = breaks(ofRemade: object.id, view)
            if object.id.kind == .materializedView {
                // It is filled at once.
                let grounds = operation.consumes.map { $0.kind == .column ? table(of: $0) : $0 }
                operation.effects.scans = Set(grounds).sorted().filter {
                    [.table, .materializedView].contains($0.kind) && exists($0)
                }
            }
        case .function(let function):
            operation.effects.breaks = breaks(ofRemade: object.id, function)
            // With a default for an argument, calls of an overload that goes would fit both.
            if function.arguments.contains(where: { $0.default != nil }) {
                operation.takes.insert(.overloads(of: object.id))
            }
        case .column(let column):
            operation.form = .statements(addition(of: column, object.id, default: nil))
            if computed(object.id) != nil {
                // What its expression reads goes after it.
                operation.releases = settled[object.id]?.dependencies ?? []
            }
            describe(column, of: object, in: &operation)
        case .columnDefault: operation.effects = momentary([.accessExclusive(table(of: object.id))])
        case .constraint(let constraint):
            return creation(of: constraint, object: object, operation)
        case .index(let index):
            describe(index, of: object, in: &operation)
            if operation.isConcurrent { return sampled(operation, object.id, index) }
        case .sequence(let sequence): return [operation] + ownership(of: sequence, object: object)
        case .plain(.owner(let owner)): owner.describe(&operation, in: self)
        case .plain(.defaultPrivileges(let privileges)):
            privileges.describe(&operation, in: self)
        case .plain(.grants(let grants)):
            guard describe(grants, in: &operation) else { return [] }
        case .plain(let plain):
            operation.effects = momentary(plain.kind.locks(object.id, .create))
            operation.effects.breaks = breaks(ofMade: object.id, plain)
            plain.kind.describeCreation(object.id, in: &operation, self)
        case .comment:
            operation.title = "Comment on \(object.id.subject?.description ?? "")"
            operation.effects = commentEffects(object.id)
        }
        return [operation]
    }

    /// A concurrent build is one statement and no more: how many values are sampled comes after it.
    private func sampled(
        _ build: Operation, _ id: ObjectID, _ index: IndexDefinition
    ) -> [Operation] {
        guard var rest = statisticsChange(of: id, from: nil, to: index) else { return [build] }
        let bare = PostgreSQLObject(id, .index(index.withoutStatistics))
        var build = build
        build.touches = [Step.Touch(object: id, before: nil, after: bare.digest)]
        rest.consumes = [id]
        rest.touches = [
            Step.Touch(object: id, before: bare.digest, after: desired[id]?.digest)
        ]
        return [build, rest]
    }

    /// The script of an extension can make schemas that then are not its own, and refuses one that
    /// is there before it. So a schema waits for the extensions that none of them is to be put in.
    private func describeSchema(_ operation: inout Operation) {
        let name = operation.subject.name
        let extensions = created.filter { $0.kind == .extension }
        let isHome = extensions.contains { id in
            guard case .extension(let definition)? = desired[id]?.definition else { return false }
            return definition.schema == name
        }
        if extensions.isEmpty || isHome { return }
        operation.form = .statements(["CREATE SCHEMA IF NOT EXISTS \(name: name)"])
        operation.consumes.formUnion(extensions)
    }

    /// What an object needs, in the desired catalog. A sequence's owner comes after it.
    func needs(of object: PostgreSQLObject) -> Set<ObjectID> {
        if case .sequence(let sequence) = object.definition, let owner = sequence.ownedBy {
            return object.dependencies.subtracting([owner, table(of: owner)])
                .union([.schema(object.id.path[0])])
        }
        var needs = object.dependencies.union(object.parent.map { [$0] } ?? [])
        if case .constraint(let constraint) = object.definition,
            let table = constraint.referredTable(in: object.id.path[0])
        {
            needs.insert(table)
        }
        return needs.union(accessNeeds(of: object.id)).union(roles(behind: object))
    }

    /// The roles that it names, as far as they are managed.
    func roles(behind object: PostgreSQLObject) -> Set<ObjectID> {
        var names = object.mentionedRoles
        if object.id.kind == .defaultPrivileges {
            names.append(DefaultPrivilegesDefinition.role(of: object.id))
        }
        return Set(names.map { .role($0) }).filter { desired[$0] != nil || settled[$0] != nil }
    }

    /// The table of something whose path begins with it.
    func table(of id: ObjectID) -> ObjectID { .table(id.path[0], id.path[1]) }

    /// What is added to a relation that is there can hold new writes up; else nobody notices.
    private func creationPhase(of object: PostgreSQLObject) -> Phase {
        switch object.definition {
        case .schema, .extension, .table, .enum, .view, .function, .sequence, .comment: .expand
        case .plain(let plain):
            plain.kind.comesLast || !breaks(ofMade: object.id, plain).isEmpty ? .contract : .expand
        case .column(let column):
            column.isNotNull && !hasValue(object.id, column) && exists(table(of: object.id))
                ? .contract : .expand
        case .columnDefault: .expand
        case .constraint: exists(table(of: object.id)) ? .contract : .expand
        case .index(let index):
            index.isUnique && exists(index.owner(of: object.id)) ? .contract : .expand
        }
    }

    /// What comes with an object on a relation that is there; nobody uses a new one yet.
    private func breaks(ofMade id: ObjectID, _ plain: PlainDefinition) -> [Effects.Break] {
        plain.kind.breaks(id, .create).filter { exists($0.object) }
    }

    /// Whether rows that are there get a value in the new column.
    private func hasValue(_ id: ObjectID, _ column: ColumnDefinition) -> Bool {
        column.identity != nil || column.generated != nil || computed(id) != nil
            || desired[.columnDefault(id.path[0], id.path[1], id.path[2])] != nil
    }

    /// The expression by which a virtual column computed what it is to hold as a plain one; nil
    /// where it computes no more what it did.
    func computed(_ id: ObjectID) -> ColumnDefinition? {
        guard case .column(let old)? = settled[id]?.definition, old.generated?.isStored == false,
            case .column(let new)? = desired[id]?.definition, new.generated == nil,
            new.identity == nil
        else { return nil }
        return old
    }

    /// `ADD COLUMN` with its default. The server cannot keep what a virtual column computes, so it
    /// is computed once more as a stored one, which then lets go of its expression.
    func addition(
        of column: ColumnDefinition, _ id: ObjectID, default expression: VerbatimSQL?
    ) -> [SQL] {
        let alter: SQL = "ALTER TABLE \(name: table(of: id).path)"
        let name = desired[id]?.givenNotNullName
        let completion = column.notNullCompletion(id, name)
        guard let generated = computed(id)?.generated else {
            let clause = column.clause(name: id.name, default: expression, notNull: name)
            return ["\(alter) ADD COLUMN \(clause)"] + completion
        }
        var filled = column
        filled.generated = .init(expression: generated.expression, isStored: true)
        let own: SQL = "\(alter) ALTER COLUMN \(name: id.name)"
        return [
            "\(alter) ADD COLUMN \(filled.clause(name: id.name, notNull: name))",
            "\(own) DROP EXPRESSION",
        ] + completion + (expression.map { ["\(own) SET DEFAULT \(verbatim: $0)"] } ?? [])
    }

    private func creationUndo(of object: PostgreSQLObject) -> Undo {
        let back = statements(object.removal)
        switch object.definition {
        case .table: return Undo(.shape(loses: "rows written since"), back)
        case .column(let column) where column.generated == nil:
            return Undo(.shape(loses: "values written since"), back)
        case .sequence: return Undo(.shape(loses: "the count"), back)
        case .extension: return Undo(.shape(loses: "what was stored in its objects since"), back)
        case .schema, .enum, .view, .function, .column, .columnDefault, .constraint, .index,
            .comment, .plain:
            return Undo(.exact, back)
        }
    }

    private func describe(
        _ column: ColumnDefinition, of object: PostgreSQLObject, in operation: inout Operation
    ) {
        let table = table(of: object.id)
        guard exists(table) else { return }
        operation.effects.locks = [.accessExclusive(table)]
        let isStored = column.generated?.isStored ?? false
        let old = computed(object.id)
        if column.identity != nil || isStored || old != nil { operation.effects.rewrites = [table] }
        if let old, !old.isNotNull && column.isNotNull {
            operation.probes.append(nulls(object.id, basis: .values))
        }
        if column.isNotNull && !hasValue(object.id, column) {
            operation.probes.append(
                probe(
                    "rows", counting: "rows of \(table.dottedPath), which would have no value",
                    of: table, "SELECT count(*) FROM \(former.rows(of: table))", .fails,
                    basis: .presence))
            operation.effects.breaks.append(
                .init(
                    object: object.id,
                    consequence: "an INSERT that does not name \(object.id.name) fails"))
        }
        if column.isNotNull, let generated = column.generated {
            operation.foresees = newColumns(of: object, in: table).union([object.id])
            operation.probes.append(nulls(in: object, by: generated))
        }
        if column.identity?.isAlways == true || column.generated != nil {
            operation.effects.breaks.append(
                .init(
                    object: object.id,
                    consequence: "an INSERT that names \(object.id.name) fails", isFailure: false))
        }
    }

    /// Counts the rows for which an expression gives NULL to a column that refuses it.
    func nulls(in object: PostgreSQLObject, by generated: ColumnDefinition.Generated) -> Probe {
        let table = table(of: object.id)
        let new = newColumns(of: object, in: table)
        return probe(
            "nulls", counting: "rows of \(table.dottedPath) whose \(object.id.name) would be NULL",
            of: table,
            """
            SELECT count(*) FROM \(rows(of: table, with: new)) \
            WHERE (\(verbatim: generated.expression)) IS NULL
            """, .fails, reads: grounds(of: new))
    }

    /// A default that calls a volatile function and comes with its column is computed for each row.
    func addDefault(_ value: DefaultDefinition, to operation: inout Operation, in table: ObjectID) {
        if value.isVolatile && exists(table) && !operation.effects.rewrites.contains(table) {
            operation.effects.rewrites.append(table)
        }
    }

    private func describe(
        _ index: IndexDefinition, of object: PostgreSQLObject, in operation: inout Operation
    ) {
        let table = index.owner(of: object.id)
        guard exists(table) else { return }
        operation.effects.builds = [object.id]
        if options.concurrentIndexes && !isPartitioned(table) {
            operation.form = .concurrentBuild(
                build: index.creation(
                    schema: object.id.path[0], name: object.id.name, .concurrently),
                cleanup: "DROP INDEX CONCURRENTLY \(name: object.id.path)")
            operation.undo = exactly(["DROP INDEX CONCURRENTLY \(name: object.id.path)"])
            operation.effects.locks = [.shareUpdateExclusive(table)]
        } else {
            operation.effects.locks = [.share(table)]
            operation.effects.scans = [table]
        }
        // What a materialized view will hold that is made again, nobody can ask before.
        let isAskable = table.kind != .materializedView || settled[table] == desired[table]
        if index.isUnique && isAskable {
            operation.foresees = newColumns(of: object, in: table)
            operation.probes += duplicates(
                of: object, in: table, keys: index.keys.map(\.element),
                nullsNotDistinct: index.nullsNotDistinct,
                where: index.predicate)
        }
        if index.isUnique { operation.effects.breaks.append(uniqueBreak(table)) }
    }

    func uniqueBreak(_ table: ObjectID) -> Effects.Break {
        .init(
            object: table, consequence: "a write that repeats a key is refused", isFailure: false)
    }

    /// Counts the groups of rows that a unique key would refuse.
    func duplicates(
        of object: PostgreSQLObject, in table: ObjectID, keys: [IndexDefinition.Key.Element],
        nullsNotDistinct: Bool, where predicate: VerbatimSQL?
    ) -> [Probe] {
        let new = newColumns(of: object, in: table)
        let differs = keys.contains { key in
            guard case .column(let name) = key, let column = new.first(where: { $0.name == name })
            else { return false }
            switch newValue(of: column) {
            case .told: return false
            case .null: return !nullsNotDistinct
            case .untold: return true
            }
        }
        if differs { return [] }
        let expressions = keys.map { element -> SQL in
            switch element {
            case .column(let name): "\(name: name)"
            case .expression(let expression): "(\(verbatim: expression))"
            }
        }
        var conditions: [SQL] = nullsNotDistinct ? [] : expressions.map { "\($0) IS NOT NULL" }
        if let predicate { conditions.append("(\(verbatim: predicate))") }
        let filter: SQL = conditions.isEmpty ? "" : " WHERE \(conditions.joined(" AND "))"
        return [
            probe(
                "duplicates", counting: "keys that more than one row of \(table.dottedPath) has",
                of: table,
                """
                SELECT count(*) FROM (SELECT 1 FROM \(rows(of: table, with: new))\(filter) \
                GROUP BY \(expressions.joined(", ")) HAVING count(*) > 1) AS duplicates
                """, .fails, reads: grounds(of: new))
        ]
    }

    func ownership(of sequence: SequenceDefinition, object: PostgreSQLObject) -> [Operation] {
        guard let owner = sequence.ownedBy else { return [] }
        var operation = Operation(
            "own", object.id, title: "Let \(owner) own \(object.id)",
            .statements([sequence.ownership(object.id)]), phase: .expand,
            undo: exactly(["ALTER SEQUENCE \(name: object.id.path) OWNED BY NONE"]))
        operation.consumes = [object.id, owner, table(of: owner)]
        operation.effects = momentary([.shareRowExclusive(object.id)])
        if settled[object.id] == nil, let role = otherOwner(of: table(of: owner)) {
            operation.form = .statements([
                OwnerDefinition.statement(object.id.owner, "\(name: role)"),
                sequence.ownership(object.id),
            ])
            operation.frees = [OwnerDefinition.change(of: table(of: owner))]
        }
        return [operation]
    }

    /// Who owns a table that is there, if that is another role: a sequence has the owner of its
    /// column's table, and gets another together with it.
    func otherOwner(of table: ObjectID) -> String? {
        guard exists(table), let object = settled[table.owner] ?? unstated[table.owner],
            case .plain(.owner(let owner)) = object.definition, owner.standing != .own
        else { return nil }
        return owner.role
    }

    func commentEffects(_ id: ObjectID) -> Effects {
        guard let subject = id.subject else { return Effects() }
        switch subject.kind {
        case .table, .view: return momentary([.shareUpdateExclusive(subject)])
        case .column, .constraint:
            let relation = table(of: subject)
            return settled[relation] == nil
                ? Effects() : momentary([.shareUpdateExclusive(relation)])
        default: return Effects()
        }
    }
}
