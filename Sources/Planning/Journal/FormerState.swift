internal import Foundation
public import SchemaCore

/// What a plan changes, as it was before: from it and from what is there now follows what was.
///
/// Only what differs is kept, so that the size of a record follows from the size of its plan.
public struct FormerState: Hashable, Codable, Sendable {
    /// The objects that the plan changes or removes, as they were: JSON of the engine's own.
    public var objects: String
    /// What the plan leaves of all that it changes or makes, in order.
    public var left: [AppliedState.ManagedObject]
    /// The renames that the manifests asked for.
    public var renames: [Rename]

    /// Nothing changed.
    public init() {
        objects = "[]"
        left = []
        renames = []
    }

    /// What a plan changes.
    ///
    /// - Parameters:
    ///   - desired: the digests of all that is desired.
    ///   - touched: what is touched on the way: between two steps it may be another than at
    ///     either end.
    public init<Object>(
        live: Catalog<Object>, desired: [ObjectID: Digest], touched: Set<ObjectID>,
        renames: [Rename]
    ) {
        do {
            let gone = live.sorted.filter {
                desired[$0.id] != $0.digest || touched.contains($0.id)
            }
            objects = String(decoding: try CanonicalJSON.data(gone), as: UTF8.self)
        } catch {
            preconditionFailure("objects could not be encoded: \(error)")
        }
        left = desired.filter { live[$0.key]?.digest != $0.value || touched.contains($0.key) }
            .sorted { $0.key < $1.key }.map { .init(id: $0.key, digest: $0.value) }
        self.renames = renames
    }

    /// The objects that the plan changes or removes, as they were.
    ///
    /// - Throws: `EngineError` if another version wrote them in a way that this one cannot read.
    public func objects<Object: CatalogObject>(of type: Object.Type) throws -> [Object] {
        do {
            return try CanonicalJSON.decode([Object].self, from: Data(objects.utf8))
        } catch {
            throw EngineError(
                .unsupported, "what was there before cannot be read from the journal",
                help: "Another version of Lockstep wrote it: go back with that version, or "
                    + "declare in the manifests what was there.")
        }
    }
}
