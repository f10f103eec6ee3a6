internal import Manifest
internal import Planning
internal import SchemaCore

/// `kind: View`.
struct ViewSpec: Sendable {
    var name: Spanned<String>
    var columns: [Spanned<String>]
    var query: VerbatimSQL
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<ViewSpec>.object("view") { fields in
        let name = fields.required("name", .name, "The view's name.")
        let renamedFrom = fields.renamedFrom()
        let columns = fields.optional(
            "columns", .columnNames, default: [],
            "Names for all columns of the query, where it does not name them itself.")
        let query = fields.required("query", .sql, "What it shows: a query.")
        return {
            ViewSpec(
                name: $0[name], columns: $0[columns], query: $0[query],
                renamedFrom: $0[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.view(name.value)
        builder.add(
            id,
            .view(
                ViewDefinition(
                    name: name.value, columns: columns.map(\.value), query: ComparableSQL(query))),
            at: name.span)
        ColumnMention(table: id, columns: columns)
            .reportRepeated(&context, as: .warning) { $0.asciiFolded }
        builder.renames(renamedFrom, to: id) { [.view($0)] }
    }
}
