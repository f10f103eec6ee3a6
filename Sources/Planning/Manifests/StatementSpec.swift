public import Manifest
public import SchemaCore

/// `kind: Statement`, the same for every engine: what only its author can make and remove.
public struct StatementSpec: Sendable {
    /// The name by which plans speak of it.
    public var name: Spanned<String>
    /// What makes it.
    public var create: [VerbatimSQL]
    /// What removes it; empty if nothing can.
    public var drop: [VerbatimSQL]
    /// What tells whether it is there and what it is.
    public var identity: VerbatimSQL

    /// Reads it.
    public static let decoding = Decoding<StatementSpec>.object("statement") { fields in
        let name = fields.required("name", .name, "A name, by which plans speak of it.")
        let create = fields.required(
            "create", .oneOrMore(of: .sql), "What makes it: a statement, or a list of them.")
        let drop = fields.optional(
            "drop", .oneOrMore(of: .sql), default: [],
            "What removes it; it stays if this is left out.")
        let identity = fields.required(
            "identity", .sql,
            "A query that gives no row if it is not there, and else rows that tell what it is.")
        return {
            StatementSpec(
                name: $0[name], create: $0[create], drop: $0[drop], identity: $0[identity])
        }
    }
}
