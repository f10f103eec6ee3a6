import Manifest
import Planning
import SchemaCore

/// A rule in the manifest of its table or view.
struct RuleSpec: Sendable {
    var rule: RuleDefinition
    var comment: Spanned<String>?
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<RuleSpec>.object("rule") { fields in
        let event = fields.required(
            "event", .enumeration(RuleDefinition.Event.self),
            "What it stands in for: select, insert, update, delete.")
        let action = fields.required(
            "action", .sql,
            "What follows the relation in CREATE RULE: DO INSTEAD NOTHING, WHERE … DO ALSO (…).")
        let fires = fields.optional(
            "fires", .enumeration(TriggerDefinition.Firing.self), default: .origin,
            "In which replication role it works: origin (the usual), always, replica, never.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        return {
            RuleSpec(
                rule: RuleDefinition(
                    relation: .table, event: $0[event], action: $0[action], firing: $0[fires]),
                comment: $0[comment], renamedFrom: $0[renamedFrom])
        }
    }.named("Rule")

    func lower(
        _ name: Spanned<String>, of relation: ObjectID, former: [ObjectID],
        _ builder: inout ManifestBuilder
    ) {
        let id = ObjectID.rule(relation.path[0], relation.name, name.value)
        var definition = rule
        definition.relation = relation.kind
        builder.add(id, .plain(.rule(definition)), at: name.span, dependencies: [relation])
        builder.comment(comment, on: id)
        builder.renames(renamedFrom, to: id) { old in
            former.map { .rule($0.path[0], $0.name, old) }
        }
    }
}
