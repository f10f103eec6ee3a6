public import Manifest
public import SchemaCore

/// The manifests of one environment.
public struct ManifestInput: Sendable {
    /// The manifests.
    public var base: ManifestTree
    /// What is merged into them, in order.
    public var overlays: [ManifestTree]
    /// Where objects stand whose manifests name no schema; nil makes that an error.
    public var defaultSchema: String?

    /// Makes the value.
    public init(base: ManifestTree, overlays: [ManifestTree] = [], defaultSchema: String? = nil) {
        self.base = base
        self.overlays = overlays
        self.defaultSchema = defaultSchema
    }

    /// The digest of every file's path and bytes, and of the default schema.
    public var digest: Digest {
        var text = defaultSchema.map { "schema \($0.utf8.count) \($0)\n" } ?? ""
        for (layer, tree) in ([base] + overlays).enumerated() {
            for file in tree.files {
                text += "\(layer) \(file.path.utf8.count) \(file.path) \(Digest(of: file.bytes))\n"
            }
        }
        return Digest(of: text)
    }
}
