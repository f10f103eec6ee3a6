import Planning
import SchemaCore

extension PlanContext {
    /// What those who write to either table notice of a foreign key, beside what one that it
    /// replaces did already.
    func breaks(
        of key: ConstraintDefinition.ForeignKey, _ id: ObjectID, other: ObjectID
    ) -> [Effects.Break] {
        let table = table(of: id)
        var before: ConstraintDefinition.ForeignKey?
        if case .constraint(let old)? = settled[id]?.definition,
            case .foreignKey(let old) = old.rule
        {
            before = old
        }
        var breaks: [Effects.Break] = []
        let refers = before.map {
            $0.columns == key.columns && $0.table == key.table
                && $0.referencedColumns == key.referencedColumns && $0.match == key.match
        }
        if refers != true {
            breaks.append(
                .init(
                    object: table,
                    consequence: "a write without a row in \(other.dottedPath) is refused"))
        }
        let actions = [
            ("DELETE from", before?.onDelete, key.onDelete, "deletes the rows of"),
            ("UPDATE of the key of", before?.onUpdate, key.onUpdate, "changes the rows of"),
        ]
        for (statement, old, new, cascades) in actions
        where (old ?? .noAction) != new {
            let consequence: String? =
                switch new {
                case .cascade: "\(cascades) \(table.dottedPath) that refer to it, too"
                case .setNull:
                    "sets the columns of \(table.dottedPath) that refer to it to NULL"
                case .setDefault:
                    "sets the columns of \(table.dottedPath) that refer to it to their defaults"
                case .noAction, .restrict:
                    before == nil ? nil : "is refused while rows of \(table.dottedPath) refer to it"
                }
            guard let consequence else { continue }
            breaks.append(
                .init(
                    object: other,
                    consequence: "a \(statement) \(other.dottedPath) now \(consequence)",
                    isFailure: before != nil || new == .noAction || new == .restrict))
        }
        return breaks
    }
}
