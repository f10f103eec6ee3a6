// Owns which partitions tables have. Invariant: of what is not managed it knows all that can be
// known, and tells where it does not know all.

import Planning
import SchemaCore

/// The partitions below tables: those that are managed and those that are not, with those that
/// this plan makes.
struct PartitionTree {
    private var partitions: [ObjectID: Set<ObjectID>] = [:]
    /// The tables of which partitions are foreign tables, or out of scope.
    private var mixed: Set<ObjectID> = []
    private let there: [Catalog<PostgreSQLObject>]

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        there = [context.settled, request.others]
        let created = context.created.compactMap { context.desired[$0] }
        for object in there.flatMap(\.objects.values) + created {
            switch object.definition {
            case .table(let table):
                if object.partition?.isAboveOthers == true { mixed.insert(object.id) }
                guard table.isPartition else { continue }
                for parent in table.parents(in: object.id.path[0]) {
                    partitions[parent, default: []].insert(object.id)
                }
            case .plain(.foreignTable(let table)):
                if let parent = table.parentTable(in: object.id.path[0]) { mixed.insert(parent) }
            case .schema, .extension, .column, .columnDefault, .constraint, .index, .enum,
                .sequence, .view, .function, .comment, .plain:
                continue
            }
        }
        let map = AddressMap(request.settlement.renames)
        for object in request.live.objects.values where object.partition?.isAboveOthers == true {
            mixed.insert(map.settled(object.id))
        }
    }

    /// The partitions right below a table, in order.
    func partitions(of table: ObjectID) -> [ObjectID] { (partitions[table] ?? []).sorted() }

    /// Whether all partitions below a table are tables that are known.
    func isWhole(below table: ObjectID) -> Bool {
        !mixed.contains(table) && partitions(of: table).allSatisfy { isWhole(below: $0) }
    }

    /// The partition for all rows that no other takes.
    func hasDefault(_ table: ObjectID) -> Bool {
        partitions(of: table).contains { id in
            guard case .table(let table)? = self[id]?.definition else { return false }
            return table.isDefaultPartition
        }
    }

    /// What is there before the plan.
    subscript(_ id: ObjectID) -> PostgreSQLObject? { there.lazy.compactMap { $0[id] }.first }
}
