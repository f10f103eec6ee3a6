internal import SchemaCore

extension TableParts {
    /// The tables among some objects with their columns and constraints, in order of address.
    static func all(in objects: some Sequence<SQLiteObject>) -> [(id: ObjectID, parts: TableParts)]
    {
        var parts: [ObjectID: TableParts] = [:]
        let sorted = objects.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
        for object in sorted {
            if case .table(let table) = object.definition {
                parts[object.id] = TableParts(definition: table, columns: [], constraints: [])
            }
        }
        for object in sorted {
            guard let parent = object.parent else { continue }
            switch object.definition {
            case .column(let column): parts[parent]?.columns.append(column)
            case .constraint(let constraint): parts[parent]?.constraints.append(constraint)
            case .table, .index, .view, .trigger, .data, .statement: break
            }
        }
        return parts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
