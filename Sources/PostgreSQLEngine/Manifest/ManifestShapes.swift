// Owns the shapes that several kinds of manifests share.

import Manifest
import Planning
import SchemaCore

extension Decoding where Value == QualifiedName {
    /// A name, or `{schema, name}` for one that the search path does not find.
    static var qualifiedName: Decoding {
        .forms(
            scalar: Decoding<String>.plainName.map { QualifiedName(schema: nil, name: $0) },
            mapping: .object("name") { fields in
                let schema = fields.required("schema", .plainName, "The schema.")
                let name = fields.required("name", .plainName, "The name in the schema.")
                return { QualifiedName(schema: $0[schema], name: $0[name]) }
            }
        ).named("QualifiedName")
    }
}

extension OrderedMapping where Value == Spanned<String> {
    /// The texts by name.
    var texts: [String: String] {
        Dictionary(map { ($0.name.value, $0.value.value) }, uniquingKeysWith: { first, _ in first })
    }
}

extension ObjectFields {
    /// The schema in which an object stands.
    func schema() -> Field<Spanned<String>?> {
        optional(
            "schema", .name,
            "The schema; may be left out where the project names a default schema.")
    }

    /// A comment.
    func comment() -> Field<Spanned<String>?> {
        optional("comment", .text, "For people: kept in the database as a comment.")
    }

    /// Storage parameters.
    func options(_ doc: String) -> Field<OrderedMapping<Spanned<String>>> {
        optional("options", .texts, default: .init(), doc)
    }
}

/// What a child needs a name for.
enum UnnamedChild {
    /// Reports what cannot be said of a child that the server will name.
    static func check(
        _ name: Spanned<String>?, _ span: SourceSpan, _ comment: Spanned<String>?,
        _ renamedFrom: [Spanned<String>], what: String, _ context: inout DecodingContext
    ) {
        guard name == nil else { return }
        for (key, place) in [("comment", comment?.span), ("renamedFrom", renamedFrom.first?.span)] {
            guard let place else { continue }
            context.report(
                .error(
                    "unnamed-child", "\(key) needs to know the name of the \(what)", at: place,
                    help: "give the \(what) a name"))
        }
    }
}

/// Distinct values in the order in which they came.
struct OrderedSet<Element: Hashable & Sendable>: Sequence, Sendable {
    private var elements: [Element] = []

    init(_ values: some Sequence<Element>) {
        var seen: Set<Element> = []
        elements = values.filter { seen.insert($0).inserted }
    }

    func makeIterator() -> IndexingIterator<[Element]> { elements.makeIterator() }
}
