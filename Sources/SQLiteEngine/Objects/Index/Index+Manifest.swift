internal import Manifest
internal import Planning
internal import SchemaCore

/// One key of an index.
struct IndexKeySpec: Sendable {
    var element: ColumnOrExpression
    var collation: String?
    var isDescending = false

    static let decoding = Decoding<IndexKeySpec>.forms(
        scalar: ColumnOrExpression.short.map { IndexKeySpec(element: $0) },
        mapping: .object("index key") { fields in
            let element = ColumnOrExpression.Fields(fields)
            let order = KeyOrderFields(fields)
            return { values in
                let (collation, isDescending) = order.read(values)
                return element.read(values).map {
                    IndexKeySpec(element: $0, collation: collation, isDescending: isDescending)
                }
            }
        }
    ).named("IndexKey")

    /// As an index has it.
    var key: IndexDefinition.Key {
        let element: IndexDefinition.Key.Element =
            switch element {
            case .column(let name): .column(name.value)
            case .expression(let expression): .expression(ComparableSQL(expression))
            }
        return .init(element, collation: collation, isDescending: isDescending)
    }
}

/// An index, by itself or inside of a table.
struct IndexSpec: Sendable {
    var keys: [IndexKeySpec]
    var isUnique = false
    var predicate: VerbatimSQL?
    var renamedFrom: [Spanned<String>] = []

    /// Inside of a table: a list of keys, or all options.
    static let decoding = Decoding<IndexSpec>.forms(
        list: keyList.map { IndexSpec(keys: $0) },
        mapping: .object("index") { fields in IndexFields(fields).read }
    ).named("TableIndex")

    static let keyList = Decoding<[IndexKeySpec]>.list(of: IndexKeySpec.decoding, atLeast: 1)

    func lower(
        _ name: Spanned<String>, table: Spanned<String>, isOwnTable: Bool,
        _ builder: inout ManifestBuilder
    ) {
        let id = ObjectID.index(name.value)
        builder.add(
            id,
            .index(
                IndexDefinition(
                    name: name.value, table: table.value, isUnique: isUnique,
                    keys: keys.map(\.key), predicate: predicate.map { ComparableSQL($0) })),
            at: name.span)
        builder.mention(
            keys.compactMap(\.element.column), of: .table(table.value),
            tableSpan: isOwnTable ? nil : table.span, mayBeExpression: true)
        builder.renames(renamedFrom, to: id) { [.index($0)] }
    }
}

/// The fields of an index but its name and table.
struct IndexFields: Sendable {
    private let columns: Field<[IndexKeySpec]>
    private let unique: Field<Bool>
    private let predicate: Field<VerbatimSQL?>
    private let renamedFrom: Field<[Spanned<String>]>

    init(_ fields: ObjectFields) {
        columns = fields.required(
            "columns", IndexSpec.keyList,
            "The keys: names of columns, expressions in parentheses, or long forms.")
        unique = fields.optional(
            "unique", .boolean, default: false, "Whether it refuses duplicates.")
        predicate = fields.optional("where", .sql, "Which rows it holds: a condition.")
        renamedFrom = fields.renamedFrom()
    }

    @Sendable func read(_ values: ObjectValues) -> IndexSpec? {
        IndexSpec(
            keys: values[columns], isUnique: values[unique], predicate: values[predicate],
            renamedFrom: values[renamedFrom])
    }
}

/// `kind: Index`: an index in a document of its own.
struct IndexDocumentSpec: Sendable {
    var name: Spanned<String>
    var table: Spanned<String>
    var index: IndexSpec

    static let decoding = Decoding<IndexDocumentSpec>.object("index") { fields in
        let name = fields.required("name", .name, "The index's name.")
        let table = fields.required("table", .name, "The table.")
        let index = IndexFields(fields)
        return { values in
            index.read(values).map {
                IndexDocumentSpec(name: values[name], table: values[table], index: $0)
            }
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        index.lower(name, table: table, isOwnTable: false, &builder)
    }
}
