import Planning
import SchemaCore

/// Looks for names that are too long or given twice in one name space of PostgreSQL.
enum NameChecks {
    static func diagnostics(_ objects: [PostgreSQLObject]) -> [Diagnostic] {
        objects.flatMap { [length($0), reserved($0)].compactMap { $0 } }
            + ClaimedName.conflicts(of: objects, names: names)
    }

    private static func reserved(_ object: PostgreSQLObject) -> Diagnostic? {
        let own = ObjectID.schema(PostgreSQLJournal.schema)
        guard object.id == own || object.parent == own else { return nil }
        return .error(
            "reserved-schema", "\(own) is Lockstep's own: it keeps its journal there",
            at: object.span, help: "choose another schema")
    }

    /// What an object claims: its address; the relations of a schema share their names
    /// (`pg_class`), and so do its types (`pg_type`), of which every table and view has one.
    private static func names(_ object: PostgreSQLObject) -> [ClaimedName] {
        let id = object.id
        let address = ClaimedName(address: id)
        guard !object.isUnnamed else { return [address] }
        let name = [id.path[0], id.name]
        let relation = ClaimedName(
            name,
            sharedBy: "tables, views, sequences and indexes of a schema share their names")
        let type = ClaimedName(name, sharedBy: "every table and view has a type of its name")
        switch object.definition {
        case .table, .view: return [address, relation, type]
        case .sequence, .index: return [address, relation]
        case .enum: return [address, type]
        case .constraint(let constraint):
            switch constraint.rule {
            case .primaryKey, .unique, .exclusion: return [address, relation]
            case .check, .foreignKey: return [address]
            }
        case .plain(let plain):
            let spaces = Set(plain.kind.names(id).map(\.space))
            return [address] + (spaces.contains(.relation) ? [relation] : [])
                + (spaces.contains(.type) ? [type] : [])
        case .schema, .extension, .column, .columnDefault, .function, .comment: return [address]
        }
    }

    private static func length(_ object: PostgreSQLObject) -> Diagnostic? {
        guard !object.isUnnamed, let name = name(object.id), name.utf8.count > NameLimit.bytes
        else { return nil }
        return NameLimit.diagnostic(name, what: "name", at: object.span)
    }

    /// What of an address a manifest names; nil where that is all types, or another object's name.
    private static func name(_ id: ObjectID) -> String? {
        // A value of a row and the name of a statement are no names to the server.
        if id.kind.isAside { return nil }
        return switch id.words?.reference {
        case .path, .inSchema, .onRelation, .onDomain, .userMapping: id.name
        case .signature, .operatorSignature, .usingMethod: id.path[1]
        case .cast, .transform, nil: nil
        }
    }
}
