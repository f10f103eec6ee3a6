import SchemaCore

extension CommentDefinition {
    /// `COMMENT ON`; nil removes the comment.
    static func statement(on id: ObjectID, text: String?) -> SQL {
        guard let subject = id.subject else { preconditionFailure("\(id) is no comment") }
        let value: SQL = text.map { "\(literal: $0)" } ?? "NULL"
        return "COMMENT ON \(reference(to: subject)) IS \(value)"
    }

    private static func reference(to subject: ObjectID) -> SQL {
        switch subject.kind {
        case .function: "FUNCTION \(subject.functionReference)"
        case .constraint:
            "CONSTRAINT \(name: subject.name) ON \(name: Array(subject.path.prefix(2)))"
        case .enum: "TYPE \(name: subject.path)"
        case .schema: "SCHEMA \(name: subject.path)"
        case .extension: "EXTENSION \(name: subject.path)"
        case .table: "TABLE \(name: subject.path)"
        case .column: "COLUMN \(name: subject.path)"
        case .index: "INDEX \(name: subject.path)"
        case .sequence: "SEQUENCE \(name: subject.path)"
        case .view: "VIEW \(name: subject.path)"
        default: preconditionFailure("\(subject) takes no comment")
        }
    }
}
