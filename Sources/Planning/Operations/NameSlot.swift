/// A name that only one object can have at a time.
public struct NameSlot: Hashable, Sendable {
    /// The namespace within which the name is unique.
    public enum Space: Hashable, Sendable {
        /// Of tables, views, indexes and sequences.
        case relation
        /// Of types.
        case type
        /// Of a table's columns.
        case column
        /// Of a table's constraints.
        case constraint
        /// Of functions with their arguments.
        case function
        /// Of functions by name alone.
        case overloads
        /// Of triggers.
        case trigger
        /// Of something else, which the path names.
        case other
    }
    /// The namespace.
    public var space: Space
    /// The name, with what it is a name in.
    public var path: [String]

    /// Makes the value.
    public init(space: Space, path: [String]) {
        self.space = space
        self.path = path
    }
}
