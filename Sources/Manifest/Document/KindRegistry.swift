import SchemaCore

/// The kinds of an engine: lowers documents of any of them, and describes them all.
public struct KindRegistry<Object: Sendable>: Sendable {
    /// What one document means.
    public struct Lowered: Sendable {
        /// The document.
        public let document: ManifestDocument
        /// Its objects.
        public let objects: [Object]
    }

    /// The kinds in the engine's order.
    public let kinds: [ManifestKind<Object>]
    private let byName: [String: ManifestKind<Object>]

    /// Makes a registry of kinds with distinct names.
    public init(_ kinds: [ManifestKind<Object>]) {
        self.kinds = kinds
        byName = Dictionary(
            kinds.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in
                preconditionFailure("two kinds are named \(first.name)")
            })
    }

    /// The kind of this name.
    public subscript(name: String) -> ManifestKind<Object>? { byName[name] }

    /// Lowers documents in order; documents with errors give no objects.
    public func lower(
        _ documents: [ManifestDocument], _ context: inout DecodingContext
    ) -> [Lowered] {
        let nameBytes = context.nameBytes
        let lowered = documents.parallelMap { document in
            var own = DecodingContext(nameBytes: nameBytes)
            guard let kind = byName[document.kind.value] else {
                own.report(unknownKind(document))
                return (Lowered?.none, own)
            }
            let objects = kind.lower(document, &own)
            return (Lowered(document: document, objects: objects), own)
        }
        for (_, own) in lowered { context.merge(own) }
        return lowered.compactMap(\.0)
    }

    /// Reads a tree of manifests, merges the overlays of an environment into them in order, and
    /// lowers what results. Nothing is left out in silence: what is not lowered was reported.
    public func read(
        _ base: ManifestTree, overlays: [ManifestTree] = [], limits: ManifestLimits = .init(),
        _ context: inout DecodingContext
    ) -> [Lowered] {
        let reader = ManifestReader(limits: limits)
        func documents(_ tree: ManifestTree) -> [ManifestDocument] {
            let outcome = reader.read(tree)
            context.report(outcome.diagnostics)
            return unique(outcome.documents, &context)
        }
        var merged = documents(base)
        for overlay in overlays {
            merged = Overlay.merge(
                documents(overlay), into: merged, identity: identity, &context)
        }
        return lower(merged, &context)
    }

    /// The documents without those that declare an object again; these are reported with both
    /// places.
    public func unique(
        _ documents: [ManifestDocument], _ context: inout DecodingContext
    ) -> [ManifestDocument] {
        var first: [ManifestIdentity: ManifestDocument] = [:]
        return documents.filter { document in
            guard let identity = identity(of: document) else { return true }
            guard let other = first[identity] else {
                first[identity] = document
                return true
            }
            context.report(
                .error(
                    "duplicate-object", "\(identity) is declared twice",
                    at: document.kind.span, help: "keep one of the two",
                    notes: [.init("it was first declared here", at: other.kind.span)]))
            return false
        }
    }

    /// What tells a document's object from others: the kind and its identity fields as the kind
    /// reads them. Nil where a document does not say who it is.
    public func identity(of document: ManifestDocument) -> ManifestIdentity? {
        guard let kind = byName[document.kind.value], let last = kind.identityFields.last,
            document.node[last] != nil
        else { return nil }
        return ManifestIdentity(
            kind: kind.name,
            values: kind.identityFields.map { kind.identityText($0, document.node[$0]) })
    }

    private func unknownKind(_ document: ManifestDocument) -> Diagnostic {
        let names = kinds.map(\.name)
        let text = document.kind.value
        return .error(
            "unknown-kind", "there is no kind \"\(YAMLNode.shortened(text))\"",
            at: document.kind.span,
            help: DidYouMean.hint(text, in: names)
                ?? "the kinds are: \(names.joined(separator: ", "))")
    }

    /// The schema of any manifest of this engine: the kind decides which fields there are.
    public var schema: JSONSchema {
        let named = kinds.map { kind in whole(kind).named(kind.name) }
        let branches = zip(kinds, named).map { kind, schema -> JSONValue in
            [
                "if": [
                    "properties": ["kind": ["const": .string(kind.name)]],
                    "required": ["kind"],
                ],
                "then": schema.value,
            ]
        }
        let names = kinds.map { JSONValue.string($0.name) }
        return JSONSchema(
            [
                "type": "object", "required": ["apiVersion", "kind"],
                "properties": [
                    "apiVersion": ["const": .string(ManifestDocument.apiVersion)],
                    "kind": ["enum": .array(names)],
                ],
                "allOf": .array(branches),
            ], including: named)
    }

    /// A kind's fields together with those that every manifest has.
    private func whole(_ kind: ManifestKind<Object>) -> JSONSchema {
        var properties = kind.schema.keywords["properties"]?.members ?? [:]
        properties["apiVersion"] = [
            "const": .string(ManifestDocument.apiVersion),
            "description": "The version of the manifest format.",
        ]
        properties["kind"] = ["const": .string(kind.name), "description": .string(kind.doc)]
        var required: [JSONValue] = ["apiVersion", "kind"]
        if case .array(let more) = kind.schema.keywords["required"] { required += more }
        return kind.schema.adding([
            "properties": .object(properties), "required": .array(required),
            "description": .string(kind.doc),
        ])
    }
}
