// Owns a limit of PostgreSQL: a table that others derive from gets no new column that numbers its
// rows; before version 17 no partitioned one with partitions, either. Invariant: no such step is
// planned.

import Planning
import SchemaCore

/// The identity columns that come to tables with others below them.
struct IdentityAbove {
    private let request: PlanningRequest<PostgreSQLObject>
    private let tree: TableTree

    /// - Parameter tree: that of the settled catalog.
    init(_ request: PlanningRequest<PostgreSQLObject>, _ tree: TableTree) {
        self.request = request
        self.tree = tree
    }

    /// What is said of them.
    func diagnostics(_ operations: [Operation]) -> [Diagnostic] {
        let live = request.settlement.catalog
        return operations.compactMap { operation in
            guard operation.verb == "create", let object = request.desired[operation.subject],
                case .column(let column) = object.definition, column.identity != nil
            else { return nil }
            let table = RowTypeUse.table(of: object.id)
            let isTaken =
                request.capabilities.majorVersion >= 17 && live[table]?.isPartitioned == true
            if isTaken || tree.descendants(of: table).isEmpty { return nil }
            return .error(
                "unsupported-change",
                "\(object.id) cannot be added as an identity: the server adds none to a table "
                    + "that others derive from",
                at: object.span ?? request.desired[table]?.span,
                help: "give it a sequence of its own and a default: nextval('…')")
        }
    }
}
