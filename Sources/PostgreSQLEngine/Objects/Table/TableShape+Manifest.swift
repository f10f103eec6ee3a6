import Manifest
import Planning
import SchemaCore

/// Where a table has its columns from, where it keeps its rows and how it parts them, as its
/// manifest says it.
struct TableShapeSpec: Sendable {
    /// Another table, in whichever schema.
    struct Parent: Sendable {
        var schema: Spanned<String>?
        var name: Spanned<String>

        static let decoding = Decoding<Parent>.forms(
            scalar: Decoding<Spanned<String>>.name.map { Parent(name: $0) },
            mapping: .object("parent") { fields in
                let schema = fields.optional(
                    "schema", .name, "The table's schema, if it is another one.")
                let name = fields.required("table", .name, "The table.")
                return { Parent(schema: $0[schema], name: $0[name]) }
            }
        ).named("Parent")

        func id(in own: String) -> ObjectID { .table(schema?.value ?? own, name.value) }
    }

    /// Where the columns are from.
    enum Origin: Sendable {
        case partition(Parent, bound: VerbatimSQL)
        case inheritance([Parent])
        case type(QualifiedName)
    }

    var partitionKey: VerbatimSQL?
    var origin: Origin?
    var indexParts: OrderedMapping<PartSpec> = .init()
    var foreignKeyParts: OrderedMapping<PartSpec> = .init()
    var accessMethod: String?
    var tablespace: String?

    func parents(in schema: String) -> [(id: ObjectID, span: SourceSpan)] {
        switch origin {
        case .partition(let parent, _)?: [(parent.id(in: schema), parent.name.span)]
        case .inheritance(let parents)?: parents.map { ($0.id(in: schema), $0.name.span) }
        case .type?, nil: []
        }
    }

    func definition(in schema: String) -> TableDefinition.Origin? {
        let names = parents(in: schema).map {
            QualifiedName(schema: $0.id.path[0], name: $0.id.name)
        }
        return switch origin {
        case .partition(_, let bound)?: .partition(of: names[0], bound: bound)
        case .inheritance?: .inheritance(names)
        case .type(let type)?: .type(type)
        case nil: nil
        }
    }

    /// Adds what a partition calls its parts of what its parents have.
    func lowerParts(of table: ObjectID, _ builder: inout ManifestBuilder) {
        for part in indexParts { part.value.lower(.part, part.name, of: table, &builder) }
        for part in foreignKeyParts {
            part.value.lower(.foreignKeyPart, part.name, of: table, &builder)
        }
    }

    /// Says which tables have to be there.
    func mention(in schema: String, _ builder: inout ManifestBuilder) {
        for parent in parents(in: schema) {
            builder.mention(
                ColumnMention(table: parent.id, columns: [], tableSpan: parent.span))
        }
    }
}

/// The fields for them.
struct TableShapeFields: Sendable {
    struct Partition: Sendable {
        var parent: TableShapeSpec.Parent
        var bound: VerbatimSQL
        var indexes: OrderedMapping<PartSpec> = .init()
        var foreignKeys: OrderedMapping<PartSpec> = .init()
    }

    private let partitionKey: Field<VerbatimSQL?>
    private let partitionOf: Field<Partition?>
    private let inherits: Field<[TableShapeSpec.Parent]>
    private let ofType: Field<QualifiedName?>
    private let accessMethod: Field<String?>
    private let tablespace: Field<String?>

    init(_ fields: ObjectFields) {
        partitionKey = fields.optional(
            "partitionBy", .sql,
            "By what its rows are parted among partitions: RANGE (at), LIST (region), HASH (id).")
        partitionOf = fields.optional(
            "partitionOf", Self.partition,
            "The table of whose rows it holds a part, and which part. Its columns are that table's."
        )
        inherits = fields.optional(
            "inherits", .oneOrMore(of: TableShapeSpec.Parent.decoding), default: [],
            "The tables whose columns and checks it has besides its own.")
        ofType = fields.optional(
            "ofType", .qualifiedName, "The composite type whose attributes are its columns.")
        accessMethod = fields.optional(
            "accessMethod", .plainName, "How its rows are kept, if not by heap.")
        tablespace = fields.optional(
            "tablespace", .plainName, "Where its rows are kept, if not where the database's are.")
    }

    /// That of a foreign table, which has no indexes.
    static let foreignPartition = Decoding<Partition>.object("partition") { fields in
        let schema = fields.optional("schema", .name, "The table's schema, if it is another one.")
        let table = fields.required("table", .name, "The table.")
        let bound = fields.required(
            "bound", .sql,
            "Which rows: FOR VALUES FROM … TO …, IN … or WITH …, or DEFAULT.")
        return {
            Partition(parent: .init(schema: $0[schema], name: $0[table]), bound: $0[bound])
        }
    }.named("ForeignPartitionOf")

    private static let partition = Decoding<Partition>.object("partition") { fields in
        let schema = fields.optional("schema", .name, "The table's schema, if it is another one.")
        let table = fields.required("table", .name, "The table.")
        let bound = fields.required(
            "bound", .sql,
            "Which rows: FOR VALUES FROM … TO …, IN … or WITH …, or DEFAULT.")
        let indexes = fields.optional(
            "indexes", .mapping(of: PartSpec.ofIndex), default: .init(),
            """
            What it calls its parts of indexes and keys that tables above declare, and how they \
            are kept, by the names there; what is left out stays as the server made it.
            """)
        let foreignKeys = fields.optional(
            "foreignKeys", .mapping(of: PartSpec.ofForeignKey), default: .init(),
            "The same for its parts of foreign keys.")
        return {
            Partition(
                parent: .init(schema: $0[schema], name: $0[table]), bound: $0[bound],
                indexes: $0[indexes], foreignKeys: $0[foreignKeys])
        }
    }.named("PartitionOf")

    func spec(_ values: ObjectValues) -> TableShapeSpec {
        let partition = values[partitionOf]
        let parents = values[inherits]
        let type = values[ofType]
        let told: [(String, SourceSpan?)] = [
            ("partitionOf", partition.flatMap { _ in values.keySpan(partitionOf) }),
            ("inherits", parents.isEmpty ? nil : values.keySpan(inherits)),
            ("ofType", type.flatMap { _ in values.keySpan(ofType) }),
        ].filter { $0.1 != nil }
        if told.count > 1 {
            values.report(
                .error(
                    "contradiction",
                    "\(told[0].0) and \(told[1].0) both say where the columns are from",
                    at: told[1].1, help: "remove one of the two"))
        }
        let origin: TableShapeSpec.Origin? =
            partition.map { .partition($0.parent, bound: $0.bound) }
            ?? (parents.isEmpty ? nil : .inheritance(parents)) ?? type.map { .type($0) }
        return TableShapeSpec(
            partitionKey: values[partitionKey], origin: origin,
            indexParts: partition?.indexes ?? .init(),
            foreignKeyParts: partition?.foreignKeys ?? .init(),
            accessMethod: values[accessMethod], tablespace: values[tablespace])
    }

    /// The columns, which only a table that has some from elsewhere can do without.
    func columns(
        _ columns: OrderedMapping<ColumnSpec>?, in values: ObjectValues
    ) -> OrderedMapping<ColumnSpec> {
        if let columns { return columns }
        if values[partitionOf] == nil, values[inherits].isEmpty, values[ofType] == nil {
            values.report(
                .error(
                    "missing-columns", "the table lacks \"columns\"", at: values.firstLine,
                    help: "add columns: …"))
        }
        return .init()
    }
}
