import Planning
import SchemaCore

extension PlanContext {
    /// The columns of tables that hold values of a type, in the order of their addresses.
    func columns(of type: ObjectID) -> [ObjectID] {
        let dependants = settled.dependants()
        var seen: Set<ObjectID> = [type]
        var queue = [type]
        var out: [ObjectID] = []
        while let id = queue.popLast() {
            for other in dependants[id] ?? [] where seen.insert(other).inserted {
                switch settled[other]?.definition {
                case .column: out.append(other)
                // A type over this one holds its values, too.
                case .plain(let plain):
                    if plain.kind.isType { queue.append(other) }
                case .schema, .extension, .table, .columnDefault, .constraint, .index, .enum,
                    .sequence, .view, .function, .comment, nil:
                    continue
                }
            }
        }
        return out.sorted()
    }

    /// Counts the rows whose column is NULL.
    func nulls(in column: ObjectID) -> Probe {
        let table = table(of: column)
        return probe(
            "nulls", counting: "rows of \(table.dottedPath) whose \(column.name) is NULL",
            of: table,
            "SELECT count(*) FROM \(former.rows(of: table)) WHERE \(name: column.name) IS NULL",
            .fails)
    }
}

extension Operation {
    /// Says that all rows of some tables are read, while nobody can write to them.
    mutating func describeScan(of tables: [ObjectID], in context: PlanContext) {
        let tables = Set(tables).sorted()
        effects.locks += context.locks(tables.map { .share($0) })
        effects.scans += tables.filter(context.exists)
        if !tables.isEmpty { data = .kept }
    }
}
