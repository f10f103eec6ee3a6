// Owns a limit of PostgreSQL 18: a NOT NULL constraint is renamed together with those of the tables
// below, which have to have the same name. Invariant: no such step is planned.

import Planning
import SchemaCore

/// The NOT NULL constraints that are to get another name, which a table below does not have.
struct NotNullNamesBelow {
    private let request: PlanningRequest<PostgreSQLObject>
    private let tree: TableTree

    /// - Parameter tree: that of the settled catalog.
    init(_ request: PlanningRequest<PostgreSQLObject>, _ tree: TableTree) {
        self.request = request
        self.tree = tree
    }

    /// What is said of them.
    func diagnostics() -> [Diagnostic] {
        guard request.capabilities.majorVersion >= 18 else { return [] }
        return request.changes.compactMap { change in
            guard case .alter(let object, let wanted) = change,
                case .column(let old) = object.definition,
                case .column(let new) = wanted.definition, let names = names(object, old, new)
            else { return nil }
            let table = RowTypeUse.table(of: object.id)
            for below in tree.descendants(of: table) where request.desired[below] != nil {
                let name = self.name(object.id.name, in: below) ?? names.old
                if name == names.old { continue }
                return .error(
                    "unsupported-change",
                    "the NOT NULL constraint of \(object.id) cannot become \(names.new): the "
                        + "server renames those of tables below with it, and \(below) calls its "
                        + "own \(name)",
                    at: request.spans[object.id] ?? request.spans[table],
                    help: "keep the name \(names.old), or take NOT NULL away in one apply and give "
                        + "it with the new name in the next")
            }
            return nil
        }
    }

    /// The names before and after, where they differ and the tables below have the constraint.
    private func names(
        _ object: PostgreSQLObject, _ old: ColumnDefinition, _ new: ColumnDefinition
    ) -> (old: String, new: String)? {
        guard old.hasNotNull, new.hasNotNull, new.isNotNull || !old.isNotNull,
            old.notNull?.noInherit != true
        else { return nil }
        let name = object.notNullName ?? NotNullName.of(object.id)
        let wanted =
            new.notNull?.name ?? (old.notNull?.name == nil ? name : NotNullName.of(object.id))
        return name == wanted ? nil : (name, wanted)
    }

    /// What a table below calls it, if that is not the name above.
    private func name(_ column: String, in table: ObjectID) -> String? {
        if let name = request.settlement.catalog[table]?.notNullNames[column] { return name }
        let id = ObjectID.column(table.path[0], table.name, column)
        guard let own = request.settlement.catalog[id],
            case .column(let definition) = own.definition,
            definition.hasNotNull
        else { return nil }
        return own.notNullName ?? NotNullName.of(id)
    }
}
