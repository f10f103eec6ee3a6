// Owns what keeps results of a function's old body when it gets a new one: the server computes
// none of them anew.

import Planning
import SchemaCore

extension PlanContext {
    /// The indexes, conditions and stored columns that hold what the function gave so far, with
    /// what brings each into line again.
    func staleResults(of function: ObjectID) -> [Effects.Loss] {
        let dependants = settled.dependants()
        var seen: Set<ObjectID> = [function]
        var queue = [function]
        while let id = queue.popLast() {
            for other in dependants[id] ?? [] where seen.insert(other).inserted {
                // What calls a function that calls this one holds its results, too.
                if other.kind.isRoutine { queue.append(other) }
            }
        }
        return seen.sorted().compactMap { id in
            guard desired[id] != nil, let object = settled[id] else { return nil }
            return staleResult(of: object)
        }
    }

    private func staleResult(of object: PostgreSQLObject) -> Effects.Loss? {
        let id = object.id
        switch object.definition {
        case .index(let index):
            let statement: SQL = "REINDEX INDEX CONCURRENTLY \(name: id.path)"
            return loss(id, index.owner(of: id), "entries", mendedBy: statement)
        case .constraint(let constraint):
            let table = table(of: id)
            switch constraint.rule {
            case .exclusion:
                let statement: SQL = "REINDEX INDEX CONCURRENTLY \(name: [id.path[0], id.name])"
                return loss(id, table, "entries", mendedBy: statement)
            case .check:
                return Effects.Loss(
                    object: id, relation: table,
                    what: "the agreement with the function's new body (rows are checked by it only "
                        + "when the constraint is dropped and made anew)")
            case .primaryKey, .unique, .foreignKey: return nil
            }
        case .column(let column):
            guard column.generated?.isStored == true else { return nil }
            let statement: SQL = "UPDATE \(name: table(of: id).path) SET \(name: id.name) = DEFAULT"
            return loss(id, table(of: id), "values", mendedBy: statement)
        case .schema, .extension, .table, .columnDefault, .enum, .sequence, .view, .function,
            .comment, .plain:
            return nil
        }
    }

    private func loss(
        _ id: ObjectID, _ table: ObjectID, _ what: String, mendedBy statement: SQL
    ) -> Effects.Loss {
        Effects.Loss(
            object: id, relation: table,
            what: "the agreement with the function's new body (old \(what) stay until "
                + "\(statement.text(.postgreSQL)))")
    }
}
