public import SchemaCore

/// What was last applied to a target: what is managed, and what drift is measured against.
public struct AppliedState: Hashable, Codable, Sendable {
    /// The fingerprint of the managed objects after the apply.
    public var fingerprint: Digest
    /// The digest of every managed object, in the order of the addresses.
    public var objects: [ManagedObject]
    /// The fingerprint of the canonical desired catalog.
    public var desiredDigest: Digest
    /// The revision of the manifests, if they had one.
    public var revision: String?
    /// The scope that was looked at.
    public var scope: Scope
    /// The digest of all that plans took out of use, by its places and in their order; nil if
    /// that is nothing.
    public var residue: [ManagedObject]?

    /// A managed object.
    public struct ManagedObject: Hashable, Codable, Sendable {
        /// Its address.
        public var id: ObjectID
        /// Its digest.
        public var digest: Digest

        /// Makes the value.
        public init(id: ObjectID, digest: Digest) {
            self.id = id
            self.digest = digest
        }
    }

    /// Makes the value.
    public init(
        objects: [ObjectID: Digest], desiredDigest: Digest, revision: String?, scope: Scope,
        residue: [ObjectID: Digest] = [:]
    ) {
        self.residue =
            residue.isEmpty
            ? nil
            : residue.sorted { $0.key < $1.key }.map { ManagedObject(id: $0.key, digest: $0.value) }
        fingerprint = Fingerprint.of(objects)
        self.objects = objects.sorted { $0.key < $1.key }.map {
            ManagedObject(id: $0.key, digest: $0.value)
        }
        self.desiredDigest = desiredDigest
        self.revision = revision
        self.scope = scope
    }

    /// The digest of every managed object by its address.
    public var digests: [ObjectID: Digest] {
        Dictionary(objects.lazy.map { ($0.id, $0.digest) }, uniquingKeysWith: { $1 })
    }
}
