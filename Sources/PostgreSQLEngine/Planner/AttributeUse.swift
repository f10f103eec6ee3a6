// Owns what keeps the server from changing or removing attributes of a composite type: columns
// that hold values of it, and views, functions with a parsed body, conditions and the like that
// read some. Invariant: no change of a type is planned that the server would refuse for these.

import Planning
import SchemaCore

/// What stands on the attributes of composite types that change.
struct AttributeUse {
    private let request: PlanningRequest<PostgreSQLObject>
    private let index: CatalogIndex
    private let changes: [Change]

    private struct Change {
        let id: ObjectID
        let retyped: [String]
        /// The tables of it, which have its attributes as their columns.
        let tables: [ObjectID]
    }

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        self.request = request
        index = context.settledIndex
        changes = request.changes.compactMap { change in
            guard case .alter(let old, let new) = change,
                case .plain(.compositeType(let from)) = old.definition,
                case .plain(.compositeType(let to)) = new.definition
            else { return nil }
            let (gone, retyped) = to.changes(from: from)
            if gone.isEmpty && retyped.isEmpty { return nil }
            return Change(
                id: new.id, retyped: retyped,
                tables: context.typedTables(of: new.id).filter(context.exists))
        }
    }

    /// What has to leave before a type changes and comes back after it, each with the type. An
    /// attribute that only goes is read by nothing that stays as it is.
    var stranded: [ObjectID: ObjectID] {
        var out: [ObjectID: ObjectID] = [:]
        for change in changes {
            func take(_ object: PostgreSQLObject) {
                guard let wanted = request.desired[object.id],
                    !change.retyped.isEmpty || wanted.definition != object.definition
                else { return }
                out[object.id] = change.id
            }
            for type in typesOver(change.id) {
                for object in index.standing(on: type) {
                    if object.readsValues { take(object) }
                    // Before 15 the server does not note which attributes of a result are read.
                    guard object.id.kind.isRoutine else { continue }
                    for reader in index.standing(on: object.id)
                    where reader.readsValues && !readsAlike(reader) { take(reader) }
                }
            }
            for table in change.tables {
                for object in index.standing(on: table) where object.holdsUpColumns {
                    take(object)
                }
            }
        }
        return out
    }

    /// What comes back for the sake of a type does so after it has changed, though what it reads of
    /// it need not be noted.
    static func after(_ cause: ObjectID, _ operation: Operation) -> Operation {
        guard cause.kind == .compositeType else { return operation }
        var operation = operation
        operation.consumes.insert(cause)
        return operation
    }

    private func readsAlike(_ object: PostgreSQLObject) -> Bool {
        request.desired[object.id]?.definition == object.definition
    }

    /// What is said of the types that cannot change.
    func diagnostics() -> [Diagnostic] {
        changes.flatMap { change -> [Diagnostic] in
            if change.retyped.isEmpty { return [] }
            let holders = typesOver(change.id).flatMap { index.standing(on: $0) }.filter {
                guard case .column(let column) = $0.definition else { return false }
                return column.generated == nil && request.desired[$0.id] != nil
            }
            return Set(holders.map(\.id)).sorted().map { held($0, change) }
        }
    }

    private func held(_ column: ObjectID, _ change: Change) -> Diagnostic {
        .error(
            "unsupported-change",
            "\(column) holds values of \(change.id): while it does, the server changes the type "
                + "of no attribute of it, here of " + change.retyped.joined(separator: ", "),
            at: request.desired[change.id]?.span,
            help: "add an attribute of another name with the new type and move the values to it, "
                + "or move the values of \(column) to another type first, in a change of its own")
    }

    /// A type with those that are made of it: domains over it, ranges, and types with an attribute.
    private func typesOver(_ type: ObjectID) -> [ObjectID] {
        var found = [type]
        var next = 0
        while next < found.count {
            for object in index.standing(on: found[next]) where !found.contains(object.id) {
                if case .plain(let plain) = object.definition, plain.kind.isType {
                    found.append(object.id)
                }
            }
            next += 1
        }
        return found
    }
}

extension PostgreSQLObject {
    /// Whether it has an expression that the server keeps parsed, or columns that can be made again
    /// without a loss; what only names a type as an argument's or a result's does not read it.
    fileprivate var readsValues: Bool {
        switch definition {
        case .view, .constraint, .index, .columnDefault: true
        case .column(let column): column.generated != nil
        case .function(let function): function.isParsed
        case .plain(let plain):
            switch plain {
            case .policy, .rule, .trigger, .statistics, .foreignTable: true
            case .compositeType, .domain, .domainConstraint, .rowSecurity, .replicaIdentity,
                .clustering, .parameterized, .clause, .publication, .derivedColumn,
                .columnSettings, .part, .owner, .grants, .defaultPrivileges, .data, .statement,
                .role:
                false
            }
        case .schema, .extension, .table, .enum, .sequence, .comment: false
        }
    }

    /// Whether the server changes no type of a column while it reads the column's table.
    fileprivate var holdsUpColumns: Bool {
        switch definition {
        case .view: true
        case .function(let function): function.isParsed
        case .plain(let plain): plain.kind.holdsUpTypes
        case .schema, .extension, .table, .column, .columnDefault, .constraint, .index, .enum,
            .sequence, .comment:
            false
        }
    }
}

extension FunctionDefinition {
    /// Whether the server keeps some of it parsed.
    fileprivate var isParsed: Bool {
        if case .sql = body { return true }
        return arguments.contains { $0.default != nil }
    }
}
