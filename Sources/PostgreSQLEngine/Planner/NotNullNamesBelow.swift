// Owns limits of PostgreSQL 18: a NOT NULL constraint is renamed, and made again where the type
// changes, together with those of the tables below, which have to have the same name. Invariant: no
// such step is planned.

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
    ///
    /// - Parameter swapped: the columns whose enum is replaced, those of tables below left out.
    func diagnostics(_ swapped: some Sequence<PostgreSQLObject>) -> [Diagnostic] {
        guard request.capabilities.majorVersion >= 18 else { return [] }
        return renamed() + swapped.compactMap(retyped).sorted { $0.message < $1.message }
    }

    private func renamed() -> [Diagnostic] {
        request.changes.compactMap { change in
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

    private func retyped(_ object: PostgreSQLObject) -> Diagnostic? {
        guard case .column(let column) = object.definition, column.hasNotNull else { return nil }
        let table = RowTypeUse.table(of: object.id)
        let name = object.notNullName ?? NotNullName.of(object.id)
        for below in tree.descendants(of: table) {
            let id = ObjectID.column(below.path[0], below.name, object.id.name)
            guard let own = request.settlement.catalog[id],
                case .column(let definition) = own.definition, definition.isNotNull,
                case let other = own.notNullName ?? NotNullName.of(id), other != name
            else { continue }
            return .error(
                "unsupported-change",
                "\(object.id) cannot get another type while \(below) calls its own NOT NULL "
                    + "constraint \(other): the server makes it again as \(name), and fails",
                at: request.spans[object.id] ?? request.spans[table],
                help: "leave NOT NULL to the table above (notNull: { inherited: true }), in an "
                    + "apply of its own")
        }
        return nil
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
