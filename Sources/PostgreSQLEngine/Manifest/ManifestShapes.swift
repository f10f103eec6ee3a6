// Owns the shapes that several kinds of manifests share.

import Manifest
import SchemaCore

/// A child of a table: by name in a mapping, or without one in a list.
struct ManifestChild<Spec: Sendable>: Sendable {
    /// Its name, unless the server is to choose one.
    let name: Spanned<String>?
    /// What it is.
    let spec: Spec
    /// Where it stands.
    let span: SourceSpan
}

extension Decoding {
    /// Children by name, or a list of children that the server names.
    static func children<Spec: Sendable>(
        of spec: Decoding<Spec>
    ) -> Decoding where Value == [ManifestChild<Spec>] {
        let named = Decoding<OrderedMapping<Spec>>.mapping(of: spec).map { mapping in
            mapping.map { ManifestChild(name: $0.name, spec: $0.value, span: $0.name.span) }
        }
        let unnamed = Decoding<[Spanned<Spec>]>.list(of: spec.spanned).map { list in
            list.map { ManifestChild(name: nil, spec: $0.value, span: $0.span) }
        }
        return .forms(list: unnamed, mapping: named)
    }

    /// The same for children whose short form is a list of columns. Names alone in a list could
    /// mean one child or several, so they are refused with both ways to say it.
    static func childrenOfColumns<Spec: Sendable>(
        of spec: Decoding<Spec>
    ) -> Decoding where Value == [ManifestChild<Spec>] {
        let all = children(of: spec)
        return Decoding(schema: all.schema, layout: all.layout) { node, context in
            let names = node.items.compactMap(\.text)
            guard !names.isEmpty, names.count == node.items.count else {
                return all.decode(node, &context)
            }
            let together = names.joined(separator: ", ")
            let apart = names.map { "[\($0)]" }.joined(separator: ", ")
            context.report(
                .error(
                    "wrong-type", "expected lists of columns, found names", at: node.span,
                    help: names.count == 1
                        ? "write [\(apart)], or name: [\(together)] on a line of its own"
                        : "write [[\(together)]] for one over all, [\(apart)] for one over each"))
            return nil
        }
    }
}

extension Decoding where Value == [Spanned<String>] {
    /// Former names.
    static var formerNames: Decoding { .oneOrMore(of: .name) }

    /// Names of columns, at least one.
    static var columnNames: Decoding { .list(of: .name, atLeast: 1) }
}

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

    /// Former names.
    func renamedFrom() -> Field<[Spanned<String>]> {
        optional(
            "renamedFrom", .formerNames, default: [],
            "A former name or a list of them. It does nothing once the rename is done.")
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
