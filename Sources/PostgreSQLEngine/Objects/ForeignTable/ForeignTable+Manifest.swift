import Manifest
import Planning
import SchemaCore

/// `kind: ForeignTable`.
struct ForeignTableSpec: Sendable {
    struct Column: Sendable {
        /// Nil for what a partition says of a column that it has from above.
        var type: VerbatimSQL?
        var isNullable = false
        var fallback: VerbatimSQL?
        var generated: ColumnDefinition.Generated?
        var collation: QualifiedName?
        var options: OrderedMapping<Spanned<String>> = .init()
        var comment: Spanned<String>?
        var grants: Spanned<GrantsSpec>?

        static let decoding = Decoding<Column>.forms(
            scalar: Decoding<VerbatimSQL>.sql.map { Column(type: $0) },
            mapping: .object("column") { fields in
                let type = fields.optional(
                    "type", .sql, "The type; left out for the columns of a partition.")
                let nullable = fields.optional(
                    "nullable", .boolean, default: false,
                    "Whether NULL is expected; it is not if this is left out.")
                let fallback = fields.optional("default", .sql, "The default.")
                let generated = fields.optional(
                    "generated", ColumnSpec.generated, "The expression that gives its value.")
                let collation = fields.optional(
                    "collation", .qualifiedName, "The collation, if it is not the type's own.")
                let options = fields.options("What the wrapper has to know of it.")
                let comment = fields.comment()
                let grants = fields.optional(
                    "grants", GrantsSpec.decoding(.column).spanned,
                    "Who may do what with this column alone; only beside grants of the table.")
                return {
                    Column(
                        type: $0[type], isNullable: $0[nullable], fallback: $0[fallback],
                        generated: $0[generated], collation: $0[collation],
                        options: $0[options], comment: $0[comment],
                        grants: $0[grants])
                }
            }
        ).named("ForeignColumn")
    }

    struct Check: Sendable {
        var expression: VerbatimSQL
        var isNoInherit = false

        static let decoding = Decoding<Check>.forms(
            scalar: Decoding<VerbatimSQL>.sql.map { Check(expression: $0) },
            mapping: .object("check") { fields in
                let expression = fields.required("expression", .sql, "The condition.")
                let noInherit = fields.optional(
                    "noInherit", .boolean, default: false, "Whether children do not have it.")
                return { Check(expression: $0[expression], isNoInherit: $0[noInherit]) }
            }
        ).named("ForeignCheck")
    }

    var schema: Spanned<String>?
    var name: Spanned<String>
    var partition: TableShapeFields.Partition?
    var server: String
    var options: OrderedMapping<Spanned<String>>
    var columns: OrderedMapping<Column>
    var checks: OrderedMapping<Check>
    var triggers: OrderedMapping<TriggerSpec>
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<ForeignTableSpec>.object("foreign table") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The table's name here.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .relation)
        let partition = fields.optional(
            "partitionOf", TableShapeFields.foreignPartition,
            """
            The table of whose rows it holds a part, and which part. Its columns are that table's.
            """)
        let server = fields.required("server", .plainName, "The foreign server.")
        let options = fields.options("What the wrapper has to know of the table.")
        let columns = fields.optional(
            "columns", .mapping(of: Column.decoding), default: .init(),
            "The columns by name, in their order: a type, or a long form.")
        let checks = fields.optional(
            "checks", .mapping(of: Check.decoding), default: .init(),
            "The conditions that all rows are taken to meet, by name.")
        let triggers = fields.optional(
            "triggers", .mapping(of: TriggerSpec.decoding), default: .init(),
            "The triggers by name.")
        return { values in
            let own = values[options]
            let all = values[columns]
            for entry in Array(own) + all.flatMap({ Array($0.value.options) })
            where Secret.isNamed(entry.name.value) {
                values.report(.secret(entry.name))
            }
            return ForeignTableSpec(
                schema: values[schema], name: values[name], partition: values[partition],
                server: values[server], options: own,
                columns: all, checks: values[checks], triggers: values[triggers],
                comment: values[comment], access: access.spec(values),
                renamedFrom: values[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.foreignTable(builder.schema, name.value)
        var list = columns.compactMap { $0.value.lowered($0.name, partition != nil, &context) }
        // Those of a partition have no order of their own.
        if partition != nil { list.sort { $0.name.precedesByBytes($1.name) } }
        let conditions = checks.map {
            ForeignTableDefinition.Check(
                name: $0.name.value, expression: $0.value.expression,
                isNoInherit: $0.value.isNoInherit)
        }
        let parent = partition?.parent.id(in: builder.schema)
        let part = partition.flatMap { partition in
            parent.map {
                ForeignTableDefinition.Partition(
                    parent: QualifiedName(schema: $0.path[0], name: $0.name),
                    bound: partition.bound)
            }
        }
        if let partition, let parent {
            builder.mention(
                ColumnMention(table: parent, columns: [], tableSpan: partition.parent.name.span))
        }
        builder.add(
            id,
            .plain(
                .foreignTable(
                    ForeignTableDefinition(
                        server: server, options: options.texts, columns: list,
                        checks: conditions.sorted { $0.name.precedesByBytes($1.name) },
                        partition: part))),
            at: name.span, dependencies: Set([parent].compactMap { $0 }))
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        for entry in columns {
            let column = ObjectID.column(builder.schema, name.value, entry.name.value)
            builder.comment(entry.value.comment, on: column, holder: id)
            if let grants = entry.value.grants {
                access.checkColumn(grants.span, &context)
                builder.access(grants, onColumn: column, of: id)
            }
        }
        let former =
            [id]
            + renamedFrom.flatMap {
                ManifestBuilder.addresses(id, formerly: $0.value)
            }
        for trigger in triggers {
            trigger.value.lower(trigger.name, of: id, former: former, &builder)
        }
        builder.renames(renamedFrom, to: id)
    }
}

extension ForeignTableSpec.Column {
    /// The column; nil for one of a partition that has nothing of its own.
    fileprivate func lowered(
        _ name: Spanned<String>, _ isFromAbove: Bool, _ context: inout DecodingContext
    ) -> ForeignTableDefinition.Column? {
        guard isFromAbove else {
            guard let type else {
                context.report(
                    .error(
                        "missing-type", "the column lacks \"type\"", at: name.span,
                        help: "add type: …"))
                return nil
            }
            return ForeignTableDefinition.Column(
                name: name.value, type: type, collation: collation, isNotNull: !isNullable,
                fallback: fallback, generated: generated, options: options.texts)
        }
        if type != nil || isNullable || fallback != nil || generated != nil || collation != nil {
            context.report(
                .error(
                    "contradiction",
                    "the column \"\(name.value)\" is not the table's own, and has all but its "
                        + "options, comment and grants from elsewhere",
                    at: name.span, help: "say the rest where the column is declared"))
        }
        return options.isEmpty ? nil : .init(name: name.value, options: options.texts)
    }
}
