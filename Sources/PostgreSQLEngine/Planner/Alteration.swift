import Planning
import SchemaCore

extension PlanContext {
    /// How an object gets from one definition to the other, by kind.
    func alteration(from old: PostgreSQLObject, to new: PostgreSQLObject) -> Alteration {
        placed(change(new, from: old.definition), from: old, to: new)
    }

    private func change(
        _ object: PostgreSQLObject, from old: PostgreSQLObject.Definition
    ) -> Alteration {
        let id = object.id
        switch object.definition {
        case .schema: return .inPlace([])
        case .extension(let new):
            if case .extension(let old) = old { return alteration(of: id, from: old, to: new) }
        case .table(let new):
            if case .table(let old) = old { return alteration(of: id, from: old, to: new) }
        case .column(let new):
            if case .column(let old) = old { return alteration(of: object, from: old, to: new) }
        case .columnDefault(let new):
            if case .columnDefault(let old) = old { return alteration(of: id, from: old, to: new) }
        case .constraint(let new):
            if case .constraint(let old) = old { return alteration(of: object, from: old, to: new) }
        case .index(let new):
            if case .index(let old) = old { return alteration(of: id, from: old, to: new) }
        case .enum(let new):
            if case .enum(let old) = old { return alteration(of: id, from: old, to: new) }
        case .sequence(let new):
            if case .sequence(let old) = old { return alteration(of: id, from: old, to: new) }
        case .view(let new):
            if case .view(let old) = old { return alteration(of: id, from: old, to: new) }
        case .function(let new):
            if case .function(let old) = old { return alteration(of: id, from: old, to: new) }
        case .comment(let new):
            if case .comment(let old) = old { return alteration(of: id, from: old, to: new) }
        case .plain(let new):
            if case .plain(let old) = old { return new.alteration(of: id, from: old, in: self) }
        }
        // One address is one kind.
        preconditionFailure("\(id) has changed its kind")
    }

    /// Says what the operations of an alteration need and touch, which is the same for all kinds.
    private func placed(
        _ alteration: Alteration, from old: PostgreSQLObject, to new: PostgreSQLObject
    ) -> Alteration {
        guard case .inPlace(var operations) = alteration else { return .recreate }
        let needed = needs(of: new)
        let keepsValues = old.keepsValues(as: new)
        for index in operations.indices {
            if !keepsValues {
                operations[index].releases.formUnion(needs(of: old).subtracting(needed))
            }
            let letsGo = keepsValues && index == operations.startIndex
            if letsGo { operations[index].releases.formUnion(needs(of: old).union([old.id])) }
            operations[index].consumes.formUnion(letsGo ? [] : needed)
            operations[index].takes.formUnion(NameSlot.overloads(called: needed))
            operations[index].sequence = index
            operations[index].sequenceKey = new.id
            operations[index].touches.insert(
                Step.Touch(object: new.id, before: old.digest, after: new.digest), at: 0)
        }
        if let last = operations.indices.last { operations[last].produces.insert(new.id) }
        return .inPlace(operations)
    }

    private func alteration(
        of id: ObjectID, from old: ExtensionDefinition, to new: ExtensionDefinition
    ) -> Alteration {
        var operations: [Operation] = []
        if old.schema != new.schema {
            operations.append(
                Operation(
                    "move", id, title: "Move \(id) to schema \(new.schema)",
                    .statements(["ALTER EXTENSION \(name: id.name) SET SCHEMA \(name: new.schema)"]
                    ),
                    phase: .contract,
                    undo: exactly([
                        "ALTER EXTENSION \(name: id.name) SET SCHEMA \(name: old.schema)"
                    ])))
        }
        if let version = new.version, old.version != version {
            operations.append(
                Operation(
                    "update", id, title: "Update \(id) to \(version)",
                    .statements(["ALTER EXTENSION \(name: id.name) UPDATE TO \(literal: version)"]),
                    phase: .contract,
                    undo: Undo(
                        .none(reason: "an extension need not have a script that leads back"), [])))
        }
        return .inPlace(operations)
    }

