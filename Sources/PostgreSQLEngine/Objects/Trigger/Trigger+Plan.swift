// Owns how triggers are made, changed and switched on and off.

import Manifest
import Planning
import SchemaCore

extension TriggerDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .trigger }
    var holdsUpTypes: Bool { true }

    func creation(_ id: ObjectID) -> [SQL] { [creation(id, replacing: false)] + firing(id) }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        let relation = host(of: id)
        return switch act {
        case .create: [.shareRowExclusive(relation)]
        case .remove: [.accessExclusive(relation)]
        }
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        let writes = events.map(\.words.plain).joined(separator: ", ")
        let called = ([function.schema].compactMap { $0 } + [function.name])
            .joined(separator: ".")
        let consequence =
            act == .create
            ? "\(writes) calls \(called)" : "\(writes) does not call \(called) any more"
        return [
            .init(
                object: host(of: id),
                consequence: consequence,
                isFailure: false)
        ]
    }

    func more(than asked: TriggerDefinition) -> String? {
        if condition != nil && asked.condition == nil { return "a condition" }
        var like = asked
        // Names are found, and texts printed, by the server.
        like.relation = relation
        like.condition = condition
        if like.function.name == function.name { like.function = function }
        if like.constraint?.from?.name == constraint?.from?.name {
            like.constraint?.from = constraint?.from
        }
        return self == like ? nil : "another clause"
    }

    func names(_ id: ObjectID) -> Set<NameSlot> { [NameSlot(space: .trigger, path: id.path)] }

    /// The server replaces a plain trigger in place, which then fires as usual.
    func alteration(
        of id: ObjectID, from old: TriggerDefinition, in context: PlanContext
    ) -> Alteration {
        var plain = self
        plain.firing = old.firing
        let relation = host(of: id)
        if plain == old {
            var operation = Operation(
                "set-firing", id, title: "Let \(id) fire \(firing.phrase)",
                .statements([firingStatement(id)]), phase: .contract,
                undo: context.exactly([old.firingStatement(id)]))
            operation.effects = context.momentary([.shareRowExclusive(relation)])
            operation.effects.breaks = [
                .init(
                    object: relation, consequence: "\(id.name) fires \(firing.phrase)",
                    isFailure: false)
            ]
            return .inPlace([operation])
        }
        guard old.constraint == nil, constraint == nil else { return .recreate }
        var operation = Operation(
            "replace", id, title: "Replace \(id)",
            .statements([creation(id, replacing: true)] + firing(id)), phase: .contract,
            undo: context.exactly([old.creation(id, replacing: true)] + old.firing(id)))
        operation.effects = context.momentary([.shareRowExclusive(relation)])
        operation.effects.breaks = breaks(id, .create)
        return .inPlace([operation])
    }

    /// The relation that it belongs to.
    func parent(of id: ObjectID) -> ObjectID? { host(of: id) }
}

extension TriggerDefinition {
    /// The relation that it belongs to.
    private func host(of id: ObjectID) -> ObjectID { ObjectID(relation, Array(id.path.prefix(2))) }

    private func creation(_ id: ObjectID, replacing: Bool) -> SQL {
        var sql: SQL = replacing ? "CREATE OR REPLACE " : "CREATE "
        if constraint != nil { sql += "CONSTRAINT " }
        sql += "TRIGGER \(name: id.name) \(timing.words) "
        sql += events.map { event in
            guard event == .update, !columns.isEmpty else { return event.words.sql }
            return "UPDATE OF \(columns.nameList)"
        }.joined(" OR ")
        sql += " ON \(name: Array(id.path.prefix(2)))"
        if let constraint {
            if let from = constraint.from { sql += " FROM \(from.sql)" }
            if constraint.isDeferrable { sql += " DEFERRABLE" }
            if constraint.isInitiallyDeferred { sql += " INITIALLY DEFERRED" }
        }
        if oldTable != nil || newTable != nil {
            sql += " REFERENCING"
            if let oldTable { sql += " OLD TABLE AS \(name: oldTable)" }
            if let newTable { sql += " NEW TABLE AS \(name: newTable)" }
        }
        sql += forEachRow ? " FOR EACH ROW" : " FOR EACH STATEMENT"
        if let condition { sql += " WHEN (\(verbatim: condition))" }
        let list = arguments.map { "\(literal: $0)" as SQL }.joined(", ")
        return sql + " EXECUTE FUNCTION \(function.sql)(\(list))"
    }

    /// What makes a new trigger fire as it is to; nothing for the usual.
    private func firing(_ id: ObjectID) -> [SQL] {
        firing == .origin ? [] : [firingStatement(id)]
    }

    private func firingStatement(_ id: ObjectID) -> SQL {
        return
            "ALTER TABLE \(name: Array(id.path.prefix(2))) \(firing.words) TRIGGER \(name: id.name)"
    }
}

extension TriggerDefinition.Firing {
    /// By the server's letter for it.
    init(letter: UInt8) {
        self =
            switch letter {
            case UInt8(ascii: "A"): .always
            case UInt8(ascii: "R"): .replica
            case UInt8(ascii: "D"): .never
            default: .origin
            }
    }

    /// What stands before `TRIGGER` or `RULE` in `ALTER TABLE`.
    var words: SQL {
        switch self {
        case .origin: "ENABLE"
        case .always: "ENABLE ALWAYS"
        case .replica: "ENABLE REPLICA"
        case .never: "DISABLE"
        }
    }

    /// For people.
    var phrase: String {
        switch self {
        case .origin: "as usual"
        case .always: "also for replicated rows"
        case .replica: "for replicated rows only"
        case .never: "never"
        }
    }
}

extension TriggerDefinition.Timing {
    var words: SQL {
        switch self {
        case .before: "BEFORE"
        case .after: "AFTER"
        case .insteadOf: "INSTEAD OF"
        }
    }
}

extension TriggerDefinition.Event {
    var words: (sql: SQL, plain: String) {
        switch self {
        case .insert: ("INSERT", "INSERT")
        case .update: ("UPDATE", "UPDATE")
        case .delete: ("DELETE", "DELETE")
        case .truncate: ("TRUNCATE", "TRUNCATE")
        }
    }
}
