import Manifest
import Planning
import SchemaCore

/// One key of an index or of an exclusion constraint.
struct IndexKeySpec: Sendable {
    enum Order: String, CaseIterable, Sendable { case asc, desc }
    enum Nulls: String, CaseIterable, Sendable { case first, last }

    /// An operator class with its parameters.
    struct OperatorClass: Sendable {
        var name: QualifiedName
        var options: [String: String] = [:]

        static let decoding = Decoding<OperatorClass>.forms(
            scalar: Decoding<String>.plainName.map {
                OperatorClass(name: QualifiedName(schema: nil, name: $0))
            },
            mapping: .object("operator class") { fields in
                let schema = fields.optional(
                    "schema", .plainName, "Its schema, where the search path does not find it.")
                let name = fields.required("name", .plainName, "Its name.")
                let options = fields.options("Its parameters.")
                return {
                    OperatorClass(
                        name: QualifiedName(schema: $0[schema], name: $0[name]),
                        options: $0[options].texts)
                }
            }
        ).named("IndexOperatorClass")
    }

    /// The key as it is.
    var key: IndexDefinition.Key
    /// The column, if it is one, with its place.
    var column: Spanned<String>?

    static let decoding = Decoding<IndexKeySpec>.forms(
        scalar: short,
        mapping: .object("index key") { fields in
            let key = IndexKeyFields(fields)
            let statistics = fields.optional(
                "statistics", .integer, "How many values of an expression are sampled.")
            return { values in
                let count = values[statistics]
                guard var spec = key.read(values) else { return nil }
                if count != nil, spec.column != nil {
                    values.report(
                        .error(
                            "contradiction", "only an expression has statistics of its own",
                            at: values.keySpan(statistics),
                            help: "say it of the column in the table's manifest"))
                }
                spec.key.statistics = count.map { Int($0) }
                return spec
            }
        }
    ).named("IndexKey")

    private static let short = ColumnOrExpression.short.map {
        IndexKeySpec(key: .init($0.element), column: $0.column)
    }
}

extension ColumnOrExpression {
    /// As an index has it.
    fileprivate var element: IndexDefinition.Key.Element {
        switch self {
        case .column(let name): .column(name.value)
        case .expression(let expression): .expression(expression)
        }
    }
}

/// The fields of an index key's long form.
struct IndexKeyFields: Sendable {
    let element: ColumnOrExpression.Fields
    let collation: Field<QualifiedName?>
    let operatorClass: Field<IndexKeySpec.OperatorClass?>
    let order: Field<IndexKeySpec.Order>
    let nulls: Field<IndexKeySpec.Nulls?>

    init(_ fields: ObjectFields) {
        element = ColumnOrExpression.Fields(fields)
        collation = fields.optional("collation", .qualifiedName, "The collation.")
        operatorClass = fields.optional(
            "opclass", IndexKeySpec.OperatorClass.decoding, "The operator class.")
        order = fields.optional("order", .enumeration(), default: .asc, "The order.")
        nulls = fields.optional(
            "nulls", .enumeration(), "Where NULLs stand; last if the order is asc.")
    }

    @Sendable func read(_ values: ObjectValues) -> IndexKeySpec? {
        let isDescending = values[order] == .desc
        let nullsFirst = values[nulls].map { $0 == .first }
        let operatorClass = values[operatorClass]
        let collation = values[collation]
        guard let element = element.read(values) else { return nil }
        return IndexKeySpec(
            key: IndexDefinition.Key(
                element.element, collation: collation, operatorClass: operatorClass?.name,
                operatorClassOptions: operatorClass?.options ?? [:], isDescending: isDescending,
                nullsFirst: nullsFirst),
            column: element.column)
    }
}

/// An index, by itself or inside of a table.
struct IndexSpec: Sendable {
    var keys: [IndexKeySpec]
    var isUnique = false
    var nullsNotDistinct = false
    var method = "btree"
    var include: [Spanned<String>] = []
    var predicate: VerbatimSQL?
    var options: [String: String] = [:]
    var tablespace: String?
    var comment: Spanned<String>?
    var renamedFrom: [Spanned<String>] = []

    /// Inside of a table: a list of keys, or all options.
    static let decoding = Decoding<IndexSpec>.forms(
        list: keyList.map { IndexSpec(keys: $0) },
        mapping: .object("index") { fields in IndexFields(fields).read }
    ).named("TableIndex")

    static let keyList = Decoding<[IndexKeySpec]>.list(of: IndexKeySpec.decoding, atLeast: 1)

