import SchemaCore

extension CommentDefinition {
    /// `COMMENT ON`; nil removes the comment.
    static func statement(on id: ObjectID, text: String?) -> SQL {
        guard let subject = id.subject else { preconditionFailure("\(id) is no comment") }
        let value: SQL = text.map { "\(literal: $0)" } ?? "NULL"
        return "COMMENT ON \(subject.reference) IS \(value)"
    }
}
