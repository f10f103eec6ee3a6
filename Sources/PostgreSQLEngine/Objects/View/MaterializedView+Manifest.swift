import Manifest
import Planning
import SchemaCore

/// `kind: MaterializedView`.
struct MaterializedViewSpec: Sendable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var query: VerbatimSQL
    var columns: [Spanned<String>]
    var options: [String: String]
    var indexes: [ManifestChild<IndexSpec>]
    var comment: Spanned<String>?
    var access: AccessSpec
    var columnComments: OrderedMapping<Spanned<String>>
    var columnGrants: OrderedMapping<Spanned<GrantsSpec>>
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<MaterializedViewSpec>.object("materialized view") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The view's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .relation)
        let columns = fields.optional(
            "columns", .columnNames, default: [],
            "Names for the first columns of the query, where it does not name them itself.")
        let columnComments = fields.optional(
            "columnComments", .texts, default: .init(), "Comments on columns, by name.")
        let columnGrants = fields.optional(
            "columnGrants", .mapping(of: GrantsSpec.decoding(.column).spanned), default: .init(),
            "Who may do what with single columns, by name; only beside grants.")
        let options = fields.options("Storage parameters, for example fillfactor.")
        let query = fields.required("query", .sql, "What it holds: a query.")
        let indexes = fields.optional(
            "indexes", .childrenOfColumns(of: IndexSpec.decoding), default: [],
            "Indexes by name, or a list of those that the server names.")
        return {
            MaterializedViewSpec(
                schema: $0[schema], name: $0[name], query: $0[query], columns: $0[columns],
                options: $0[options].texts, indexes: $0[indexes], comment: $0[comment],
                access: access.spec($0),
                columnComments: $0[columnComments], columnGrants: $0[columnGrants],
                renamedFrom: $0[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.materializedView(builder.schema, name.value)
        builder.add(
            id,
            .view(
                ViewDefinition(
                    query: query,
                    columns: columns.map { ViewDefinition.Column(name: $0.value, type: "") },
                    options: options)),
            at: name.span)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        for entry in columnComments {
            let column = ObjectID.column(builder.schema, name.value, entry.name.value)
            builder.comment(entry.value, on: column, holder: id)
        }
        for entry in columnGrants {
            let column = ObjectID.column(builder.schema, name.value, entry.name.value)
            access.checkColumn(entry.value.span, &context)
            builder.access(entry.value, onColumn: column, of: id)
        }
        builder.renames(renamedFrom, to: id)
        let former =
            [id] + renamedFrom.flatMap { ManifestBuilder.addresses(id, formerly: $0.value) }
        for index in indexes {
            index.spec.lower(
                index.name, at: index.span, table: id, tableSpan: nil, former: former, &builder,
                &context)
        }
    }
}
