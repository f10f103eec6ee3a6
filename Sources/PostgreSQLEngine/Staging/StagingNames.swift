// Owns the names of what is there only while a form runs. Invariant: no name that anything has or
// is to have, and none twice within a plan.

import Planning
import SchemaCore

/// Free names for temporary constraints and indexes.
struct StagingNames {
    private let request: PlanningRequest<PostgreSQLObject>
    /// The names of relations, types and constraints, by schema.
    private lazy var taken = Self.all(
        [request.live, request.settlement.catalog, request.desired, request.others],
        request.unmodelled)
    /// Those that are there before the plan.
    private lazy var former = Self.all(
        [request.live, request.settlement.catalog, request.others], request.unmodelled)

    init(_ request: PlanningRequest<PostgreSQLObject>) { self.request = request }

    /// `table_column_label`, cut so that it fits, with a number where something is called so; from
    /// then on it is taken.
    mutating func free(
        in schema: String, _ table: String, _ column: String?, _ label: String
    ) -> String {
        var number = 0
        while true {
            let name = DefaultName.of(table, column, number == 0 ? label : "\(label)\(number)")
            if taken[schema, default: []].insert(name).inserted { return name }
            number += 1
        }
    }

    /// The name of what is to have it in the end, if nothing else has it before; else another.
    mutating func free(in schema: String, taking name: String, _ label: String) -> String {
        former[schema]?.contains(name) == true ? free(in: schema, name, nil, label) : name
    }

    private static func all(
        _ catalogs: [Catalog<PostgreSQLObject>], _ unmodelled: [Unmodelled]
    ) -> [String: Set<String>] {
        var slots: Set<NameSlot> = []
        for object in catalogs.flatMap(\.objects.values) {
            slots.formUnion(NameSlot.taken(by: object))
            for name in object.partition?.names.values.sorted() ?? [] {
                slots.insert(NameSlot(space: .relation, path: [object.id.path[0], name]))
            }
            guard case .column(let column) = object.definition, column.hasNotNull else { continue }
            let name = object.givenNotNullName ?? NotNullName.of(object.id)
            slots.insert(NameSlot(space: .constraint, path: object.tablePath + [name]))
        }
        for item in unmodelled { slots.formUnion(TakenNames.slots(of: item.object)) }
        var out: [String: Set<String>] = [:]
        for slot in slots {
            switch slot.space {
            case .relation, .type, .constraint:
                if let schema = slot.path.first, let name = slot.path.last {
                    out[schema, default: []].insert(name)
                }
            case .column, .function, .overloads, .trigger, .other: continue
            }
        }
        return out
    }
}
