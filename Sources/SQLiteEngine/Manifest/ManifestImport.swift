// Owns what `import` leaves out. Invariant: what it writes can be read, builds in an empty
// database, and is there what it was here.

internal import Manifest
internal import Planning
internal import SchemaCore

/// Manifests that were read back before they are given away.
///
/// SQLite keeps what no manifest can tell: a view of a table that is gone, a function that only its
/// application knows, a name of two lines. One such object must not make the rest useless, so what
/// is refused is left out, with what stands on it.
struct ManifestImport {
    private let catalog: Catalog<SQLiteObject>

    init(_ catalog: Catalog<SQLiteObject>) { self.catalog = catalog }

    func result() async throws -> (manifests: [ExportedManifest], warnings: [Diagnostic]) {
        var kept = catalog
        var warnings: [ObjectID: Diagnostic] = [:]
        while true {
            let (manifests, owners) = SQLiteManifests.files(for: kept)
            var refused = unwritable(kept)
            if refused.isEmpty { refused = try await refusals(of: manifests, owners, kept) }
            if refused.isEmpty {
                return (manifests, warnings.sorted { $0.key < $1.key }.map(\.value))
            }
            warnings.merge(refused) { first, _ in first }
            let count = kept.ids.count
            kept = kept.filter { object in
                refused[object.id] == nil && object.parent.map { refused[$0] == nil } ?? true
            }
            guard kept.ids.count < count else {
                throw EngineError(
                    .unsupported,
                    "manifests of this database do not come back: "
                        + refused.values.map(\.message).sorted().joined(separator: "; "))
            }
        }
    }

    /// What is known without trying, so that a name does not make all of its file unreadable.
    private func unwritable(_ kept: Catalog<SQLiteObject>) -> [ObjectID: Diagnostic] {
        let found = kept.sorted.filter(NameChecks.isUnwritable).map { object in
            let id = Self.owner(of: object.id)
            let what = id == object.id ? "its name" : "the name of \(object.id)"
            return (
                id,
                Self.warning(
                    id, "\(what) is empty, reserved, or holds a line break or control character")
            )
        }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    /// What cannot be read, cannot be built, or comes back as something else.
    private func refusals(
        of manifests: [ExportedManifest], _ owners: [String: ObjectID],
        _ kept: Catalog<SQLiteObject>
    ) async throws -> [ObjectID: Diagnostic] {
        let tree = ManifestTree(
            files: manifests.map { ManifestFile(path: $0.path, bytes: Array($0.text.utf8)) })
        let lowering = SQLiteManifests.lower(ManifestInput(base: tree))
        func refusals(_ diagnostics: [Diagnostic]) -> [ObjectID: Diagnostic] {
            let found = diagnostics.filter { $0.severity == .error }.map { diagnostic in
                let id = subject(of: diagnostic, lowering.objects, owners)
                return (id, Self.warning(id, diagnostic.message))
            }
            return Dictionary(found, uniquingKeysWith: { first, _ in first })
        }
        if lowering.diagnostics.hasErrors { return refusals(lowering.diagnostics) }
        let built: Catalog<SQLiteObject>
        do {
            built = try await Canonicalizer.canonicalize(
                lowering.objects, environment: SchemaRows())
        } catch let error as DiagnosticsError {
            return refusals(error.diagnostics)
        }
        let changed = difference(from: kept, to: built).map { change in
            let id = Self.owner(of: change.id)
            return (id, Self.warning(id, "no manifest gives it back as it is"))
        }
        return Dictionary(changed, uniquingKeysWith: { first, _ in first })
    }

    /// The object that an error is about and that can be left out by itself: the last one that
    /// begins before the place, else that of the file.
    private func subject(
        of diagnostic: Diagnostic, _ objects: [SQLiteObject], _ owners: [String: ObjectID]
    ) -> ObjectID {
        guard let place = diagnostic.span else { return ObjectID(.table, diagnostic.message) }
        let before = objects.filter { object in
            object.span.map { $0.file == place.file && $0.start <= place.start } ?? false
        }
        let nearest = before.max { one, other in
            guard let left = one.span?.start, let right = other.span?.start else { return false }
            return left < right
        }
        return nearest.map { Self.owner(of: $0.id) } ?? owners[place.file]
            ?? ObjectID(.table, place.file)
    }

    /// Columns and constraints are parts of their table.
    private static func owner(of id: ObjectID) -> ObjectID {
        id.isPartOfTable ? .table(id.path[0]) : id
    }

    private static func warning(_ id: ObjectID, _ reason: String) -> Diagnostic {
        let start = "\(id): "
        let plain = reason.hasPrefix(start) ? String(reason.dropFirst(start.count)) : reason
        return .warning(
            "left-out", "\(id) is left out: \(plain)",
            help: "it stays as it is in the database, and no plan touches it")
    }
}
