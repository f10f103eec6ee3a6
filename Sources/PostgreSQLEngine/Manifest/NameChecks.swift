import Manifest
import SchemaCore

/// Looks for names that are too long or given twice in one name space of PostgreSQL.
enum NameChecks {
    static func diagnostics(_ objects: [PostgreSQLObject], _ facts: ManifestFacts) -> [Diagnostic] {
        var out: [Diagnostic] = []
        var seen: [Slot: PostgreSQLObject] = [:]
        for object in objects {
            if let problem = length(object) { out.append(problem) }
            if object.id == reserved || object.parent == reserved {
                out.append(
                    .error(
                        "reserved-schema",
                        "\(reserved) is Lockstep's own: it keeps its journal there",
                        at: object.span, help: "choose another schema"))
            }
            for slot in slots(object) {
                guard let first = seen[slot] else {
                    seen[slot] = object
                    continue
                }
                out.append(duplicate(object, first, slot))
                break
            }
        }
        return out
    }

    private static let reserved = ObjectID.schema(PostgreSQLJournal.schema)

    /// A place in a name space that one object can hold.
    private struct Slot: Hashable {
        enum Space: Hashable { case address, relation, type }
        let space: Space
        let path: [ByteText]

        init(space: Space, path: [String]) {
            self.space = space
            self.path = path.map(ByteText.init)
        }
    }

    /// What an object takes: its address; the relations of a schema share their names
    /// (`pg_class`), and so do its types (`pg_type`), of which every table and view has one.
    private static func slots(_ object: PostgreSQLObject) -> [Slot] {
        let id = object.id
        let address = Slot(space: .address, path: [id.kind.rawValue] + id.path)
        guard !object.isUnnamed else { return [address] }
        let name = [id.path[0], id.name]
        switch object.definition {
        case .table, .view:
            return [
                address, Slot(space: .relation, path: name), Slot(space: .type, path: name),
            ]
        case .sequence, .index: return [address, Slot(space: .relation, path: name)]
        case .enum: return [address, Slot(space: .type, path: name)]
        case .constraint(let constraint):
            switch constraint.rule {
            case .primaryKey, .unique, .exclusion:
                return [address, Slot(space: .relation, path: name)]
            case .check, .foreignKey: return [address]
            }
        case .schema, .extension, .column, .columnDefault, .function, .comment: return [address]
        }
    }

    private static func duplicate(
        _ object: PostgreSQLObject, _ first: PostgreSQLObject, _ slot: Slot
    ) -> Diagnostic {
        let notes = [Diagnostic.Note("\(first.id) is declared here", at: first.span)]
        let subject = object.id.subject ?? object.id
        switch slot.space {
        case .address:
            return .error(
                "duplicate-object", "\(subject) is declared twice", at: object.span,
                help: "remove or rename one of the two", notes: notes)
        case .relation:
            return .error(
                "duplicate-name",
                "\(object.id) has the name of \(first.id): tables, views, sequences and indexes "
                    + "of a schema share their names",
                at: object.span, help: "rename one of the two", notes: notes)
        case .type:
            return .error(
                "duplicate-name",
                "\(object.id) has the name of \(first.id): every table and view has a type of "
                    + "its name",
                at: object.span, help: "rename one of the two", notes: notes)
        }
    }

    private static func length(_ object: PostgreSQLObject) -> Diagnostic? {
        guard !object.isUnnamed else { return nil }
        switch object.definition {
        case .comment, .columnDefault: return nil
        case .schema, .extension, .table, .column, .constraint, .index, .enum, .sequence, .view,
            .function:
            let isFunction = object.id.kind == .function
            let name = isFunction ? object.id.path[1] : object.id.name
            guard name.utf8.count > NameLimit.bytes else { return nil }
            return NameLimit.diagnostic(name, what: "name", at: object.span)
        }
    }
}
