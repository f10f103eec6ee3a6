import Manifest
import Planning
import SchemaCore

/// Collects what one document means. Addresses, comments and renames of all kinds are made here
/// and in the same way.
typealias ManifestBuilder = ManifestPieces<PostgreSQLObject>

extension ManifestPieces where Object == PostgreSQLObject {
    /// The schema of the document's object.
    var schema: String { scope[0] }

    init(schema: String) { self.init(scope: [schema]) }

    /// Adds an object.
    mutating func add(
        _ id: ObjectID, _ definition: PostgreSQLObject.Definition, at span: SourceSpan,
        dependencies: Set<ObjectID> = [], position: Int = 0, isUnnamed: Bool = false,
        isBodyUnchecked: Bool = false
    ) {
        var object = PostgreSQLObject(
            id, definition, dependencies: dependencies, position: position, span: span,
            isUnnamed: isUnnamed)
        object.isBodyUnchecked = isBodyUnchecked
        if let parent = object.parent { object.dependencies.insert(parent) }
        add(object)
    }

    /// Adds a comment; an empty one is none.
    ///
    /// - Parameter holder: the object that has what the comment is on, where that is no object.
    mutating func comment(
        _ text: Spanned<String>?, on id: ObjectID, holder: ObjectID? = nil
    ) {
        guard let text, !text.value.isEmpty else { return }
        add(
            id.comment, .comment(CommentDefinition(text: text.value)), at: text.span,
            dependencies: [holder ?? id])
    }
}
