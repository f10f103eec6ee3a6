public import SchemaCore

/// One manifest: a document that names its kind.
public struct ManifestDocument: Sendable {
    /// What every manifest says first.
    public static let apiVersion = "lockstep.dev/v1"

    /// The kind's name, with its place.
    public let kind: Spanned<String>
    /// The whole mapping, as it was written.
    public let node: YAMLNode
    /// The file it stands in.
    public let file: String
    /// Its number in the file, from 0.
    public let index: Int

    /// Makes a document.
    public init(kind: Spanned<String>, node: YAMLNode, file: String, index: Int) {
        self.kind = kind
        self.node = node
        self.file = file
        self.index = index
    }

    /// Where it was written.
    public var span: SourceSpan { node.span }

    /// The mapping without `apiVersion` and `kind`: what the kind's own fields are read from.
    public var fields: YAMLNode {
        let own = node.entries.filter { entry in
            entry.key.text != "apiVersion" && entry.key.text != "kind"
        }
        return node.replacing(content: .mapping(own))
    }
}
