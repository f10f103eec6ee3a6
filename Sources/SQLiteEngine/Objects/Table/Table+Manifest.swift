internal import Manifest
internal import Planning
internal import SchemaCore

/// `kind: Table`, with all of its children.
struct TableSpec: Sendable {
    var name: Spanned<String>
    var renamedFrom: [Spanned<String>]
    var isStrict: Bool
    var withoutRowID: Spanned<Bool>?
    var columns: OrderedMapping<ColumnSpec>
    var primaryKey: Spanned<KeySpec>?
    var unique: [ManifestChild<KeySpec>]
    var checks: [ManifestChild<CheckSpec>]
    var foreignKeys: [ManifestChild<ForeignKeySpec>]
    var indexes: OrderedMapping<IndexSpec>
    var triggers: OrderedMapping<TriggerSpec>

    static let decoding = Decoding<TableSpec>.object("table") { fields in
        let name = fields.required("name", .name, "The table's name.")
        let renamedFrom = fields.renamedFrom()
        let strict = fields.optional(
            "strict", .boolean, default: false,
            "Whether values have to be of their column's type (SQLite 3.37 and newer).")
        let withoutRowID = fields.optional(
            "withoutRowID", Decoding<Bool>.boolean.spanned,
            "Whether the primary key is the table's own order, in place of a rowid.")
        let columns = fields.required(
            "columns", .mapping(of: ColumnSpec.decoding),
            """
            The columns by name: a type, or a long form. A new table has them in this order; in \
            one that is there, another order is no difference, and a new column comes last.
            """)
        let primaryKey = fields.optional(
            "primaryKey", KeySpec.primaryKey.spanned, "The primary key: columns, or a long form.")
        let unique = fields.optional(
            "unique",
            .childrenOfColumns(of: KeySpec.unique, listed: KeySpec.listedUnique) { $0.name },
            default: [],
            "Unique constraints by name; or a list, in which they need not have a name.")
        let checks = fields.optional(
            "checks", .children(of: CheckSpec.decoding, listed: CheckSpec.listed) { $0.name },
            default: [], "Checks by name; or a list, in which they need not have a name.")
        let foreignKeys = fields.optional(
            "foreignKeys",
            .children(of: ForeignKeySpec.decoding, listed: ForeignKeySpec.listed) { $0.name },
            default: [], "Foreign keys by name; or a list, in which they need not have a name.")
        let indexes = fields.optional(
            "indexes", .mapping(of: IndexSpec.decoding), default: .init(), "Indexes by name.")
        let triggers = fields.optional(
            "triggers", .mapping(of: TriggerSpec.decoding), default: .init(), "Triggers by name.")
        return {
            TableSpec(
                name: $0[name], renamedFrom: $0[renamedFrom], isStrict: $0[strict],
                withoutRowID: $0[withoutRowID], columns: $0[columns], primaryKey: $0[primaryKey],
                unique: $0[unique], checks: $0[checks], foreignKeys: $0[foreignKeys],
                indexes: $0[indexes], triggers: $0[triggers])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.table(name.value)
        builder.add(
            id,
            .table(
                TableDefinition(
                    name: name.value, isStrict: isStrict, isWithoutRowID: isWithoutRowID)),
            at: name.span)
        builder.renames(renamedFrom, to: id) { [.table($0)] }
        check(&context)
        let surroundings = surroundings
        for (place, column) in columns.enumerated() {
            column.value.lower(column.name, position: place, surroundings, &builder, &context)
        }
        lowerConstraints(&builder, &context)
        for index in indexes {
            index.value.lower(index.name, table: name, isOwnTable: true, &builder)
        }
        for trigger in triggers {
            trigger.value.lower(
                trigger.name, on: name.value, isView: false, targetSpan: nil, &builder, &context)
        }
    }

    private var isWithoutRowID: Bool { withoutRowID?.value ?? false }

    /// The column that is the rowid itself, folded.
    private var rowID: String? {
        TableParts(
            definition: TableDefinition(name: name.value, isWithoutRowID: isWithoutRowID),
            columns: columns.map {
                .init(
                    name: $0.name.value,
                    type: ColumnDefinition.canonicalType($0.value.type?.value ?? ""))
            },
            constraints: primaryKey.map { [$0.value.primaryKey] } ?? []
        ).rowID
    }

    private var surroundings: ColumnSurroundings {
        let key = (primaryKey?.value.names ?? []).map { ($0.value.asciiFolded, $0.span) }
        return ColumnSurroundings(
            table: .table(name.value), tableName: name.value,
            former: [.table(name.value)] + renamedFrom.map { .table($0.value) },
            names: columns.names, isStrict: isStrict,
            key: Dictionary(key, uniquingKeysWith: { first, _ in first }), rowID: rowID,
            keyIsNotNull: isStrict || isWithoutRowID)
    }

    private func check(_ context: inout DecodingContext) {
        if columns.isEmpty {
            context.report(
                .error(
                    "incomplete", "the table \"\(name.value)\" has no columns", at: name.span,
                    help: "add a column: SQLite has no table without one"))
        }
        if let withoutRowID, withoutRowID.value, primaryKey == nil {
            context.report(
                .error(
                    "contradiction", "a table without rowid needs a primary key",
                    at: withoutRowID.span, help: "add primaryKey, or remove withoutRowID"))
        }
        if let autoincrement = primaryKey?.value.autoincrement, autoincrement.value, rowID == nil {
            context.report(
                .error(
                    "contradiction", "only a rowid is numbered by autoincrement",
                    at: autoincrement.span,
                    help: isWithoutRowID
                        ? "remove withoutRowID or autoincrement"
                        : "make the key one column of type integer in order asc"))
        }
    }

    /// All constraints together, since those without a name have an address that tells them apart.
    private func lowerConstraints(
        _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) {
        var definitions: [(ConstraintDefinition, SourceSpan)] = []
        let id = ObjectID.table(name.value)
        if let primaryKey {
            let key = primaryKey.value
            definitions.append((key.primaryKey, key.name?.span ?? primaryKey.span))
            builder.mention(distinct: key.names, of: id, &context)
        }
        for child in unique {
            let rule = ConstraintDefinition.Unique(
                columns: child.spec.columns.map(\.column), conflict: child.spec.conflict)
            definitions.append((.init(name: child.name?.value, rule: .unique(rule)), child.span))
            builder.mention(distinct: child.spec.names, of: id, &context)
        }
        for child in checks {
            let expression = ComparableSQL(child.spec.expression, columns: columns.names)
            definitions.append(
                (
                    .init(name: child.name?.value, rule: .check(.init(expression: expression))),
                    child.span
                ))
        }
        for child in foreignKeys {
            definitions.append(
                (.init(name: child.name?.value, rule: .foreignKey(child.spec.key)), child.span))
            child.spec.mention(from: id, &builder, &context)
        }
        let ids = ConstraintDefinition.ids(definitions.map(\.0), of: name.value)
        for (place, (definition, span)) in definitions.enumerated() {
            builder.add(ids[place], .constraint(definition), at: span, position: place)
        }
    }
}

extension KeySpec {
    /// As a table has it, if it is the primary one.
    fileprivate var primaryKey: ConstraintDefinition {
        .init(
            name: name?.value,
            rule: .primaryKey(
                .init(
                    columns: columns.map(\.column), conflict: conflict,
                    isAutoincrement: autoincrement?.value ?? false)))
    }
}

extension ForeignKeySpec {
    /// As a table has it.
    fileprivate var key: ConstraintDefinition.ForeignKey {
        .init(
            columns: columns.map(\.value), table: target.table.value,
            referencedColumns: target.columns.map(\.value), match: match, onUpdate: onUpdate,
            onDelete: onDelete, isDeferred: isDeferred)
    }

    fileprivate func mention(
        from table: ObjectID, _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) {
        builder.mention(distinct: columns, of: table, &context)
        guard !target.isUnchecked else { return }
        builder.mention(
            ForeignKeyMention(
                target: .table(target.table.value), tableSpan: target.table.span,
                columns: target.columns, count: columns.count))
    }
}
