import Manifest
import Planning
import SchemaCore

/// `kind: Table`, with all of its children.
struct TableSpec: Sendable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]
    var isUnlogged: Bool
    var options: [String: String]
    var shape: TableShapeSpec
    var columns: OrderedMapping<ColumnSpec>
    var primaryKey: Spanned<KeySpec>?
    var unique: [ManifestChild<KeySpec>]
    var checks: [ManifestChild<CheckSpec>]
    var foreignKeys: [ManifestChild<ForeignKeySpec>]
    var exclusions: [ManifestChild<ExclusionSpec>]
    var indexes: [ManifestChild<IndexSpec>]
    var marks: TableMarkSpecs
    var programs: ProgramSpecs
    var policies: OrderedMapping<PolicySpec>
    var statistics: OrderedMapping<StatisticsSpec>

    static let decoding = Decoding<TableSpec>.object("table") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The table's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .relation)
        let unlogged = fields.optional(
            "unlogged", .boolean, default: false, "Whether it is not crash-safe.")
        let shape = TableShapeFields(fields)
        let columns = fields.optional(
            "columns", .mapping(of: ColumnSpec.decoding),
            """
            The columns by name: a type, or a long form. A new table has them in this order; in \
            one that is there, another order is no difference, and a new column comes last. Of \
            columns that it has from elsewhere only what is its own is told, without a type.
            """)
        let primaryKey = fields.optional(
            "primaryKey", KeySpec.primaryKey.spanned, "The primary key: columns, or a long form.")
        let unique = fields.optional(
            "unique", .childrenOfColumns(of: KeySpec.unique), default: [],
            "Unique constraints by name, or a list of those that the server names.")
        let checks = fields.optional(
            "checks", .children(of: CheckSpec.decoding), default: [],
            "Checks by name, or a list of those that the server names.")
        let foreignKeys = fields.optional(
            "foreignKeys", .children(of: ForeignKeySpec.decoding), default: [],
            "Foreign keys by name, or a list of those that the server names.")
        let exclusions = fields.optional(
            "exclusions", .children(of: ExclusionSpec.decoding), default: [],
            "Exclusion constraints by name, or a list of those that the server names.")
        let indexes = fields.optional(
            "indexes", .childrenOfColumns(of: IndexSpec.decoding), default: [],
            "Indexes by name, or a list of those that the server names.")
        let marks = TableMarkFields(fields)
        let programs = ProgramFields(fields)
        let policies = fields.optional(
            "policies", .mapping(of: PolicySpec.decoding), default: .init(),
            "The policies by name; they count where rowSecurity is on.")
        let statistics = fields.optional(
            "statistics", .mapping(of: StatisticsSpec.decoding), default: .init(),
            "The extended statistics by name.")
        let options = fields.options(
            "Storage parameters, for example fillfactor; those of TOAST begin with toast.")
        return {
            TableSpec(
                schema: $0[schema], name: $0[name], comment: $0[comment],
                access: access.spec($0),
                renamedFrom: $0[renamedFrom], isUnlogged: $0[unlogged],
                options: $0[options].texts, shape: shape.spec($0),
                columns: shape.columns($0[columns], in: $0), primaryKey: $0[primaryKey],
                unique: $0[unique], checks: $0[checks], foreignKeys: $0[foreignKeys],
                exclusions: $0[exclusions], indexes: $0[indexes], marks: marks.specs($0),
                programs: programs.specs($0),
                policies: $0[policies], statistics: $0[statistics])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.table(builder.schema, name.value)
        let definition = TableDefinition(
            isUnlogged: isUnlogged, options: options, partitionKey: shape.partitionKey,
            origin: shape.definition(in: builder.schema),
            accessMethod: shape.accessMethod, tablespace: shape.tablespace)
        var table = PostgreSQLObject(
            id, .table(definition),
            dependencies: Set(shape.parents(in: builder.schema).map(\.id))
                .union([.schema(builder.schema)]), span: name.span)
        for column in columns where column.value.type == nil || shape.origin?.hasAll == true {
            table.notNullNames[column.name.value] =
                column.value.derivedNotNull(column.name, &context)
        }
        builder.add(table)
        shape.mention(in: builder.schema, &builder)
        shape.lowerParts(of: id, &builder)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id)
        // A child is looked for below every name that the table may still have.
        let former =
            [id] + renamedFrom.flatMap { ManifestBuilder.addresses(id, formerly: $0.value) }
        for (place, column) in columns.enumerated() {
            column.value.lower(
                column.name, position: place + 1, table: id, origin: shape.origin,
                former: former, &builder, &context)
            if let grants = column.value.grants {
                access.checkColumn(grants.span, &context)
                let columnID = ObjectID.column(id.path[0], id.name, column.name.value)
                builder.access(grants, onColumn: columnID, of: id)
            }
        }
        var lowering = ConstraintLowering(
            table: id, former: former, builder: builder, context: context)
        lower(into: &lowering)
        builder = lowering.builder
        context = lowering.context
        for index in indexes {
            index.spec.lower(
                index.name, at: index.span, table: id, tableSpan: nil, former: former, &builder,
                &context)
        }
        marks.lower(of: id, &builder)
        programs.lower(of: id, former: former, &builder)
        for policy in policies {
            policy.value.lower(policy.name, of: id, former: former, &builder)
        }
        for entry in statistics { entry.value.lower(entry.name, of: id, &builder) }
    }

    private func lower(into lowering: inout ConstraintLowering) {
        if let primaryKey {
            let key = primaryKey.value
            checkPrimaryKey(key, &lowering.context)
            lowering.key(
                key, name: key.name, at: key.name?.span ?? primaryKey.span, isPrimary: true)
        }
        for child in unique {
            lowering.key(child.spec, name: child.name, at: child.span, isPrimary: false)
        }
        for child in checks { lowering.check(child) }
        for child in foreignKeys { lowering.foreignKey(child) }
        for child in exclusions { lowering.exclusion(child) }
    }

    /// `nullable: true` on a column of the primary key would promise what never holds.
    private func checkPrimaryKey(_ key: KeySpec, _ context: inout DecodingContext) {
        for column in key.columns {
            guard let nullable = columns[column.value]?.isNullable, nullable.value else { continue }
            context.report(
                .error(
                    "contradiction",
                    "the column \"\(column.value)\" is in the primary key and cannot be nullable",
                    at: nullable.span, help: "remove nullable",
                    notes: [.init("the primary key names it here", at: column.span)]))
        }
    }
}

