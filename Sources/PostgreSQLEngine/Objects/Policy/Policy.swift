public import SchemaCore

/// A policy of a table with row security.
public struct PolicyDefinition: Hashable, Codable, Sendable {
    /// Which statements it is for.
    public enum Command: String, Hashable, Codable, CaseIterable, Sendable {
        case all, select, insert, update, delete
    }

    /// Which statements it is for.
    public var command: Command = .all
    /// Whether it narrows what other policies allow; else it widens it.
    public var isRestrictive = false
    /// The roles that it is for, in their order by name; `public` is everybody.
    public var roles: [String] = ["public"]
    /// Which rows are seen.
    public var visible: VerbatimSQL?
    /// Which rows may be written.
    public var check: VerbatimSQL?
}
