import Planning
import SchemaCore

extension PlanContext {
    /// The operation that removes an object.
    ///
    /// - Parameters:
    ///   - object: the object as it is in the live or settled catalog.
    ///   - implied: what vanishes with it.
    ///   - isRecreation: whether it comes back within this plan; then no code misses it.
    func removal(
        of object: PostgreSQLObject, implied: [PostgreSQLObject], isRecreation: Bool
    ) -> Operation {
        var operation = Operation(
            "drop", object.id, title: "Drop \(object.id)", .statements(statements(of: object)),
            phase: removalPhase(of: object, isRecreation),
            undo: Undo(.exact, statements(restoration(of: object, implied: implied))))
        let all = [object] + implied
        operation.destroys = Set(all.map(\.id))
        operation.releases = Set(all.flatMap { released(by: $0) }).subtracting(operation.destroys)
        operation.frees = Set(all.flatMap { NameSlot.taken(by: $0) })
        if object.id.kind.isRoutine { operation.frees.insert(.overloads(of: object.id)) }
        operation.frees.formUnion([NameSlot.choice(without: object)].compactMap { $0 })
        operation.frees.formUnion(partNames(with: all))
        operation.touches = all.map {
            Step.Touch(object: $0.id, before: $0.digest, after: nil)
        }
        describe(object, implied: implied, isRecreation: isRecreation, in: &operation)
        facets.leave(with: all, isRecreation: isRecreation, in: &operation)
        return operation
    }

    /// The statements that remove it, by what is there afterwards.
    private func statements(of object: PostgreSQLObject) -> [SQL] {
        guard case .plain(let plain) = object.definition else { return object.removal }
        return plain.kind.removal(object.id, in: self)
    }

    /// The names of partitions' parts of what goes.
    private func partNames(with objects: [PostgreSQLObject]) -> Set<NameSlot> {
        let gone = Set(
            objects.filter { object in
                switch object.definition {
                case .index(let index): isPartitioned(index.owner(of: object.id))
                case .constraint: isPartitioned(table(of: object.id))
                case .table(let table): table.isPartition
                case .schema, .extension, .column, .columnDefault, .enum, .sequence, .view,
                    .function, .comment, .plain:
                    false
                }
            }.map(\.id))
        if gone.isEmpty { return [] }
        let parts = [settled, unstated].flatMap { catalog in
            catalog.objects.values.filter {
                $0.id.kind.isPart && !$0.dependencies.isDisjoint(with: gone)
            }
        }
        return Set(parts.flatMap { NameSlot.taken(by: $0) })
    }

    /// What an object's old form depended on; an owned sequence hangs on its column as well.
    private func released(by object: PostgreSQLObject) -> Set<ObjectID> {
        var out = object.dependencies.union(object.parent.map { [$0] } ?? [])
            .union(roles(behind: object))
        if case .constraint(let constraint) = object.definition,
            let table = constraint.referredTable(in: object.id.path[0])
        {
            out.insert(table)
        }
        return out
    }

    /// Loosening goes with expand, all that code could miss with contract.
    private func removalPhase(of object: PostgreSQLObject, _ isRecreation: Bool) -> Phase {
        if isRecreation { return .contract }
        switch object.definition {
        case .constraint, .comment: return .expand
        case .index(let index): return index.isUnique ? .expand : .contract
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .plain:
            return .contract
        }
    }

    /// The statements that make it again, with all that went with it, in an order that works.
    private func restoration(
        of object: PostgreSQLObject, implied: [PostgreSQLObject]
    ) -> [SQL] {
        let ranked = implied.sorted {
            (Self.rank($0), $0.position, $0.id) < (Self.rank($1), $1.position, $1.id)
        }
        let owned = ranked + [object]
        let access = owned.reversed().flatMap { carried(with: $0.id, isStated: true) }
        let isInner = object.id.kind == BaseTypes.kind
        let inner = ranked.filter { isInner && $0.id.kind == .function }
        let outer = ranked.filter { !(isInner && $0.id.kind == .function) && $0.statedBy == nil }
        let made =
            isInner
            ? BaseTypes.whole(object.creation, around: inner.flatMap(\.creation)) : object.creation
        return made + outer.flatMap(\.creation) + access
            + owned.compactMap { item -> SQL? in
                guard case .sequence(let sequence) = item.definition, sequence.ownedBy != nil else {
                    return nil
                }
                return sequence.ownership(item.id)
            }
    }

