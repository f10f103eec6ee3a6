// Owns the shapes that children of a table have in the manifests of every engine.

public import SchemaCore

/// A child of a table: by name in a mapping, or in a list.
public struct ManifestChild<Spec: Sendable>: Sendable {
    /// Its name, if it has one.
    public let name: Spanned<String>?
    /// What it is.
    public let spec: Spec
    /// Where it stands.
    public let span: SourceSpan

    /// Makes the value.
    public init(name: Spanned<String>?, spec: Spec, span: SourceSpan) {
        self.name = name
        self.spec = spec
        self.span = span
    }
}

extension Decoding {
    /// Children by name, or a list of children.
    ///
    /// - Parameters:
    ///   - listed: what stands in a list, where that is not the same as behind a name.
    ///   - listedName: the name that such a one gives itself.
    public static func children<Spec: Sendable>(
        of spec: Decoding<Spec>, listed: Decoding<Spec>? = nil,
        listedName: @escaping @Sendable (Spec) -> Spanned<String>? = { _ in nil }
    ) -> Decoding where Value == [ManifestChild<Spec>] {
        let named = Decoding<OrderedMapping<Spec>>.mapping(of: spec).map { mapping in
            mapping.map { ManifestChild(name: $0.name, spec: $0.value, span: $0.name.span) }
        }
        let list = Decoding<[Spanned<Spec>]>.list(of: (listed ?? spec).spanned).map { list in
            list.map { child in
                let name = listedName(child.value)
                return ManifestChild(name: name, spec: child.value, span: name?.span ?? child.span)
            }
        }
        return .forms(list: list, mapping: named)
    }

    /// The same for children whose short form is a list of columns. Names alone in a list could
    /// mean one child or several, so they are refused with both ways to say it.
    public static func childrenOfColumns<Spec: Sendable>(
        of spec: Decoding<Spec>, listed: Decoding<Spec>? = nil,
        listedName: @escaping @Sendable (Spec) -> Spanned<String>? = { _ in nil }
    ) -> Decoding where Value == [ManifestChild<Spec>] {
        let all = children(of: spec, listed: listed, listedName: listedName)
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
    public static var formerNames: Decoding { .oneOrMore(of: .name) }

    /// Names of columns, at least one.
    public static var columnNames: Decoding { .list(of: .name, atLeast: 1) }
}

extension ObjectFields {
    /// Former names.
    public func renamedFrom() -> Field<[Spanned<String>]> {
        optional(
            "renamedFrom", .formerNames, default: [],
            "A former name or a list of them. It does nothing once the rename is done.")
    }
}
