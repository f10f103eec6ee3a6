// Owns what PostgreSQL does not let a table do with columns that it has from tables above it: it
// cannot lose them by itself, and what it has from above cannot become its own while it stays
// below. Invariant: no such step is planned.

import Planning
import SchemaCore

/// The columns that move up or down between tables that derive from each other.
struct InheritedColumns {
    private let request: PlanningRequest<PostgreSQLObject>

    init(_ request: PlanningRequest<PostgreSQLObject>) { self.request = request }

    /// What is said of them.
    func diagnostics() -> [Diagnostic] {
        request.changes.compactMap { change in
            switch change {
            case .drop(let object):
                guard object.id.kind == .column, let above = column(like: object.id, in: desired)
                else { return nil }
                return kept(object.id, above)
            case .create(let object):
                guard object.id.kind == .column,
                    let above = column(like: object.id, in: settled)
                else { return nil }
                return taken(object, above)
            case .alter: return nil
            }
        }
    }

    /// The operations with a new column behind those of its name below, which become one with it:
    /// they are made, or get the same type, before. A column above goes before those below.
    func placed(_ operations: [Operation], _ tree: TableTree) -> [Operation] {
        operations.map { operation in
            guard operation.subject.kind == .column else { return operation }
            var operation = operation
            let isNew = operation.verb == "create"
            for catalog in isNew ? [settled, desired] : [settled] {
                let below = tree.merged(operation.subject, in: catalog).dropFirst()
                if isNew { operation.consumes.formUnion(below) }
                if operation.verb == "drop" { operation.releases.formUnion(below) }
            }
            return operation
        }
    }

    private var settled: Catalog<PostgreSQLObject> { request.settlement.catalog }
    private var desired: Catalog<PostgreSQLObject> { request.desired }

    /// The column of that name of a table above, if the table is there before and after.
    private func column(
        like id: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> ObjectID? {
        let table = RowTypeUse.table(of: id)
        guard settled[table] != nil, desired[table] != nil else { return nil }
        var queue = catalog[table]?.parentTables ?? []
        var seen: Set<ObjectID> = []
        while let parent = queue.popLast() {
            guard seen.insert(parent).inserted else { continue }
            let above = ObjectID.column(parent.path[0], parent.name, id.name)
            if catalog[above] != nil { return above }
            queue += catalog[parent]?.parentTables ?? []
        }
        return nil
    }

    private func kept(_ id: ObjectID, _ above: ObjectID) -> Diagnostic {
        let table = RowTypeUse.table(of: id)
        return .error(
            "unsupported-change",
            "\(id) stays a column of its own while \(above) is one with it: the server drops no "
                + "column that a table above has, and makes none only inherited",
            at: desired[table]?.span,
            help: "declare \(id.name) in the manifest of \(table), too: its values stay, and a "
                + "database that is made anew has the same")
    }

    private func taken(_ object: PostgreSQLObject, _ above: ObjectID) -> Diagnostic {
        let table = RowTypeUse.table(of: object.id)
        let parent = RowTypeUse.table(of: above)
        let stays = desired[above] != nil
        return .error(
            "unsupported-change",
            "\(table) has \(object.id.name) from \(parent): the server makes no column that a "
                + "table has from above its own",
            at: object.span ?? desired[table]?.span,
            help: stays
                ? "leave it out of the manifest of \(table): it has the column all the same"
                : "run ALTER TABLE ONLY … DROP COLUMN … on \(parent) by hand, which leaves the "
                    + "column with its values to the tables below, and plan again")
    }
}
