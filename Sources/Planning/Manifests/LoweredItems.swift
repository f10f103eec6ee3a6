public import Manifest
public import SchemaCore

/// What all documents of a tree say, piece by piece.
public struct LoweredItems<Object: CatalogObject>: Sendable {
    /// The pieces in the order of the documents.
    public let items: [ManifestItem<Object>]
    /// Documents of which nothing is known but that they are broken.
    public let broken: [ManifestDocument]
    /// Whether there was any document.
    public let hasManifests: Bool

    /// Takes what a registry lowered.
    public init(_ lowered: [KindRegistry<ManifestItem<Object>>.Lowered]) {
        items = lowered.flatMap(\.objects)
        broken = lowered.filter(\.objects.isEmpty).map(\.document)
        hasManifests = !lowered.isEmpty
    }

    /// The objects in order.
    public var objects: [Object] {
        items.compactMap { if case .object(let object) = $0 { object } else { nil } }
    }

    /// What `renamedFrom` asks for.
    public var renames: [RequestedRename] {
        items.compactMap { if case .rename(let rename) = $0 { rename } else { nil } }
    }
}
