public import SchemaCore

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
    /// - Parameter isDeclared: whether manifests declare what has an address: a former name may be
    ///   taken by another object, which is there once the rename is done.
    /// - Returns: the rename, with the address that the object has now; nil if the database has
    ///   the new name already, or neither.
    /// - Throws: `DiagnosticsError` if both names exist, or more than one of the old ones.
    public func resolved(
        isLive: (ObjectID) -> Bool, isDeclared: (ObjectID) -> Bool = { _ in false }
    ) throws(DiagnosticsError) -> Rename? {
        let isDone = isLive(to)
        let present = candidates.filter { isLive($0) && !(isDone && isDeclared($0)) }
        guard let from = present.first else { return nil }
        if isDone {
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
