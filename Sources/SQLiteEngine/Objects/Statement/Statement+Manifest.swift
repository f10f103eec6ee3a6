internal import Manifest
internal import Planning
internal import SchemaCore

/// `kind: Statement`.
struct StatementSpec: Sendable {
    var name: Spanned<String>
    var create: VerbatimSQL
    var drop: VerbatimSQL?
    var identity: VerbatimSQL

    static let decoding = Decoding<StatementSpec>.object("statement") { fields in
        let name = fields.required("name", .name, "A name, by which plans speak of it.")
        let create = fields.required("create", .sql, "What makes it: statements.")
        let drop = fields.optional("drop", .sql, "What removes it; it stays if this is left out.")
        let identity = fields.required(
            "identity", .sql,
            "A query that gives no row if it is not there, and else rows that tell what it is.")
        return {
            StatementSpec(
                name: $0[name], create: $0[create], drop: $0[drop], identity: $0[identity])
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        builder.add(
            .statement(name.value),
            .statement(
                StatementDefinition(
                    name: name.value, create: create, drop: drop, identity: identity)),
            at: name.span)
    }
}
