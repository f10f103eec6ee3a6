internal import Manifest
internal import Planning
internal import SchemaCore

/// Collects what one document means.
typealias ManifestBuilder = ManifestPieces<SQLiteObject>

extension ManifestPieces where Object == SQLiteObject {
    /// Adds an object.
    mutating func add(
        _ id: ObjectID, _ definition: SQLiteObject.Definition, at span: SourceSpan,
        position: Int = 0
    ) {
        var object = SQLiteObject(id, definition, position: position, span: span)
        if let parent = object.parent { object.dependencies.insert(parent) }
        add(object)
    }

    /// Adds a check that a table or view has these columns.
    mutating func mention(
        _ columns: [Spanned<String>], of table: ObjectID, tableSpan: SourceSpan? = nil,
        mayBeExpression: Bool = false
    ) {
        mention(
            ColumnMention(
                table: table, columns: columns, tableSpan: tableSpan,
                mayBeExpression: mayBeExpression))
    }

    /// The same for columns of which SQLite takes the second to mean nothing.
    mutating func mention(
        distinct columns: [Spanned<String>], of table: ObjectID, _ context: inout DecodingContext
    ) {
        let mention = ColumnMention(table: table, columns: columns)
        self.mention(mention)
        mention.reportRepeated(&context, as: .warning) { $0.asciiFolded }
    }
}
