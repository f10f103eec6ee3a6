import Manifest
import Planning
import SchemaCore

/// `kind: View`.
struct ViewSpec: QuerySpec, Sendable {
    enum CheckOption: String, CaseIterable, Sendable { case local, cascaded }

    var schema: Spanned<String>?
    var name: Spanned<String>
    var query: VerbatimSQL
    var columns: [Spanned<String>]
    var columnTypes: OrderedMapping<VerbatimSQL>
    var options: [String: String]
    var comment: Spanned<String>?
    var access: AccessSpec
    var columnComments: OrderedMapping<Spanned<String>>
    var columnGrants: OrderedMapping<Spanned<GrantsSpec>>
    var columnDefaults: OrderedMapping<VerbatimSQL>
    var renamedFrom: [Spanned<String>]
    var programs: ProgramSpecs

    static let decoding = Decoding<ViewSpec>.object("view") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The view's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .relation)
        let columns = ViewColumnFields(fields)
        let columnTypes = fields.optional(
            "columnTypes", .mapping(of: Decoding<VerbatimSQL>.sql), default: .init(),
            """
            All its columns by name, with their types, in place of columns: for a view that reads \
            a function which takes or gives the view's own rows, and so comes between.
            """)
        let columnDefaults = fields.optional(
            "columnDefaults", .mapping(of: Decoding<VerbatimSQL>.sql), default: .init(),
            "What an INSERT gives columns that it does not name, by name.")
        let barrier = fields.optional(
            "securityBarrier", .boolean,
            "Whether rows are filtered before any other condition sees them.")
        let invoker = fields.optional(
            "securityInvoker", .boolean,
            "Whether privileges are those of who reads it (PostgreSQL 15 and newer).")
        let check = fields.optional(
            "checkOption", .enumeration(CheckOption.self),
            "Whether rows written through it must be visible in it.")
        let options = fields.options("Options by the name that the server gives them.")
        let query = fields.required("query", .sql, "What it shows: a query.")
        let programs = ProgramFields(fields)
        return { values in
            var all = values[options].texts
            func set(_ name: String, _ value: String?, at span: SourceSpan?, key: String) {
                guard let value else { return }
                if all[name] != nil {
                    values.report(
                        .error(
                            "contradiction", "\(key) is also given as the option \(name)",
                            at: span, help: "keep one of the two"))
                }
                all[name] = value
            }
            set(
                "security_barrier", values[barrier].map { $0 ? "true" : "false" },
                at: values.keySpan(barrier), key: "securityBarrier")
            set(
                "security_invoker", values[invoker].map { $0 ? "true" : "false" },
                at: values.keySpan(invoker), key: "securityInvoker")
            set(
                "check_option", values[check]?.rawValue, at: values.keySpan(check),
                key: "checkOption")
            if let type = values[columnTypes].first, let name = values[columns.names].first {
                values.report(
                    .error(
                        "contradiction", "columns and columnTypes both name the columns",
                        at: name.span, help: "keep columnTypes alone",
                        notes: [.init("columnTypes is here", at: type.name.span)]))
            }
            return ViewSpec(
                schema: values[schema], name: values[name], query: values[query],
                columns: values[columns.names], columnTypes: values[columnTypes],
                options: all, comment: values[comment],
                access: access.spec(values), columnComments: values[columns.comments],
                columnGrants: values[columns.grants], columnDefaults: values[columnDefaults],
                renamedFrom: values[renamedFrom],
                programs: programs.specs(values))
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.view(builder.schema, name.value)
        let former = lower(as: id, &builder, &context)
        for entry in columnDefaults {
            builder.add(
                .derivedColumn(builder.schema, name.value, entry.name.value),
                .plain(
                    .derivedColumn(
                        DerivedColumnDefinition(
                            isNotNull: false, fallback: entry.value, relation: .view))),
                at: entry.name.span, dependencies: [id])
        }
        programs.lower(of: id, former: former, &builder)
    }
}

/// What views and materialized views declare alike.
protocol QuerySpec {
    var name: Spanned<String> { get }
    var query: VerbatimSQL { get }
    var columns: [Spanned<String>] { get }
    var columnTypes: OrderedMapping<VerbatimSQL> { get }
    var options: [String: String] { get }
    var comment: Spanned<String>? { get }
    var access: AccessSpec { get }
    var columnComments: OrderedMapping<Spanned<String>> { get }
    var columnGrants: OrderedMapping<Spanned<GrantsSpec>> { get }
    var renamedFrom: [Spanned<String>] { get }
}

extension QuerySpec {
    /// No function gives the rows of what only holds them.
    var columnTypes: OrderedMapping<VerbatimSQL> { .init() }

    /// Adds the view with its comments and renames.
    ///
    /// - Returns: the addresses that it may still have.
    func lower(
        as id: ObjectID, _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) -> [ObjectID] {
        var seen: Set<String> = []
        for column in columns where !seen.insert(column.value).inserted {
            context.report(
                .error(
                    "duplicate-name", "the view's column \"\(column.value)\" stands twice",
                    at: column.span, help: "remove or rename one of the two"))
        }
        builder.add(
            id,
            .view(
                ViewDefinition(
                    query: query,
                    columns: columns.map { ViewDefinition.Column(name: $0.value, type: "") }
                        + columnTypes.map {
                            ViewDefinition.Column(name: $0.name.value, type: $0.value.text)
                        },
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
        return [id] + renamedFrom.flatMap { ManifestBuilder.addresses(id, formerly: $0.value) }
    }
}

/// What a view of either sort says of its columns, which are no objects.
struct ViewColumnFields: Sendable {
    let names: Field<[Spanned<String>]>
    let comments: Field<OrderedMapping<Spanned<String>>>
    let grants: Field<OrderedMapping<Spanned<GrantsSpec>>>

    init(_ fields: ObjectFields) {
        names = fields.optional(
            "columns", .columnNames, default: [],
            "Names for the first columns of the query, where it does not name them itself.")
        comments = fields.optional(
            "columnComments", .texts, default: .init(), "Comments on columns, by name.")
        grants = fields.optional(
            "columnGrants", .mapping(of: GrantsSpec.decoding(.column).spanned), default: .init(),
            "Who may do what with single columns, by name; only beside grants.")
    }
}