    /// - Parameter former: the addresses that the table may have in a live database.
    func lower(
        _ name: Spanned<String>?, at span: SourceSpan, table: ObjectID, tableSpan: SourceSpan?,
        former: [ObjectID], _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) {
        if nullsNotDistinct && !isUnique {
            context.report(
                .error(
                    "contradiction", "nullsNotDistinct says nothing on an index that is not unique",
                    at: span, help: "add unique: true, or remove nullsNotDistinct"))
        }
        if name == nil, keys.contains(where: { $0.key.statistics != nil }) {
            context.report(
                .error(
                    "incomplete", "an index that says how its expressions are sampled needs a name",
                    at: span, help: "write indexes as a mapping by name"))
        }
        let schema = table.path[0]
        let given = name?.value ?? builder.placeholder(table.name, "index")
        let id = ObjectID.index(schema, given)
        let columns = keys.compactMap(\.column)
        // The columns of a view are no objects.
        let named =
            table.kind == .table
            ? (columns + include).map { ObjectID.column(schema, table.name, $0.value) } : [table]
        builder.add(
            id,
            .index(
                IndexDefinition(
                    on: table.kind, table: table.name, isUnique: isUnique,
                    nullsNotDistinct: nullsNotDistinct,
                    method: method, keys: keys.map(\.key), include: include.map(\.value),
                    predicate: predicate, options: options, tablespace: tablespace)),
            at: span, dependencies: Set(named), isUnnamed: name == nil)
        if table.kind == .table {
            builder.mention(
                ColumnMention(
                    table: table, columns: columns, tableSpan: tableSpan, mayBeExpression: true))
            builder.mention(ColumnMention(table: table, columns: include, tableSpan: nil))
        }
        UnnamedChild.check(name, span, comment, renamedFrom, what: "index", &context)
        guard name != nil else { return }
        builder.comment(comment, on: id)
        let schemas = OrderedSet(former.map { $0.path[0] })
        builder.renames(renamedFrom, to: id) { old in schemas.map { .index($0, old) } }
    }
}

/// The fields of an index but its name and table.
struct IndexFields: Sendable {
    let columns: Field<[IndexKeySpec]>
    let unique: Field<Bool>
    let nullsNotDistinct: Field<Bool>
    let method: Field<String>
    let include: Field<[Spanned<String>]>
    let predicate: Field<VerbatimSQL?>
    let options: Field<OrderedMapping<Spanned<String>>>
    let tablespace: Field<String?>
    let comment: Field<Spanned<String>?>
    let renamedFrom: Field<[Spanned<String>]>

    init(_ fields: ObjectFields) {
        columns = fields.required(
            "columns", IndexSpec.keyList,
            "The keys: names of columns, expressions in parentheses, or long forms.")
        unique = fields.optional(
            "unique", .boolean, default: false, "Whether it refuses duplicates.")
        nullsNotDistinct = fields.optional(
            "nullsNotDistinct", .boolean, default: false,
            "Whether NULLs count as equal (PostgreSQL 15 and newer).")
        method = fields.optional(
            "method", .plainName, default: "btree", "The access method: btree, gin, gist, …")
        include = fields.optional(
            "include", .columnNames, default: [], "Further columns that it only carries.")
        predicate = fields.optional("where", .sql, "Which rows it holds: a condition.")
        options = fields.options("Storage parameters, for example fillfactor.")
        tablespace = fields.optional(
            "tablespace", .plainName, "The tablespace, if it is not the database's.")
        renamedFrom = fields.renamedFrom()
        comment = fields.comment()
    }

    @Sendable func read(_ values: ObjectValues) -> IndexSpec? {
        IndexSpec(
            keys: values[columns], isUnique: values[unique],
            nullsNotDistinct: values[nullsNotDistinct], method: values[method],
            include: values[include], predicate: values[predicate],
            options: values[options].texts, tablespace: values[tablespace],
            comment: values[comment],
            renamedFrom: values[renamedFrom])
    }
}

/// `kind: Index`: an index in a document of its own.
struct IndexDocumentSpec: Sendable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var table: Spanned<String>
    var index: IndexSpec

    static let decoding = Decoding<IndexDocumentSpec>.object("index") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The index's name.")
        let table = fields.required("table", .name, "The table, in the same schema.")
        let index = IndexFields(fields)
        return { values in
            index.read(values).map {
                IndexDocumentSpec(
                    schema: values[schema], name: values[name], table: values[table], index: $0)
            }
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.table(builder.schema, table.value)
        index.lower(
            name, at: name.span, table: id, tableSpan: table.span, former: [id], &builder,
            &context)
    }
}
