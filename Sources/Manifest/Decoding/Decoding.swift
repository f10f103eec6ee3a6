// Owns the declarative decoder: what is accepted and how it is described come from one value,
// so a schema can never promise what the decoder refuses.

/// How a spanned node becomes a typed value, together with the JSON Schema of what is accepted.
///
/// Primitives (`.text`, `.name`, `.sql`, `.boolean`, …), collections (`.list`, `.mapping`) and
/// objects (`.object`) are put together; nothing here knows a manifest kind.
public struct Decoding<Value: Sendable>: Sendable {
    /// What is accepted.
    public let schema: JSONSchema
    /// The order of the fields in canonical form, at every depth.
    public let layout: FieldLayout
    let run: @Sendable (YAMLNode, inout DecodingContext) -> Value?

    /// Makes a decoding by hand; prefer to combine the ones that exist.
    ///
    /// - Parameters:
    ///   - schema: what `run` accepts.
    ///   - layout: the order of its fields, if it has any.
    ///   - run: gives the value, or reports at least one error and gives nil.
    public init(
        schema: JSONSchema, layout: FieldLayout = .unknown,
        run: @escaping @Sendable (YAMLNode, inout DecodingContext) -> Value?
    ) {
        self.schema = schema
        self.layout = layout
        self.run = run
    }

    /// Decodes a node; nil if errors were reported that leave no value.
    public func decode(_ node: YAMLNode, _ context: inout DecodingContext) -> Value? {
        run(node, &context)
    }

    /// The same shape with another value made of it.
    public func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Value) -> Other
    ) -> Decoding<Other> {
        let run = run
        return Decoding<Other>(schema: schema, layout: layout) { node, context in
            run(node, &context).map(transform)
        }
    }

    /// The same shape with a value that may turn out wrong: then `transform` reports why.
    public func check<Other: Sendable>(
        _ transform: @escaping @Sendable (Value, YAMLNode, inout DecodingContext) -> Other?
    ) -> Decoding<Other> {
        let run = run
        return Decoding<Other>(schema: schema, layout: layout) { node, context in
            guard let value = run(node, &context) else { return nil }
            return transform(value, node, &context)
        }
    }

    /// The value with its place.
    public var spanned: Decoding<Spanned<Value>> {
        let run = run
        return Decoding<Spanned<Value>>(schema: schema, layout: layout) { node, context in
            run(node, &context).map { Spanned($0, at: node.span) }
        }
    }

    /// The value, or nil for a null.
    public var orNull: Decoding<Value?> {
        let run = run
        return Decoding<Value?>(schema: schema.orNull, layout: layout) { node, context in
            if node.isNull { return .some(nil) }
            return run(node, &context).map { .some($0) }
        }
    }

    /// Describes the shape once under a name (`$defs`) instead of wherever it is used.
    public func named(_ name: String) -> Decoding {
        Decoding(schema: schema.named(name), layout: layout, run: run)
    }

    /// The same with a sentence for people.
    public func described(_ doc: String) -> Decoding {
        Decoding(schema: schema.described(doc), layout: layout, run: run)
    }

    /// Short and long forms of the same thing: the form of the node decides which one is meant,
    /// so that an error speaks of the form that was written.
    public static func forms(
        scalar: Decoding? = nil, list: Decoding? = nil, mapping: Decoding? = nil
    ) -> Decoding {
        let all = [scalar, list, mapping].compactMap { $0 }
        let words = [
            scalar.map { _ in "a text" }, list.map { _ in "a list" },
            mapping.map { _ in "a mapping" },
        ].compactMap { $0 }
        let layout = all.reduce(FieldLayout.unknown) { $0.joined($1.layout) }
        return Decoding(schema: .any(of: all.map(\.schema)), layout: layout) { node, context in
            let form: Decoding? =
                switch node.content {
                case .scalar: node.isNull ? nil : scalar
                case .sequence: list
                case .mapping: mapping
                }
            guard let form else {
                context.wrongType(node, expected: words.joined(separator: " or "))
                return nil
            }
            return form.run(node, &context)
        }
    }
}
