// A small kind with every sort of field, for the tests of the toolkit: no engine's kind.

import Manifest
import SchemaCore

enum SampleAction: String, CaseIterable, Sendable {
    case cascade
    case restrict
    case noAction = "no action"
}

struct SampleColumn: Sendable, Hashable {
    var type: VerbatimSQL
    var nullable: Bool
    var fallback: VerbatimSQL?

    static let decoding = Decoding<SampleColumn>.forms(
        scalar: Decoding<VerbatimSQL>.sql.map {
            SampleColumn(type: $0, nullable: false, fallback: nil)
        },
        mapping: .object("column", doc: "A column.") { fields in
            let type = fields.required("type", .sql, "The type.")
            let nullable = fields.optional(
                "nullable", .boolean, default: false, "Whether it may be null.")
            let fallback = fields.optional("default", .sql, "The default.")
            return {
                SampleColumn(type: $0[type], nullable: $0[nullable], fallback: $0[fallback])
            }
        }
    ).named("Column")
}

struct SampleIndex: Sendable, Hashable {
    var columns: [Spanned<String>]
    var condition: VerbatimSQL?

    static let decoding = Decoding<SampleIndex>.forms(
        list: Decoding<[Spanned<String>]>.list(of: .name, atLeast: 1).map {
            SampleIndex(columns: $0, condition: nil)
        },
        mapping: .object("index") { fields in
            let columns = fields.required(
                "columns", .list(of: .name, atLeast: 1), "The columns.")
            let condition = fields.optional("where", .sql, "Which rows.")
            return { SampleIndex(columns: $0[columns], condition: $0[condition]) }
        }
    ).named("Index")
}

struct SampleTable: Sendable, Hashable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var comment: String?
    var columns: OrderedMapping<SampleColumn>
    var indexes: OrderedMapping<SampleIndex>
    var labels: [String]
    var renamedFrom: [Spanned<String>]
    var fill: Int?
    var onDelete: SampleAction?
    var options: OrderedMapping<Spanned<String>>

    static let decoding = Decoding<SampleTable>.object("table") { fields in
        let schema = fields.optional("schema", .name, "The schema.")
        let name = fields.required("name", .name, "The name.")
        let comment = fields.optional("comment", .string, "For people.")
        let columns = fields.required(
            "columns", .mapping(of: SampleColumn.decoding), "The columns.")
        let indexes = fields.optional(
            "indexes", .mapping(of: SampleIndex.decoding), default: .init(), "The indexes.")
        let labels = fields.optional("labels", .list(of: .string), default: [], "Any labels.")
        let renamedFrom = fields.optional(
            "renamedFrom", .oneOrMore(of: .name), default: [], "Former names.")
        let fill = fields.optional("fillfactor", .integer(in: 10...100), "Percent.")
        let onDelete = fields.optional("onDelete", .enumeration(SampleAction.self), "What then.")
        let options = fields.optional("options", .texts, default: .init(), "Anything.")
        return { values in
            if values[fill] != nil, values[options]["fillfactor"] != nil {
                values.report(
                    .error(
                        "contradiction", "fillfactor is given twice",
                        at: values.keySpan(fill), help: "keep one of the two"))
                return nil
            }
            return SampleTable(
                schema: values[schema], name: values[name], comment: values[comment],
                columns: values[columns], indexes: values[indexes], labels: values[labels],
                renamedFrom: values[renamedFrom], fill: values[fill],
                onDelete: values[onDelete], options: values[options])
        }
    }
}

struct SampleView: Sendable, Hashable {
    var name: Spanned<String>
    var query: VerbatimSQL

    static let decoding = Decoding<SampleView>.object("view") { fields in
        let name = fields.required("name", .name, "The name.")
        let query = fields.required("query", .sql, "What it shows.")
        return { SampleView(name: $0[name], query: $0[query]) }
    }
}

enum SampleObject: Hashable, Sendable {
    case table(SampleTable)
    case view(SampleView)

    static let registry = KindRegistry<SampleObject>([
        ManifestKind("Table", doc: "A table.", decoding: SampleTable.decoding) { spec, _, _ in
            [.table(spec)]
        },
        ManifestKind(
            "View", doc: "A view.", identityFields: ["name"], decoding: SampleView.decoding
        ) { spec, _, _ in [.view(spec)] },
    ])
}

/// Reads and lowers one file.
func lowered(
    _ text: String, file: String = "input.yaml", limits: ManifestLimits = .init()
) -> (objects: [SampleObject], diagnostics: [Diagnostic], unread: Set<String>) {
    lowered(bytes: Array(text.utf8), file: file, limits: limits)
}

func lowered(
    bytes: [UInt8], file: String = "input.yaml", limits: ManifestLimits = .init()
) -> (objects: [SampleObject], diagnostics: [Diagnostic], unread: Set<String>) {
    let read = ManifestReader(limits: limits).read(ManifestFile(path: file, bytes: bytes))
    var context = DecodingContext(nameBytes: 63)
    context.report(read.diagnostics)
    let objects = SampleObject.registry.lower(read.documents, &context).flatMap(\.objects)
    return (objects, context.diagnostics, context.unreadFields)
}