    /// Within one object's children: columns, then what stands on them, comments last.
    private static func rank(_ object: PostgreSQLObject) -> Int {
        switch object.definition {
        case .schema, .extension, .table, .enum, .view, .function: 0
        case .sequence: 1
        case .column: 2
        case .columnDefault: 3
        case .constraint: 4
        case .index: 5
        case .plain: 6
        case .comment: 7
        }
    }

    private func describe(
        _ object: PostgreSQLObject, implied: [PostgreSQLObject], isRecreation: Bool,
        in operation: inout Operation
    ) {
        let id = object.id
        switch object.definition {
        case .schema, .comment: operation.effects = commentEffects(id)
        case .extension:
            operation.data = .destroyed
            operation.undo.claim = .shape(loses: "what was stored in its objects")
            operation.effects.losses = [
                .init(object: id, relation: nil, what: "what its objects hold")
            ]
            operation.effects.breaks = [
                .init(object: id, consequence: "statements that use its functions or types fail")
            ]
        case .table(let table):
            describeTable(id, in: &operation)
            operation.effects.locks += locksAbove(id, table)
            describeCounts(implied, in: &operation)
        case .column(let column):
            describeColumn(id, column, isRecreation: isRecreation, in: &operation)
            describeCounts([object] + implied, in: &operation)
        case .columnDefault:
            operation.effects = momentary([.accessExclusive(table(of: id))])
            if !isRecreation { operation.effects.breaks = breaks(ofDroppedDefault: id) }
        case .constraint(let constraint):
            operation.effects = momentary(constraintLocks(constraint, table: table(of: id)))
            operation.effects.breaks = breaks(without: constraint, of: object)
            operation.data = .kept
        case .index(let index):
            describeIndex(object, index, isRecreation: isRecreation, in: &operation)
        case .enum:
            if !isRecreation {
                operation.effects.breaks = [
                    .init(object: id, consequence: "statements that name the type fail")
                ]
            }
        case .sequence: describeSequence(id, in: &operation)
        case .plain(let plain):
            operation.effects = momentary(plain.kind.locks(id, .remove))
            operation.effects.losses = plain.kind.losses(id)
            if !operation.effects.losses.isEmpty {
                operation.data = .destroyed
                operation.undo.claim = .shape(
                    loses: operation.effects.losses.map(\.what).joined(separator: ", "))
            }
            if id.kind == BaseTypes.kind {
                operation.requirements.insert(.init(.superuser, on: id))
            }
            if !isRecreation { operation.effects.breaks = plain.kind.breaks(id, .remove) }
        case .view, .function:
            if case .view = object.definition { operation.effects.locks = [.accessExclusive(id)] }
            if !isRecreation {
                operation.effects.breaks = [
                    .init(object: id, consequence: "statements that use \(id.dottedPath) fail")
                ]
            }
        }
        if isRecreation { operation.title = "Remove \(id) for its new form" }
        if settled.lacksParts(object) {
            operation.title = "Drop \(id) and its parts, which not all partitions have"
        } else if object.isBrokenIndex {
            operation.title = "Drop \(id), which a failed build left invalid"
        }
    }

    /// What is written where a statement leaves a column out whose default has gone.
    private func breaks(ofDroppedDefault id: ObjectID) -> [Effects.Break] {
        guard
            case .column(let column)? = desired[.column(id.path[0], id.path[1], id.name)]?
                .definition, column.identity == nil, column.generated == nil
        else { return [] }
        let insert = "an INSERT that does not name \(id.name)"
        return [
            column.isNotNull
                ? .init(object: id, consequence: "\(insert) fails")
                : .init(object: id, consequence: "\(insert) writes NULL", isFailure: false)
        ]
    }

