/// Something that a statement would do, as SQLite's authorizer names it while preparing it
/// (<https://sqlite.org/c3ref/c_alter_table.html>).
public struct SQLiteAccess: Hashable, Sendable {
    /// What is done.
    public enum Kind: Hashable, Sendable {
        /// A column of a table or view is read; of none if only rows are counted.
        case read(table: String, column: String)
        /// Rows of a table or view are inserted.
        case insert(table: String)
        /// A column of a table or view is changed.
        case update(table: String, column: String)
        /// Rows of a table or view are deleted.
        case delete(table: String)
        /// A table, a view, an index or a trigger is dropped.
        case drop(String)
        /// A table is altered.
        case alter(table: String)
        /// A function is called.
        case function(String)
    }

    /// What is done.
    public let kind: Kind
    /// The innermost trigger or view whose text asks for it; nil for the statement itself.
    public let within: String?

    /// Makes the value.
    public init(kind: Kind, within: String?) {
        self.kind = kind
        self.within = within
    }
}
