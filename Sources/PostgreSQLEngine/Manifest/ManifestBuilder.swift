import Manifest
import Planning
import SchemaCore

/// Collects what one document means. Addresses, comments and renames of all kinds are made here
/// and in the same way.
struct ManifestBuilder {
    /// The schema of the document's object.
    let schema: String
    /// What was collected.
    private(set) var items: [ManifestItem] = []
    private var unnamed = 0

    init(schema: String) { self.schema = schema }

    /// Adds an object.
    mutating func add(
        _ id: ObjectID, _ definition: PostgreSQLObject.Definition, at span: SourceSpan,
        dependencies: Set<ObjectID> = [], position: Int = 0, isUnnamed: Bool = false
    ) {
        let object = PostgreSQLObject(
            id, definition, dependencies: dependencies, position: position, span: span,
            isUnnamed: isUnnamed)
        var all = dependencies
        if let parent = object.parent { all.insert(parent) }
        var whole = object
        whole.dependencies = all
        items.append(.object(whole))
    }

    /// Adds a comment; an empty one is none.
    mutating func comment(_ text: Spanned<String>?, on id: ObjectID) {
        guard let text, !text.value.isEmpty else { return }
        add(
            id.comment, .comment(CommentDefinition(text: text.value)), at: text.span,
            dependencies: [id])
    }

    /// Adds what `renamedFrom` asks for; `candidates` gives the old addresses of a name.
    mutating func renames(
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
    mutating func renames(_ names: [Spanned<String>], to id: ObjectID) {
        renames(names, to: id) { Self.addresses(id, formerly: $0) }
    }

    /// The addresses that `name` may mean: the name in the same schema, and `schema.name`.
    static func addresses(_ id: ObjectID, formerly name: String) -> [ObjectID] {
        let same = ObjectID(id.kind, id.path[0], name)
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else { return [same] }
        return [ObjectID(id.kind, parts), same]
    }

    /// Adds a check for the whole.
    mutating func mention(_ columns: ColumnMention) { items.append(.columns(columns)) }

    /// Adds a check for the whole.
    mutating func mention(_ reference: ForeignKeyMention) { items.append(.reference(reference)) }

    /// A name that stands in for the one that the server will choose.
    mutating func placeholder(_ table: String, _ sort: String) -> String {
        unnamed += 1
        return "\(table) \(sort) \(unnamed)"
    }
}
