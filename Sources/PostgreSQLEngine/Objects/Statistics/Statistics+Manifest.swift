import Manifest
import Planning
import SchemaCore

/// Extended statistics in the manifest of their table.
struct StatisticsSpec: Sendable {
    var schema: String?
    var sorts: [StatisticsDefinition.Sort]
    var columns: [Spanned<String>]
    var expressions: [VerbatimSQL]
    var target: Int?
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<StatisticsSpec>.object("statistics") { fields in
        let schema = fields.optional(
            "schema", .plainName, "The schema, if it is not the table's.")
        let sorts = fields.optional(
            "kinds", .oneOrMore(of: .enumeration(StatisticsDefinition.Sort.self)), default: [],
            "What is computed: distinct, dependencies, mostCommon; all if left out.")
        let columns = fields.optional("columns", .columnNames, default: [], "The columns.")
        let expressions = fields.optional(
            "expressions", .list(of: .sql), default: [], "The expressions.")
        let target = fields.optional(
            "target", .integer, "How many values are sampled, if not as many as the table's.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, nil)
        return {
            StatisticsSpec(
                schema: $0[schema], sorts: $0[sorts], columns: $0[columns],
                expressions: $0[expressions], target: $0[target].map { Int($0) },
                comment: $0[comment], access: access.spec($0), renamedFrom: $0[renamedFrom])
        }
    }.named("Statistics")

    func lower(
        _ name: Spanned<String>, of table: ObjectID, _ builder: inout ManifestBuilder
    ) {
        let id = ObjectID.statistics(schema ?? table.path[0], name.value)
        // One expression by itself takes no kinds.
        let isSingle = columns.isEmpty && expressions.count == 1
        let sorts =
            isSingle && self.sorts.isEmpty
            ? []
            : StatisticsDefinition.Sort.allCases.filter {
                self.sorts.isEmpty || self.sorts.contains($0)
            }
        builder.add(
            id,
            .plain(
                .statistics(
                    StatisticsDefinition(
                        table: QualifiedName(schema: table.path[0], name: table.name),
                        sorts: sorts, columns: columns.map(\.value), expressions: expressions,
                        target: target, relation: table.kind == .table ? nil : table.kind))),
            at: name.span, dependencies: [table])
        // The columns of a view are no objects.
        if table.kind == .table {
            builder.mention(ColumnMention(table: table, columns: columns))
        }
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id) { old in
            [.statistics(id.path[0], old)]
        }
    }
}
