/// A kind of manifest: its name, what it accepts, and what its documents mean to an engine.
public struct ManifestKind<Object: Sendable>: Sendable {
    /// The name as manifests write it: `Table`.
    public let name: String
    /// A sentence for the schema and the manual.
    public let doc: String
    /// What the kind's fields are, without `apiVersion` and `kind`.
    public let schema: JSONSchema
    /// The canonical order of its fields, `apiVersion` and `kind` first.
    public let layout: FieldLayout
    /// The fields that tell one object of this kind from another, outermost first.
    public let identityFields: [String]
    /// The text of an identity field, equal where two manifests mean the same; the value is nil
    /// where the field is left out.
    public let identityText: @Sendable (_ field: String, _ value: YAMLNode?) -> String
    /// Turns a document into objects; reports what is wrong with it.
    public let lower: @Sendable (ManifestDocument, inout DecodingContext) -> [Object]

    /// Makes a kind from the decoding of its fields and what a decoded spec means.
    ///
    /// - Parameters:
    ///   - identityFields: plain fields that name an object, for overlays and duplicates.
    ///   - identityText: reads one of them.
    ///   - lower: runs only for documents that were decoded.
    public init<Spec: Sendable>(
        _ name: String, doc: String, identityFields: [String] = ["schema", "name"],
        identityText: @escaping @Sendable (String, YAMLNode?) -> String = { $1?.text ?? "" },
        decoding: Decoding<Spec>,
        lower: @escaping @Sendable (Spec, ManifestDocument, inout DecodingContext) -> [Object]
    ) {
        self.name = name
        self.doc = doc
        self.identityFields = identityFields
        self.identityText = identityText
        schema = decoding.schema
        layout = .object(
            ["apiVersion", "kind"].map { FieldLayout.Member(name: $0, layout: .unknown) }
                + decoding.layout.members)
        self.lower = { document, context in
            guard let spec = decoding.decode(document.fields, &context) else { return [] }
            return lower(spec, document, &context)
        }
    }
}
