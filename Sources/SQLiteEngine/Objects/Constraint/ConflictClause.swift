/// What happens to a statement one of whose rows breaks a constraint
/// (<https://sqlite.org/lang_conflict.html>).
public enum ConflictClause: String, Codable, Sendable, CaseIterable {
    /// The statement is undone: the standard, written or not.
    case abort
    /// The transaction is undone.
    case rollback
    /// The statement ends, and what it did stays.
    case fail
    /// The row is left out.
    case ignore
    /// The rows that are in the way are deleted.
    case replace
}