    private func alteration(
        of id: ObjectID, from old: TableDefinition, to new: TableDefinition
    ) -> Alteration {
        guard old.origin == new.origin, old.partitionKey == new.partitionKey,
            old.accessMethod == new.accessMethod || capabilities.majorVersion >= 15
        else { return .recreate }
        var operations = placeChanges(of: id, from: old, to: new)
        if old.isUnlogged != new.isUnlogged {
            func set(_ isUnlogged: Bool) -> SQL {
                "ALTER TABLE \(name: id.path) SET \(isUnlogged ? "UNLOGGED" : "LOGGED" as SQL)"
            }
            var operation = Operation(
                "set-logging", id,
                title:
                    "Make \(id) \(new.isUnlogged ? "unlogged: a crash empties it" : "crash-safe")",
                .statements([set(new.isUnlogged)] + keptLogging(of: id, besides: new.isUnlogged)),
                phase: .contract, undo: exactly([set(old.isUnlogged)]))
            operation.effects.locks = [.accessExclusive(id)] + sequencesAlong(id)
            operation.effects.rewrites = [id]
            operation.data = new.isUnlogged ? .lossy : .kept
            if new.isUnlogged {
                operation.effects.losses = [
                    .init(object: id, relation: id, what: "all rows, at a crash of the server")
                ]
            }
            operations.append(operation)
        }
        operations += optionChange(
            of: id, word: "TABLE", path: id.path, from: old.options, to: new.options,
            lock: .shareUpdateExclusive(id))
        return .inPlace(operations)
    }

    /// The locks on the sequences that change with their table.
    private func sequencesAlong(_ table: ObjectID) -> [Effects.Lock] {
        guard capabilities.majorVersion >= 15 else { return [] }
        return settled.sorted.compactMap { object in
            switch object.definition {
            case .sequence(let sequence):
                sequence.ownedBy.map(self.table) == table ? .accessExclusive(object.id) : nil
            case .column(let column):
                object.parent == table ? identityLock(of: object.id, column.identity) : nil
            case .schema, .extension, .table, .columnDefault, .constraint, .index, .enum, .view,
                .function, .comment, .plain:
                nil
            }
        }
    }

    /// What gives owned sequences back what they are to be: since PostgreSQL 15 the server changes
    /// them with their table (manual, ALTER TABLE, "SET LOGGED").
    private func keptLogging(of table: ObjectID, besides isUnlogged: Bool) -> [SQL] {
        guard capabilities.majorVersion >= 15 else { return [] }
        return desired.sorted.compactMap { object in
            guard case .sequence(let sequence) = object.definition,
                sequence.isUnlogged != isUnlogged, let owner = sequence.ownedBy,
                self.table(of: owner) == table, settled[object.id] != nil
            else { return nil }
            let word: SQL = sequence.isUnlogged ? "UNLOGGED" : "LOGGED"
            return "ALTER SEQUENCE \(name: object.id.path) SET \(word)"
        }
    }

    private func alteration(
        of id: ObjectID, from old: DefaultDefinition, to new: DefaultDefinition
    ) -> Alteration {
        let table = table(of: id)
        func set(_ value: DefaultDefinition) -> SQL {
            """
            ALTER TABLE \(name: table.path) ALTER COLUMN \(name: id.name) \
            SET DEFAULT \(verbatim: value.expression)
            """
        }
        var operation = Operation(
            "alter", id, title: "Change \(id)", .statements([set(new)]), phase: .expand,
            undo: exactly([set(old)]))
        operation.effects = momentary([.accessExclusive(table)])
        return .inPlace([operation])
    }

