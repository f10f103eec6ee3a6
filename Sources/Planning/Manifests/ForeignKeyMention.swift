public import Manifest
public import SchemaCore

/// What a foreign key refers to, with the places.
public struct ForeignKeyMention: Sendable {
    /// The referenced table.
    public let target: ObjectID
    /// Where it is named.
    public let tableSpan: SourceSpan
    /// The referenced columns; empty for the primary key.
    public let columns: [Spanned<String>]
    /// How many columns refer.
    public let count: Int

    /// Makes the value.
    public init(
        target: ObjectID, tableSpan: SourceSpan, columns: [Spanned<String>], count: Int
    ) {
        self.target = target
        self.tableSpan = tableSpan
        self.columns = columns
        self.count = count
    }

    /// Reports that not as many columns are referred to as refer.
    public static func checkCount(
        _ columns: [Spanned<String>], refersTo others: [Spanned<String>], _ values: ObjectValues
    ) {
        guard let first = others.first, others.count != columns.count else { return }
        values.report(
            .error(
                "contradiction", "\(columns.count) columns refer to \(others.count) columns",
                at: first.span, help: "name as many on both sides"))
    }
}
