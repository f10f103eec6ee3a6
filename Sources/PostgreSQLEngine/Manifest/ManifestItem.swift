import Manifest
import Planning
import SchemaCore

/// What one manifest says, piece by piece: objects, and what can only be judged beside the others.
enum ManifestItem: Sendable {
    /// An object.
    case object(PostgreSQLObject)
    /// A `renamedFrom`.
    case rename(RequestedRename)
    /// Columns that a table must have.
    case columns(ColumnMention)
    /// A foreign key's other end.
    case reference(ForeignKeyMention)
}

/// Columns of a table that a key, an index or an owned sequence names.
struct ColumnMention: Sendable {
    /// The table.
    let table: ObjectID
    /// The names, with their places.
    let columns: [Spanned<String>]
    /// Where the table is named, if it is not the one that the manifest declares.
    let tableSpan: SourceSpan?
    /// Whether an expression may have been meant.
    let mayBeExpression: Bool

    init(
        table: ObjectID, columns: [Spanned<String>], tableSpan: SourceSpan? = nil,
        mayBeExpression: Bool = false
    ) {
        self.table = table
        self.columns = columns
        self.tableSpan = tableSpan
        self.mayBeExpression = mayBeExpression
    }
}

/// What a foreign key refers to, with the places.
struct ForeignKeyMention: Sendable {
    /// The referenced table.
    let target: ObjectID
    /// Where it is named.
    let tableSpan: SourceSpan
    /// The referenced columns; empty for the primary key.
    let columns: [Spanned<String>]
    /// How many columns refer.
    let count: Int
    /// Where the foreign key stands.
    let span: SourceSpan
}