    private func alteration(
        of id: ObjectID, from old: IndexDefinition, to new: IndexDefinition
    ) -> Alteration {
        // The server changes no parameters of what has a part on every partition, and moves none.
        guard new.placed(like: old) == old,
            !isPartitioned(.table(id.path[0], new.table))
                || old.options == new.options && old.tablespace == new.tablespace
        else { return .recreate }
        var operations = optionChange(
            of: id, word: "INDEX", path: id.path, from: old.options, to: new.options,
            lock: .shareUpdateExclusive(.table(id.path[0], new.table)))
        operations += move(of: id, index: id, from: old.tablespace, to: new.tablespace)
        if let change = statisticsChange(of: id, from: old, to: new) { operations.append(change) }
        return .inPlace(operations)
    }

    /// Moves an index, be it a constraint's, to another tablespace.
    func move(
        of id: ObjectID, index: ObjectID, from old: String?, to new: String?
    ) -> [Operation] {
        if old == new { return [] }
        func set(_ place: String?) -> SQL {
            "ALTER INDEX \(name: index.path) SET TABLESPACE \(name: place ?? "pg_default")"
        }
        var operation = Operation(
            "set-tablespace", id, title: "Move \(id) to the tablespace \(new ?? "pg_default")",
            .statements([set(new)]), phase: .contract, undo: exactly([set(old)]))
        operation.effects.locks = [.accessExclusive(index)]
        operation.effects.builds = [id]
        operation.data = .kept
        return [operation]
    }

    /// Samples expressions of an index otherwise.
    func statisticsChange(
        of id: ObjectID, from old: IndexDefinition?, to new: IndexDefinition
    ) -> Operation? {
        let forward = new.statistics(id, from: old)
        if forward.isEmpty { return nil }
        var operation = Operation(
            "set-statistics", id, title: "Change how many values \(id) samples",
            .statements(forward), phase: .expand,
            undo: exactly(old?.statistics(id, from: new) ?? []))
        operation.effects = momentary([.shareUpdateExclusive(id)])
        return operation
    }

    private func alteration(
        of id: ObjectID, from old: SequenceDefinition, to new: SequenceDefinition
    ) -> Alteration {
        var operations: [Operation] = []
        if old.settings != new.settings {
            func set(_ settings: SequenceSettings) -> SQL {
                let clauses = settings.clauses(isChange: true).joined(" ")
                return "ALTER SEQUENCE \(name: id.path) \(clauses)"
            }
            var operation = Operation(
                "alter", id, title: "Change \(id)", .statements([set(new.settings)]),
                phase: .contract, undo: exactly([set(old.settings)]))
            operation.effects = momentary([.shareRowExclusive(id)])
            operation.data = .kept
            operation.probes = positions(of: id, path: id.path, within: new.settings)
            operations.append(operation)
        }
        if old.isUnlogged != new.isUnlogged {
            func set(_ isUnlogged: Bool) -> SQL {
                "ALTER SEQUENCE \(name: id.path) SET \(isUnlogged ? "UNLOGGED" : "LOGGED" as SQL)"
            }
            var operation = Operation(
                "set-logging", id, title: "Change whether \(id) is crash-safe",
                .statements([set(new.isUnlogged)]), phase: .expand,
                undo: exactly([set(old.isUnlogged)]))
            operation.effects = momentary([.accessExclusive(id)])
            if new.isUnlogged {
                operation.data = .lossy
                operation.effects.losses = [
                    .init(
                        object: id, relation: nil,
                        what: "the count, at a crash of the server: numbers may be given twice")
                ]
            }
            operations.append(operation)
        }
        if old.ownedBy != new.ownedBy {
            var operation = Operation(
                "own", id,
                title: new.ownedBy.map { "Let \($0) own \(id)" } ?? "Free \(id) from its column",
                .statements([new.ownership(id)]), phase: .expand,
                undo: exactly([old.ownership(id)]))
            // Its table may let it go on the way to another schema.
            operation.consumes = Set(
                [id, new.ownedBy, new.ownedBy.map(table)].compactMap { $0 })
            operation.releases = Set([old.ownedBy].compactMap { $0 })
            operation.effects = momentary([.shareRowExclusive(id)])
            operations.append(operation)
        }
        return .inPlace(operations)
    }

