public import SchemaCore

/// A trigger of a table, view or foreign table.
public struct TriggerDefinition: Hashable, Codable, Sendable {
    /// When it fires, seen from the statement.
    public enum Timing: String, Hashable, Codable, CaseIterable, Sendable {
        case before, after, insteadOf
    }
    /// What lets it fire.
    public enum Event: String, Hashable, Codable, CaseIterable, Sendable {
        case insert, update, delete, truncate
    }
    /// In which replication role it fires.
    public enum Firing: String, Hashable, Codable, CaseIterable, Sendable {
        case origin, always, replica, never
    }

    /// The kind of the relation that it belongs to.
    public var relation: ObjectKind
    /// When it fires.
    public var timing: Timing
    /// What lets it fire, in the order of the cases.
    public var events: [Event]
    /// The columns whose update lets it fire; empty for all.
    public var columns: [String] = []
    /// Whether it fires once for each row.
    public var forEachRow: Bool
    /// The condition on the rows.
    public var condition: VerbatimSQL?
    /// What it calls.
    public var function: QualifiedName
    /// What it hands to the function.
    public var arguments: [String] = []
    /// The name of the relation that holds the rows as they were.
    public var oldTable: String?
    /// The name of the relation that holds the rows as they are.
    public var newTable: String?
    /// What makes it a constraint trigger; nil for a plain one.
    public var constraint: Constraint?
    /// In which replication role it fires.
    public var firing: Firing = .origin

    /// What a constraint trigger has more.
    public struct Constraint: Hashable, Codable, Sendable {
        /// Another table that it speaks of.
        public var from: QualifiedName?
        /// Whether it can wait until the transaction ends.
        public var isDeferrable = false
        /// Whether it does so unless told otherwise.
        public var isInitiallyDeferred = false
    }
}
