public import SchemaCore

/// What plain equality needs of a catalog.
public struct CatalogDigests: Hashable, Sendable {
    /// The digest of every object.
    public var objects: [ObjectID: Digest]
    /// The catalog's fingerprint: what `Fingerprint.of(objects)` is.
    public var fingerprint: Digest

    /// Takes digests with their fingerprint as it was kept beside them.
    public init(objects: [ObjectID: Digest], fingerprint: Digest) {
        self.objects = objects
        self.fingerprint = fingerprint
    }

    /// The digests of a catalog.
    public init(_ catalog: Catalog<some CatalogObject>) {
        objects = catalog.objects.mapValues(\.digest)
        fingerprint = catalog.fingerprint
    }
}
