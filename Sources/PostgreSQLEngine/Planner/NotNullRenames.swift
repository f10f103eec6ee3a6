// Owns the names of NOT NULL constraints, which are objects of the server's from PostgreSQL 18 on.
// Invariant: a name that the server chose stays the one that it would choose, so that a database
// after a rename is the same as one made anew.

import Planning
import SchemaCore

/// What has to be renamed along with a table or a column.
struct NotNullRenames {
    /// By the place of the rename that they follow, with the addresses after it.
    private(set) var byPlace: [Int: [Rename]] = [:]

    init(_ renames: [Rename], live: Catalog<PostgreSQLObject>, context: PlanContext) {
        guard context.capabilities.majorVersion >= 18 else { return }
        let steps = renames.map { AddressMap([$0]) }
        var moved: [(place: Int, column: ObjectID, name: String)] = []
        var taken: [ObjectID: Set<String>] = [:]
        let fixed = Self.fixed(live)
        for object in live.sorted {
            guard case .column(let column) = object.definition, column.hasNotNull else { continue }
            var id = object.id
            var last: Int?
            for (place, step) in steps.enumerated() {
                let next = step.settled(id)
                if next != id { last = place }
                id = next
            }
            let name = object.notNullName ?? NotNullName.of(object.id)
            let path = object.id.path
            guard let place = last, !fixed.contains(object.id),
                NotNullName.isDefault(name, table: path[1], column: path[2])
            else {
                // A column that a rename displaces goes before, and its name with it.
                if last == nil, renames.contains(where: { $0.to == id }) { continue }
                taken[RowTypeUse.table(of: id), default: []].insert(name)
                continue
            }
            moved.append((place, id, name))
        }
        guard !moved.isEmpty else { return }
        for catalog in [context.settled, context.desired] {
            for id in catalog.ids where id.kind == .constraint {
                taken[.table(id.path[0], id.path[1]), default: []].insert(id.name)
            }
        }
        for (place, column, old) in moved {
            let table = RowTypeUse.table(of: column)
            let new = NotNullName.of(column, besides: taken[table] ?? [])
            taken[table, default: []].insert(new)
            guard new != old else { continue }
            byPlace[place, default: []].append(
                Rename(
                    from: .constraint(table.path[0], table.path[1], old),
                    to: .constraint(table.path[0], table.path[1], new)))
        }
    }

    /// The columns whose constraint has another name in a table below, where the server would look
    /// for the same one.
    private static func fixed(_ live: Catalog<PostgreSQLObject>) -> Set<ObjectID> {
        var found: Set<ObjectID> = []
        func note(_ column: String, above table: ObjectID) {
            for parent in live[table]?.parentTables ?? [] {
                let id = ObjectID.column(parent.path[0], parent.name, column)
                if found.insert(id).inserted { note(column, above: parent) }
            }
        }
        for object in live.objects.values {
            for column in object.notNullNames.keys { note(column, above: object.id) }
            // The column of a table itself is called after that.
            guard case .column(let column) = object.definition, column.isNotNull else { continue }
            note(object.id.name, above: RowTypeUse.table(of: object.id))
        }
        return found
    }
}
