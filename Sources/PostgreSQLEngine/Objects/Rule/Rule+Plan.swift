// Owns how rules are made and changed: one statement replaces a rule.

import Manifest
import Planning
import SchemaCore

extension RuleDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .trigger }
    var holdsUpTypes: Bool { true }
    var expressions: [VerbatimSQL] { [action] }

    func parent(of id: ObjectID) -> ObjectID? { host(of: id) }

    func creation(_ id: ObjectID) -> [SQL] {
        [creation(id, replacing: false)] + (firing == .origin ? [] : [firingStatement(id)])
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        [.accessExclusive(host(of: id))]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        [
            .init(
                object: host(of: id),
                consequence: "\(event.rawValue.uppercased()) on it does something else",
                isFailure: false)
        ]
    }

    func alteration(
        of id: ObjectID, from old: RuleDefinition, in context: PlanContext
    ) -> Alteration {
        guard relation == old.relation else { return .recreate }
        var plain = self
        plain.firing = old.firing
        func statements(_ rule: RuleDefinition) -> [SQL] {
            (plain == old ? [] : [rule.creation(id, replacing: true)])
                + (firing == old.firing ? [] : [rule.firingStatement(id)])
        }
        var operation = Operation(
            "replace", id, title: "Replace \(id)", .statements(statements(self)),
            phase: .contract, undo: context.exactly(statements(old)))
        operation.effects = context.momentary(locks(id, .create))
        operation.effects.breaks = breaks(id, .create)
        return .inPlace([operation])
    }

    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)? {
        var fields = ExportFields()
        fields.add("event", .text(event.rawValue))
        fields.add("action", .plain(action.text))
        if firing != .origin { fields.add("fires", .text(firing.rawValue)) }
        fields.add("comment", text: source.comment(on: id))
        return ("rules", .mapping(fields.entries))
    }

    private func host(of id: ObjectID) -> ObjectID { ObjectID(relation, Array(id.path.prefix(2))) }

    private func creation(_ id: ObjectID, replacing: Bool) -> SQL {
        let verb: SQL = replacing ? "CREATE OR REPLACE RULE" : "CREATE RULE"
        return """
            \(verb) \(name: id.name) AS ON \(event.words) TO \(name: Array(id.path.prefix(2))) \
            \(verbatim: action)
            """
    }

    private func firingStatement(_ id: ObjectID) -> SQL {
        "ALTER TABLE \(name: Array(id.path.prefix(2))) \(firing.words) RULE \(name: id.name)"
    }
}

extension RuleDefinition.Event {
    fileprivate var words: SQL {
        switch self {
        case .select: "SELECT"
        case .insert: "INSERT"
        case .update: "UPDATE"
        case .delete: "DELETE"
        }
    }
}
