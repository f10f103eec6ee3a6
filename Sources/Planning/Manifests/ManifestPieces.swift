public import Manifest
public import SchemaCore

/// Collects what one document means.
public struct ManifestPieces<Object: CatalogObject>: Sendable {
    /// The names within which the document's object stands: its schema, where there are schemas.
    public let scope: [String]
    /// What was collected.
    public private(set) var items: [ManifestItem<Object>] = []
    private var unnamed = 0

    /// Nothing yet.
    public init(scope: [String] = []) { self.scope = scope }

    /// Adds an object.
    public mutating func add(_ object: Object) { items.append(.object(object)) }

    /// Adds what `renamedFrom` asks for; `candidates` gives the old addresses of a name.
    public mutating func renames(
        _ names: [Spanned<String>], to id: ObjectID, candidates: (String) -> [ObjectID]
    ) {
        guard let first = names.first else { return }
        items.append(
            .rename(
                RequestedRename(
                    candidates: names.flatMap { candidates($0.value) }, to: id,
                    span: first.span)))
    }

    /// Adds what `renamedFrom` asks for where the object stands directly in a schema, from which
    /// it may have moved: `schema.name` is such a former address.
    public mutating func renames(_ names: [Spanned<String>], to id: ObjectID) {
        renames(names, to: id) { Self.addresses(id, formerly: $0) }
    }

    /// The addresses that `name` may mean: the name in the same schema, and `schema.name`.
    public static func addresses(_ id: ObjectID, formerly name: String) -> [ObjectID] {
        let same = id.renamed(name)
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == id.path.count, parts.count == 2, !parts.contains("") else {
            return [same]
        }
        return [ObjectID(id.kind, parts), same]
    }

    /// Adds a check for the whole.
    public mutating func mention(_ columns: ColumnMention) { items.append(.columns(columns)) }

    /// Adds a check for the whole.
    public mutating func mention(_ reference: ForeignKeyMention) {
        items.append(.reference(reference))
    }

    /// A name that stands in for the one that the server will choose.
    public mutating func placeholder(_ table: String, _ sort: String) -> String {
        unnamed += 1
        return "\(table) \(sort) \(unnamed)"
    }
}