/// Turns the constraints of one table into objects.
struct ConstraintLowering {
    let table: ObjectID
    let former: [ObjectID]
    var builder: ManifestBuilder
    var context: DecodingContext

    mutating func key(
        _ spec: KeySpec, name: Spanned<String>?, at span: SourceSpan, isPrimary: Bool
    ) {
        add(
            isPrimary ? .primaryKey(spec.key) : .unique(spec.key), spec.common, name: name,
            at: span, what: isPrimary ? "primary key" : "unique constraint",
            columns: spec.columns + spec.include)
        mention(spec.columns, mayRepeat: false)
        mention(spec.include, mayRepeat: true)
    }

    mutating func check(_ child: ManifestChild<CheckSpec>) {
        let spec = child.spec
        add(
            .check(
                ConstraintDefinition.Check(
                    expression: spec.expression, noInherit: spec.noInherit,
                    isValidated: spec.isValidated)),
            spec.common, isEnforced: spec.isEnforced, name: child.name, at: child.span,
            what: "check", columns: [])
    }

    mutating func foreignKey(_ child: ManifestChild<ForeignKeySpec>) {
        let spec = child.spec
        let target = ObjectID.table(
            spec.target.schema?.value ?? table.path[0], spec.target.table.value)
        add(
            .foreignKey(
                ConstraintDefinition.ForeignKey(
                    columns: spec.columns.map(\.value),
                    table: QualifiedName(schema: target.path[0], name: target.name),
                    referencedColumns: spec.target.columns.map(\.value), match: spec.match,
                    onUpdate: spec.onUpdate, onDelete: spec.onDelete.action,
                    onDeleteColumns: spec.onDelete.columns.map(\.value),
                    isValidated: spec.isValidated, temporal: spec.isPeriod ? .period : nil)),
            spec.common, isEnforced: spec.isEnforced, name: child.name, at: child.span,
            what: "foreign key",
            columns: spec.columns, dependencies: [target])
        mention(spec.columns, mayRepeat: false)
        builder.mention(
            ForeignKeyMention(
                target: target, tableSpan: spec.target.table.span, columns: spec.target.columns,
                count: spec.columns.count))
    }

    mutating func exclusion(_ child: ManifestChild<ExclusionSpec>) {
        let spec = child.spec
        let columns = spec.elements.compactMap(\.key.column)
        add(
            .exclusion(
                ConstraintDefinition.Exclusion(
                    method: spec.method,
                    elements: spec.elements.map {
                        .init(key: $0.key.key, operator: $0.operator)
                    },
                    include: spec.include.map(\.value), predicate: spec.predicate,
                    options: spec.options, tablespace: spec.tablespace)),
            spec.common, name: child.name, at: child.span, what: "exclusion constraint",
            columns: columns + spec.include)
        mention(columns + spec.include, mayRepeat: true)
    }

    private mutating func mention(_ columns: [Spanned<String>], mayRepeat: Bool) {
        let mention = ColumnMention(table: table, columns: columns)
        builder.mention(mention)
        if !mayRepeat { mention.reportRepeated(&context) }
    }

    private mutating func add(
        _ rule: ConstraintDefinition.Rule, _ common: ConstraintCommon, isEnforced: Bool = true,
        name: Spanned<String>?, at span: SourceSpan, what: String, columns: [Spanned<String>],
        dependencies: Set<ObjectID> = []
    ) {
        let given = name?.value ?? builder.placeholder(table.name, what)
        let id = ObjectID.constraint(table.path[0], table.name, given)
        let named = columns.map { ObjectID.column(table.path[0], table.name, $0.value) }
        builder.add(
            id,
            .constraint(
                ConstraintDefinition(
                    rule: rule, isDeferrable: common.isDeferrable,
                    isInitiallyDeferred: common.isInitiallyDeferred,
                    enforcement: isEnforced ? nil : .notEnforced)),
            at: span, dependencies: dependencies.union(named), isUnnamed: name == nil)
        UnnamedChild.check(
            name, span, common.comment ?? common.indexComment, common.renamedFrom, what: what,
            &context)
        guard name != nil else { return }
        builder.comment(common.comment, on: id)
        builder.comment(common.indexComment, on: ObjectID(.keyIndex, id.path), holder: id)
        let former = former
        builder.renames(common.renamedFrom, to: id) { old in
            former.map { .constraint($0.path[0], $0.name, old) }
        }
    }
}
