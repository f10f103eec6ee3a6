import Planning
import SchemaCore

extension NameSlot {
    /// The name that a function shares with its overloads. A drop frees it; what calls one of them
    /// waits for that, since a call may fit both until then.
    static func overloads(of function: ObjectID) -> NameSlot {
        NameSlot(space: .overloads, path: Array(function.path.prefix(2)))
    }

    /// The shared names of the functions among some objects.
    static func overloads(called objects: Set<ObjectID>) -> Set<NameSlot> {
        Set(objects.lazy.filter { $0.kind.isRoutine }.map { overloads(of: $0) })
    }

    /// The choice of a key for foreign keys to a table: the server takes the oldest that fits, so
    /// one that goes has to be gone before. Nil for what is no such key.
    static func choice(without object: PostgreSQLObject) -> NameSlot? {
        switch object.definition {
        case .index(let index):
            index.isUnique ? choice(in: index.owner(of: object.id)) : nil
        case .constraint(let constraint):
            constraint.keyColumns == nil
                ? nil : choice(in: .table(object.id.path[0], object.id.path[1]))
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .comment, .plain:
            nil
        }
    }

    /// The choice that a foreign key makes.
    static func choice(of object: PostgreSQLObject) -> NameSlot? {
        guard case .constraint(let constraint) = object.definition,
            case .foreignKey(let key) = constraint.rule
        else { return nil }
        return choice(in: .table(key.table.schema ?? object.id.path[0], key.table.name))
    }

    private static func choice(in table: ObjectID) -> NameSlot {
        NameSlot(space: .other, path: ["key"] + table.path)
    }

    /// The names that an object takes.
    static func taken(by object: PostgreSQLObject) -> Set<NameSlot> {
        let path = object.id.path
        switch object.definition {
        case .table(let table):
            let own = [NameSlot(space: .relation, path: path), NameSlot(space: .type, path: path)]
            guard case .partition? = table.origin else { return Set(own) }
            // What is in the way of its bound leaves before.
            return Set(
                own
                    + table.parents(in: path[0]).map {
                        NameSlot(space: .other, path: ["bounds"] + $0.path)
                    })
        case .view:
            return [NameSlot(space: .relation, path: path), NameSlot(space: .type, path: path)]
        case .index: return [NameSlot(space: .relation, path: path)]
        case .sequence: return [NameSlot(space: .relation, path: path)]
        case .enum: return [NameSlot(space: .type, path: path)]
        case .column(let column):
            let own = NameSlot(space: .column, path: path)
            guard let name = column.identity?.sequenceName else { return [own] }
            return [own, NameSlot(space: .relation, path: [path[0], name])]
        case .constraint(let constraint):
            let own = NameSlot(space: .constraint, path: path)
            let index = NameSlot(space: .relation, path: [path[0], path[2]])
            switch constraint.rule {
            case .primaryKey:
                // A table has one at a time, whatever it is called.
                let only = NameSlot(space: .other, path: ["primary key", path[0], path[1]])
                return [own, index, only]
            case .unique, .exclusion: return [own, index]
            case .check, .foreignKey: return [own]
            }
        case .function: return [NameSlot(space: .function, path: path)]
        case .plain(let plain): return plain.kind.names(object.id)
        case .schema, .extension, .columnDefault, .comment:
            return [NameSlot(space: .other, path: [object.id.kind.rawValue] + path)]
        }
    }
}

extension Effects.Lock {
    static func accessExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "ACCESS EXCLUSIVE", blocks: .reads)
    }
    static func shareRowExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "SHARE ROW EXCLUSIVE", blocks: .writes)
    }
    static func share(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "SHARE", blocks: .writes)
    }
    static func shareUpdateExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "SHARE UPDATE EXCLUSIVE", blocks: .maintenance)
    }
    static func rowShare(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "ROW SHARE", blocks: .nothing)
    }
}
