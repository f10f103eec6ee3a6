// Owns the names under which rows can be asked before the plan has begun. Invariant: what a
// question says of columns stays as it is; only where the rows come from has the names of now.

import Planning
import SchemaCore

/// What tables and columns are called as long as the renames of a plan are not done.
struct FormerNames {
    private var byAddress: [ObjectID: ObjectID] = [:]
    private var columns: [ObjectID: [(now: String, then: String)]] = [:]

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        for entry in request.quarantine.returning { take(entry, request.quarantine.catalog) }
        let (live, renames) = (request.live, request.settlement.renames)
        if renames.isEmpty { return }
        let map = AddressMap(renames)
        for object in live.sorted {
            let settled = map.settled(object.id)
            switch object.definition {
            case .table, .sequence:
                if settled != object.id { byAddress[settled] = object.id }
            case .column:
                let table = ObjectID.table(settled.path[0], settled.path[1])
                columns[table, default: []].append((object.id.name, settled.name))
            case .schema, .extension, .columnDefault, .constraint, .index, .enum, .view, .function,
                .comment, .plain:
                break
            }
        }
    }

    /// Until it is back, it is asked where it is.
    private mutating func take(_ entry: Residue, _ catalog: Catalog<PostgreSQLObject>) {
        byAddress[entry.object] = entry.place
        guard entry.object.kind == .table else { return }
        columns[entry.object] = catalog.sorted.filter {
            $0.id.kind == .column && $0.id.path.starts(with: entry.place.path)
        }.map { ($0.id.name, $0.id.name) }
    }

    /// The path of a relation as it is now.
    func path(of id: ObjectID, _ path: [String]) -> [String] { byAddress[id]?.path ?? path }

    /// What stands behind FROM: the table, or its rows under the names that it will have.
    func rows(of table: ObjectID, as alias: String? = nil) -> SQL {
        let own = columns[table] ?? []
        let now = byAddress[table] ?? table
        if now == table, own.allSatisfy({ $0.now == $0.then }) {
            let behind = alias.map { " AS \(name: $0)" as SQL } ?? ""
            return "\(name: table.path)\(behind)"
        }
        let list = own.map { "\(name: $0.now) AS \(name: $0.then)" as SQL }.joined(", ")
        return "(SELECT \(list) FROM \(name: now.path)) AS \(name: alias ?? table.name)"
    }
}
