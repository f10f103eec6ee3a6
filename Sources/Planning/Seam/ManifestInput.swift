public import Manifest

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
}
