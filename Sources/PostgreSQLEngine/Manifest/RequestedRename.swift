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
