public import SchemaCore

/// What manifests mean, before a server has read it.
public struct Lowering<Object: CatalogObject>: Sendable {
    /// The objects in the order of the manifests; parents before their children.
    public var objects: [Object]
    /// What `renamedFrom` asks for.
    public var renames: [RequestedRename]
    /// The schemas that the manifests name.
    public var scope: Scope
    /// Everything that is wrong.
    public var diagnostics: [Diagnostic]
    /// Whether there was any manifest at all.
    public var hasManifests: Bool
    /// Objects that no manifest declares and that declared ones cannot be without. They are made
    /// where they lack, never recorded as applied, and so never dropped.
    public var implied: Set<ObjectID>

    /// Makes the value.
    public init(
        objects: [Object], renames: [RequestedRename], scope: Scope, diagnostics: [Diagnostic],
        hasManifests: Bool, implied: Set<ObjectID> = []
    ) {
        self.implied = implied
        self.objects = objects
        self.renames = renames
        self.scope = scope
        self.diagnostics = diagnostics
        self.hasManifests = hasManifests
    }
}

/// A `renamedFrom` in a manifest: what an object may still be called in a live database.
///
/// It does nothing once the database has the new name. Which of the old names applies is found in
/// the live catalog: the table of a renamed column may itself wait for its new name.
public struct RequestedRename: Hashable, Sendable {
    /// The addresses that the object may have in a live database, likeliest first.
    public let candidates: [ObjectID]
    /// The address that it gets.
    public let to: ObjectID
    /// Where it was written.
    public let span: SourceSpan

    /// Makes the request.
    public init(candidates: [ObjectID], to: ObjectID, span: SourceSpan) {
        self.candidates = candidates
        self.to = to
        self.span = span
    }
}

extension RequestedRename {
    /// What the request comes to for these live addresses.
    ///
    /// - Returns: the rename, with the address that the object has now; nil if the database has
    ///   the new name already, or neither.
    /// - Throws: `DiagnosticsError` if both names exist, or more than one of the old ones.
    public func resolved(isLive: (ObjectID) -> Bool) throws(DiagnosticsError) -> Rename? {
        let present = candidates.filter(isLive)
        guard let from = present.first else { return nil }
        if isLive(to) {
            throw DiagnosticsError([
                .error(
                    "rename-conflict", "the database has both \(from) and \(to)", at: span,
                    help: "drop one of the two by hand, or leave renamedFrom away and declare both")
            ])
        }
        if present.count > 1 {
            throw DiagnosticsError([
                .error(
                    "rename-ambiguous",
                    "the database has more than one of the old names: "
                        + present.map(\.description).joined(separator: ", "), at: span,
                    help: "name the one that is meant")
            ])
        }
        return Rename(from: from, to: to)
    }
}
