import Manifest
import Planning
import SchemaCore

/// `kind: Enum`.
struct EnumSpec: Sendable {
    struct Label: Sendable {
        var name: Spanned<String>
        var renamedFrom: [Spanned<String>]

        static let decoding = Decoding<Label>.forms(
            scalar: Decoding<Spanned<String>>.text.map { Label(name: $0, renamedFrom: []) },
            mapping: .object("label") { fields in
                let name = fields.required("name", .text, "The label.")
                let renamedFrom = fields.optional(
                    "renamedFrom", .oneOrMore(of: .text), default: [],
                    "A former label or a list of them.")
                return { Label(name: $0[name], renamedFrom: $0[renamedFrom]) }
            })
    }

    var schema: Spanned<String>?
    var name: Spanned<String>
    var labels: [Label]
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<EnumSpec>.object("enum") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The type's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .type)
        let labels = fields.required(
            "labels", .list(of: Label.decoding), "The labels in their order.")
        return {
            EnumSpec(
                schema: $0[schema], name: $0[name], labels: $0[labels], comment: $0[comment],
                access: access.spec($0), renamedFrom: $0[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.enum(builder.schema, name.value)
        checkLabels(&context)
        builder.add(
            id, .enum(EnumDefinition(labels: labels.map(\.name.value))), at: name.span)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id)
        let types =
            [id] + renamedFrom.flatMap { ManifestBuilder.addresses(id, formerly: $0.value) }
        for label in labels {
            builder.renames(
                label.renamedFrom, to: .enumLabel(builder.schema, name.value, label.name.value)
            ) { old in types.map { .enumLabel($0.path[0], $0.name, old) } }
        }
    }

    private func checkLabels(_ context: inout DecodingContext) {
        var seen: [String: SourceSpan] = [:]
        for label in labels {
            let text = label.name.value
            if let first = seen[text] {
                context.report(
                    .error(
                        "duplicate-label", "the label \"\(text)\" stands twice",
                        at: label.name.span, help: "remove one of the two",
                        notes: [.init("it stands here first", at: first)]))
            }
            seen[text] = seen[text] ?? label.name.span
            if text.utf8.count > NameLimit.bytes {
                context.report(NameLimit.diagnostic(text, what: "label", at: label.name.span))
            }
            if text.isEmpty {
                context.report(
                    .warning(
                        "empty-label", "a label is the empty text", at: label.name.span,
                        help: "use a word, or make the column nullable"))
            }
        }
    }
}

/// How long a name may be.
enum NameLimit {
    /// Bytes of a name (`NAMEDATALEN` - 1).
    static let bytes = 63

    /// PostgreSQL cuts names off and goes on, so that two could become one; labels it refuses.
    static func diagnostic(_ name: String, what: String, at span: SourceSpan?) -> Diagnostic {
        .error(
            "name-too-long",
            "the \(what) \"\(name)\" has \(name.utf8.count) bytes; PostgreSQL allows \(bytes)",
            at: span, help: "shorten it to at most \(bytes) bytes")
    }
}
