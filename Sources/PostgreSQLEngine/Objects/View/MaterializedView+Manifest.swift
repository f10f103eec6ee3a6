import Manifest
import Planning
import SchemaCore

/// `kind: MaterializedView`.
struct MaterializedViewSpec: QuerySpec, Sendable {
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
    var columnSettings: OrderedMapping<ColumnSettingsDefinition>
    var clustering: Spanned<String>?
    var statistics: OrderedMapping<StatisticsSpec>
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
        let columnSettings = fields.optional(
            "columnSettings", .mapping(of: ColumnSettingsFields.decoding), default: .init(),
            "How columns are kept and counted, by name.")
        let clustering = fields.optional(
            "clusterOn", .name, "The index by which CLUSTER orders it.")
        let statistics = fields.optional(
            "statistics", .mapping(of: StatisticsSpec.decoding), default: .init(),
            "The extended statistics by name.")
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
                columnSettings: $0[columnSettings], clustering: $0[clustering],
                statistics: $0[statistics],
                renamedFrom: $0[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.materializedView(builder.schema, name.value)
        let former = lower(as: id, &builder, &context)
        for index in indexes {
            index.spec.lower(
                index.name, at: index.span, table: id, tableSpan: nil, former: former, &builder,
                &context)
        }
        for entry in columnSettings where !entry.value.isEmpty {
            var settings = entry.value
            settings.isDerived = true
            settings.relation = .materializedView
            builder.add(
                .columnSettings(builder.schema, name.value, entry.name.value),
                .plain(.columnSettings(settings)), at: entry.name.span, dependencies: [id])
        }
        for entry in statistics { entry.value.lower(entry.name, of: id, &builder) }
        guard let clustering else { return }
        builder.add(
            ObjectID(.clustering, id.path),
            .plain(
                .clustering(
                    ClusteringDefinition(index: clustering.value, relation: .materializedView))),
            at: clustering.span, dependencies: [id])
    }
}
