import SchemaCore

/// The foreign keys by which tables that become crash-safe, or stop being so, refer to each other
/// in a circle: in no order may these change, so the keys leave before and come after.
struct LoggingCircles {
    /// The keys, those that come or go in this plan among them.
    let keys: Set<ObjectID>

    init(_ settled: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>) {
        let changing = settled.objects.values.filter { object in
            guard case .table(let old) = object.definition,
                case .table(let new)? = desired[object.id]?.definition
            else { return false }
            return old.isUnlogged != new.isUnlogged
        }.map(\.id)
        let tables = Set(changing)
        guard tables.count > 1 else {
            keys = []
            return
        }
        var referred: [ObjectID: Set<ObjectID>] = [:]
        var found: [(key: ObjectID, from: ObjectID, to: ObjectID)] = []
        for object in [settled, desired].flatMap(\.objects.values) {
            guard case .constraint(let constraint) = object.definition,
                let to = constraint.referredTable(in: object.id.path[0])
            else { continue }
            let from = RowTypeUse.table(of: object.id)
            guard from != to, tables.contains(from), tables.contains(to) else { continue }
            referred[from, default: []].insert(to)
            found.append((object.id, from, to))
        }
        func leads(from start: ObjectID, to end: ObjectID) -> Bool {
            var seen: Set<ObjectID> = []
            var queue = [start]
            while let next = queue.popLast() {
                if next == end { return true }
                if seen.insert(next).inserted { queue += referred[next] ?? [] }
            }
            return false
        }
        keys = Set(found.filter { leads(from: $0.to, to: $0.from) }.map(\.key))
    }
}
