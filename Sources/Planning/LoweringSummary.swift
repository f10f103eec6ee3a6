public import SchemaCore

/// What is known of manifests without their objects.
public struct LoweringSummary: Hashable, Codable, Sendable {
    /// The digest of all that was read, the engine's settings among it.
    public var source: Digest
    /// The schemas that the manifests name.
    public var scope: Scope
    /// Whether there was any manifest at all.
    public var hasManifests: Bool
    /// See `Lowering.implied`.
    public var implied: Set<ObjectID>

    /// Makes the value.
    public init(
        source: Digest, scope: Scope, hasManifests: Bool, implied: Set<ObjectID> = []
    ) {
        self.source = source
        self.scope = scope
        self.hasManifests = hasManifests
        self.implied = implied
    }
}
