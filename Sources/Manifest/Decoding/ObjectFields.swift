/// Declares the fields of an object: each is described and decoded from this one place.
///
/// Not thread-safe, and alive only while `Decoding.object` runs its declaration.
public final class ObjectFields {
    /// One field. A class, because every object that is read looks at each of its fields.
    final class Declared: Sendable {
        let name: String
        let schema: JSONSchema
        let layout: FieldLayout
        let isRequired: Bool
        /// What an absent field gives; nil for a required one.
        let absent: AnyFieldValue?
        let acceptsNull: Bool
        let run: @Sendable (YAMLNode, inout DecodingContext) -> AnyFieldValue?

        init(
            name: String, schema: JSONSchema, layout: FieldLayout, isRequired: Bool,
            absent: AnyFieldValue?,
            run: @escaping @Sendable (YAMLNode, inout DecodingContext) -> AnyFieldValue?
        ) {
            self.name = name
            self.schema = schema
            self.layout = layout
            self.isRequired = isRequired
            self.absent = absent
            acceptsNull = absent != nil
            self.run = run
        }
    }

    private(set) var declared: [Declared] = []

    /// A field that must be there.
    ///
    /// - Parameter doc: a sentence for the schema and the manual.
    public func required<Value: Sendable>(
        _ name: String, _ decoding: Decoding<Value>, _ doc: String
    ) -> Field<Value> {
        let run = decoding.run
        return declare(
            Declared(
                name: name, schema: decoding.schema.described(doc), layout: decoding.layout,
                isRequired: true, absent: nil,
                run: { node, context in run(node, &context).map { FieldValue($0) } }))
    }

    /// A field that may be left out, or be null, and is nil then.
    public func optional<Value: Sendable>(
        _ name: String, _ decoding: Decoding<Value>, _ doc: String
    ) -> Field<Value?> {
        let run = decoding.run
        return declare(
            Declared(
                name: name, schema: decoding.schema.orNull.described(doc),
                layout: decoding.layout, isRequired: false, absent: FieldValue<Value?>(nil),
                run: { node, context in run(node, &context).map { FieldValue<Value?>($0) } }))
    }

    /// A field that may be left out, or be null, and has this value then.
    public func optional<Value: Sendable>(
        _ name: String, _ decoding: Decoding<Value>, default value: Value, _ doc: String
    ) -> Field<Value> {
        let run = decoding.run
        var schema = decoding.schema.orNull.described(doc)
        if let plain = JSONValue(plain: value) { schema = schema.adding(["default": plain]) }
        return declare(
            Declared(
                name: name, schema: schema, layout: decoding.layout, isRequired: false,
                absent: FieldValue(value),
                run: { node, context in run(node, &context).map { FieldValue($0) } }))
    }

    private func declare<Value: Sendable>(_ field: Declared) -> Field<Value> {
        precondition(
            !declared.contains { $0.name == field.name }, "\(field.name) is declared twice")
        precondition(declared.count < 64, "an object has at most 64 fields")
        declared.append(field)
        return Field(index: declared.count - 1)
    }

    /// The declared order, which is the canonical one.
    var layout: FieldLayout {
        .object(declared.map { FieldLayout.Member(name: $0.name, layout: $0.layout) })
    }

    /// The schema of the object.
    func schema(doc: String?) -> JSONSchema {
        var keywords: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(
                Dictionary(
                    declared.map { ($0.name, $0.schema.value) }, uniquingKeysWith: { $1 })),
        ]
        let required = declared.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { keywords["required"] = .array(required) }
        if let doc { keywords["description"] = .string(doc) }
        return JSONSchema(keywords, including: declared.map(\.schema))
    }
}
