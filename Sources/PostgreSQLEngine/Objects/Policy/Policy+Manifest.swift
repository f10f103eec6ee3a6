import Manifest
import Planning
import SchemaCore

/// A policy in the manifest of its table.
struct PolicySpec: Sendable {
    var policy: PolicyDefinition
    var comment: Spanned<String>?
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<PolicySpec>.object("policy") { fields in
        let command = fields.optional(
            "for", .enumeration(PolicyDefinition.Command.self), default: .all,
            "Which statements it is for: all, select, insert, update, delete.")
        let restrictive = fields.optional(
            "restrictive", .boolean, default: false,
            "Whether it narrows what other policies allow; else it widens it.")
        let roles = fields.optional(
            "to", .oneOrMore(of: .plainName), default: ["public"],
            "The roles that it is for; everybody (public) if left out.")
        let visible = fields.optional("using", .sql, "Which rows are seen, changed and deleted.")
        let check = fields.optional("check", .sql, "Which rows may be written.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        return {
            PolicySpec(
                policy: PolicyDefinition(
                    command: $0[command], isRestrictive: $0[restrictive],
                    roles: Array(Set($0[roles])).sorted(), visible: $0[visible],
                    check: $0[check]),
                comment: $0[comment], renamedFrom: $0[renamedFrom])
        }
    }.named("Policy")

    func lower(
        _ name: Spanned<String>, of table: ObjectID, former: [ObjectID],
        _ builder: inout ManifestBuilder
    ) {
        let id = ObjectID.policy(table.path[0], table.name, name.value)
        builder.add(id, .plain(.policy(policy)), at: name.span, dependencies: [table])
        builder.comment(comment, on: id)
        builder.renames(renamedFrom, to: id) { old in
            former.map { .policy($0.path[0], $0.name, old) }
        }
    }
}