    /// The counts that sequences have reached which go with their columns.
    private func describeCounts(_ objects: [PostgreSQLObject], in operation: inout Operation) {
        let counted = objects.filter { object in
            switch object.definition {
            case .sequence: true
            case .column(let column): column.identity != nil
            case .schema, .extension, .table, .columnDefault, .constraint, .index, .enum, .view,
                .function, .comment, .plain:
                false
            }
        }.sorted { $0.id < $1.id }
        if counted.isEmpty { return }
        operation.data = .destroyed
        operation.effects.losses += counted.map {
            .init(object: $0.id, relation: nil, what: "the count that its numbers have reached")
        }
        let names = counted.map { "the count of \($0.id)" }.joined(separator: ", ")
        switch operation.undo.claim {
        case .exact: operation.undo.claim = .shape(loses: names)
        case .shape(let loses): operation.undo.claim = .shape(loses: "\(loses), \(names)")
        case .none: break
        }
    }

    private func describeTable(_ id: ObjectID, in operation: inout Operation) {
        operation.data = .destroyed
        operation.undo.claim = .shape(loses: "all rows")
        operation.effects.locks = [.accessExclusive(id)]
        operation.effects.losses = [.init(object: id, relation: id, what: "all rows")]
        operation.effects.breaks = [
            .init(object: id, consequence: "statements that use \(id.dottedPath) fail")
        ]
    }

    private func describeColumn(
        _ id: ObjectID, _ column: ColumnDefinition, isRecreation: Bool,
        in operation: inout Operation
    ) {
        operation.effects.locks = [.accessExclusive(table(of: id))]
        let keeps = isRecreation && computed(id) != nil
        if column.generated == nil || becomesPlain(id, isRecreation) && !keeps {
            operation.data = .destroyed
            operation.undo.claim = .shape(loses: "all values of \(id.name)")
            operation.effects.losses = [
                .init(object: id, relation: table(of: id), what: "all values")
            ]
        } else {
            operation.data = .kept
        }
        if !isRecreation {
            operation.effects.breaks = [
                .init(object: id, consequence: "statements that name \(id.name) fail")
            ]
        }
    }

    /// Whether nothing computes again what is in a column: it comes back as a plain one.
    private func becomesPlain(_ id: ObjectID, _ isRecreation: Bool) -> Bool {
        guard isRecreation, case .column(let new)? = desired[id]?.definition else { return false }
        return new.generated == nil
    }

    private func describeIndex(
        _ object: PostgreSQLObject, _ index: IndexDefinition, isRecreation: Bool,
        in operation: inout Operation
    ) {
        let id = object.id
        let table = index.owner(of: id)
        let isConcurrent = options.concurrentIndexes && !isPartitioned(table)
        if isConcurrent {
            operation.form = .concurrentDrop("DROP INDEX CONCURRENTLY \(name: id.path)")
            operation.effects = momentary([.shareUpdateExclusive(table)])
        } else {
            operation.effects = momentary([.accessExclusive(table)])
        }
        if !index.isValid {
            operation.undo = Undo(.none(reason: "no statement makes an index that is invalid"), [])
            if !settled.lacksParts(object) { return }
        }
        operation.effects.breaks = [
            .init(object: id, consequence: "queries that used it become slower", isFailure: false)
        ]
        guard index.isUnique else { return }
        operation.effects.breaks += lostKey(object, table)
        if isRecreation && isConcurrent {
            operation.effects.breaks.append(
                .init(
                    object: id,
                    consequence: "until it is built anew nothing keeps its keys unique, and "
                        + "ON CONFLICT that needs it fails"))
        }
    }

    private func describeSequence(_ id: ObjectID, in operation: inout Operation) {
        operation.data = .destroyed
        operation.undo.claim = .shape(loses: "the count that it had reached")
        operation.effects.locks = [.accessExclusive(id)]
        operation.effects.losses = [
            .init(object: id, relation: nil, what: "the count that it has reached")
        ]
        operation.effects.breaks = [
            .init(object: id, consequence: "statements that call nextval on it fail")
        ]
    }

    /// Dropping a constraint takes both tables of a foreign key.
    func constraintLocks(_ constraint: ConstraintDefinition, table: ObjectID) -> [Effects.Lock] {
        switch constraint.rule {
        case .foreignKey(let key):
            let other = ObjectID.table(key.table.schema ?? table.path[0], key.table.name)
            return [.accessExclusive(table)] + (other == table ? [] : [.accessExclusive(other)])
        case .primaryKey, .unique, .check, .exclusion: return [.accessExclusive(table)]
        }
    }
}