    /// A view is replaced while its columns stay and new ones only follow; its options alone too.
    private func alteration(
        of id: ObjectID, from old: ViewDefinition, to new: ViewDefinition
    ) -> Alteration {
        guard new.columns.starts(with: old.columns) else { return .recreate }
        let breaks = breaks(of: id, from: old, to: new)
        if old.query == new.query && old.columns == new.columns {
            return .inPlace(
                optionChange(
                    of: id, word: id.words?.word ?? "VIEW", path: id.path, from: old.options,
                    to: new.options, lock: .accessExclusive(id)
                ).map { operation in
                    var operation = operation
                    operation.effects.breaks = breaks
                    if breaks.contains(where: \.isFailure) { operation.phase = .contract }
                    return operation
                })
        }
        // What a query has given stays until it is asked again.
        if id.kind == .materializedView { return .recreate }
        var operation = Operation(
            "replace", id, title: "Replace \(id)",
            .statements([new.creation(id, replacing: true)]), phase: .expand,
            undo: undo(of: id, from: old, to: new))
        operation.effects = momentary([.accessExclusive(id)])
        operation.effects.breaks = breaks
        return .inPlace([operation])
    }

    /// A view loses no columns by being replaced: it goes and comes back, where nothing keeps it.
    private func undo(of id: ObjectID, from old: ViewDefinition, to new: ViewDefinition) -> Undo {
        if old.columns.count == new.columns.count {
            return exactly([old.creation(id, replacing: true)])
        }
        let standing = settledIndex.standing(on: id)
        if let first = standing.first(where: { $0.id.subject == nil }) {
            return Undo(
                .none(reason: "a view loses no column while \(first.id) stands on it"), [])
        }
        return exactly(
            ["DROP VIEW \(name: id.path)", old.creation(id, replacing: false)]
                + standing.filter { $0.statedBy == nil }.flatMap(\.creation)
                + carried(with: id, isStated: true))
    }

    /// A function is replaced while its result, and the names, modes and defaults of its arguments
    /// stay (PostgreSQL manual, CREATE FUNCTION, "Notes"); defaults may be added.
    private func alteration(
        of id: ObjectID, from old: FunctionDefinition, to new: FunctionDefinition
    ) -> Alteration {
        func shape(_ function: FunctionDefinition) -> [FunctionDefinition.Argument] {
            function.arguments.map {
                var argument = $0
                argument.default = nil
                return argument
            }
        }
        let keepsDefaults = zip(old.arguments, new.arguments).allSatisfy {
            $0.default == nil || $1.default != nil
        }
        guard shape(old) == shape(new), old.returns == new.returns, keepsDefaults,
            old.sort == new.sort
        else {
            return .recreate
        }
        var operation = Operation(
            "replace", id, title: "Replace \(id)",
            .statements([new.creation(id, replacing: true)]), phase: .expand,
            undo: exactly([old.creation(id, replacing: true)]))
        operation.effects.breaks = [
            .init(object: id, consequence: "callers get what the new body gives", isFailure: false)
        ]
        if old.body != new.body || old.settings != new.settings || old.isStrict != new.isStrict {
            operation.effects.losses = staleResults(of: id)
            if !operation.effects.losses.isEmpty { operation.data = .lossy }
        }
        return .inPlace([operation])
    }

    private func alteration(
        of id: ObjectID, from old: CommentDefinition, to new: CommentDefinition
    ) -> Alteration {
        var operation = Operation(
            "alter", id, title: "Change the comment on \(id.subject?.description ?? "")",
            .statements([CommentDefinition.statement(on: id, text: new.text)]), phase: .expand,
            undo: exactly([CommentDefinition.statement(on: id, text: old.text)]))
        operation.effects = commentEffects(id)
        return .inPlace([operation])
    }
}
