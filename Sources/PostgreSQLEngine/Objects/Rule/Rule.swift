public import SchemaCore

/// A rewrite rule of a table or view, other than the one that makes a view.
public struct RuleDefinition: Hashable, Codable, Sendable {
    /// What it stands in for.
    public enum Event: String, Hashable, Codable, CaseIterable, Sendable {
        case select, insert, update, delete
    }

    /// The kind of the relation that it belongs to.
    public var relation: ObjectKind
    /// What it stands in for.
    public var event: Event
    /// What follows the relation in `CREATE RULE`: `WHERE … DO INSTEAD …`. The server prints it in
    /// one piece.
    public var action: VerbatimSQL
    /// In which replication role it works.
    public var firing: TriggerDefinition.Firing = .origin
}
