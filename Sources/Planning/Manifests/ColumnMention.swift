public import Manifest
public import SchemaCore

/// Columns of a table or view that a key, an index or something else names.
public struct ColumnMention: Sendable {
    /// The table or view.
    public let table: ObjectID
    /// The names, with their places.
    public let columns: [Spanned<String>]
    /// Where the table is named, if it is not the one that the manifest declares.
    public let tableSpan: SourceSpan?
    /// Whether an expression may have been meant.
    public let mayBeExpression: Bool

    /// Makes the value.
    public init(
        table: ObjectID, columns: [Spanned<String>], tableSpan: SourceSpan? = nil,
        mayBeExpression: Bool = false
    ) {
        self.table = table
        self.columns = columns
        self.tableSpan = tableSpan
        self.mayBeExpression = mayBeExpression
    }

    /// Reports columns that stand among the others a second time; as a warning where the engine
    /// takes no notice of it.
    public func reportRepeated(
        _ context: inout DecodingContext, as severity: Diagnostic.Severity = .error,
        fold: (String) -> String = { $0 }
    ) {
        var seen: Set<ByteText> = []
        for column in columns where !seen.insert(ByteText(fold(column.value))).inserted {
            context.report(
                Diagnostic(
                    severity, code: "duplicate-name", "the column \"\(column.value)\" stands twice",
                    at: column.span, help: "remove one of the two"))
        }
    }
}
