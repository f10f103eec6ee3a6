// Owns what a step needs rights on beside what it touches. Invariant: only what the server surely
// asks for when the step's statements run, so that a role which may do it is never refused.

import Planning
import SchemaCore

/// The rights that are asked for on what statements refer to.
enum Right: String {
    /// To use names in a schema, or a type.
    case usage = "USAGE"
    /// To read a column, a table or where a sequence stands.
    case select = "SELECT"
    /// To give a column of new rows a value.
    case insert = "INSERT"
    /// To give a column of rows another value, or to lead a sequence on.
    case update = "UPDATE"
    /// To remove rows.
    case delete = "DELETE"
    /// To refer to a column by a foreign key.
    case references = "REFERENCES"
    /// To call a function.
    case execute = "EXECUTE"
    /// To write functions in a language, which is named.
    case language = "LANGUAGE"
    /// To be a superuser.
    case superuser = "SUPERUSER"
    /// To install a version of an extension.
    case install = "INSTALL"
    /// To be or become a role, which is named.
    case member = "MEMBER"
    /// That a role is there, which is named.
    case role = "ROLE"
    /// That a sequence has the owner of a table, whose path is given.
    case sameOwner = "OWNER"
    /// To make and change roles; not asked for the role itself, which is named.
    case createRole = "CREATEROLE"
    /// To have something that is given to a role (PostgreSQL 16), which is named.
    case power = "POWER"
    /// To give a role to others, or change it, which is named.
    case administer = "ADMIN"
}

extension PlanContext {
    /// What an operation needs rights on, as far as what it makes or gives a new form tells.
    func requirements(of operation: Operation) -> Set<Requirement> {
        var out: Set<Requirement> = []
        let touched = operation.touches.filter { $0.after != nil }.map(\.object)
        for touch in operation.touches {
            if touch.object.kind == .role {
                out.formUnion(rights(on: touch, isRename: operation.verb == "rename"))
                continue
            }
            if let schema = Self.schema(of: touch.object.subject ?? touch.object) {
                out.insert(.init(.usage, on: schema))
            }
            if touch.object.kind == .data {
                out.formUnion(rights(writing: touch))
                continue
            }
            guard touch.after != nil, let object = desired[touch.object] else { continue }
            if let old = settled[object.id], touch.before != nil {
                out.formUnion(rights(changing: old, to: object))
            } else {
                out.formUnion(rights(making: object, beside: touched))
            }
        }
        return out
    }

    private func rights(making object: PostgreSQLObject, beside touched: [ObjectID])
        -> Set<Requirement>
    {
        var out = schemas(behind: object)
        switch object.definition {
        case .column(let column):
            // With an expression it is not told which of the two stands on a type.
            if column.generated == nil { out.formUnion(types(behind: object)) }
        case .columnDefault:
            // With a new column the rows get the value at once; else nothing is called.
            if let column = object.parent, touched.contains(column) {
                out.formUnion(calls(of: object))
            }
        case .constraint(let constraint):
            switch constraint.rule {
            case .foreignKey: out.formUnion(referred(by: object))
            case .check where constraint.isValidated: out.formUnion(calls(of: object))
            case .check, .primaryKey, .unique, .exclusion: break
            }
        case .function(let function): out.formUnion(rights(making: function, object))
        case .extension(let definition): out.formUnion(install(object.id, definition))
        case .sequence(let sequence):
            if let owner = sequence.ownedBy, let role = otherOwner(of: table(of: owner)) {
                if desired[.role(role)] == nil {
                    out.insert(.init(.member, on: object.id, details: [role]))
                }
            } else {
                out.formUnion(ownership(of: sequence, object.id))
            }
        case .plain(let plain):
            if plain.kind.needsSuperuser { out.insert(.init(.superuser, on: object.id)) }
            out.formUnion(roles(in: plain, object))
        case .schema, .table, .index, .enum, .view, .comment: break
        }
        return out
    }

    /// A row is found by its key; of the table's rights those on the columns are enough.
    private func rights(writing touch: Step.Touch) -> Set<Requirement> {
        func row(_ object: PostgreSQLObject?) -> DataDefinition? {
            guard case .plain(.data(let row))? = object?.definition else { return nil }
            return row
        }
        let table = touch.object.tableOfRow
        func rights(_ right: Right, _ columns: [String]) -> Set<Requirement> {
            Set(columns.map { .init(right, on: .column(table.path[0], table.name, $0)) })
        }
        switch (row(leaving(touch.object)), row(desired[touch.object])) {
        case (nil, let new?): return rights(.insert, new.columns)
        case (let old?, nil):
            return rights(.select, old.key).union([.init(.delete, on: table)])
        case (let old?, let new?):
            return rights(.select, new.key).union(rights(.update, new.changed(from: old)))
        case (nil, nil): return []
        }
    }

    /// Who gives something to another has to be a member of that, and all roles have to be there.
    /// Those that are managed are.
    private func roles(
        in plain: PlainDefinition, _ object: PostgreSQLObject
    ) -> Set<Requirement> {
        let id = object.id
        func isManaged(_ role: String) -> Bool { desired[.role(role)] != nil }
        if case .owner(let owner) = plain {
            return isManaged(owner.role) ? [] : [.init(.member, on: id, details: [owner.role])]
        }
        if case .defaultPrivileges = plain {
            let role = DefaultPrivilegesDefinition.role(of: id)
            return isManaged(role) ? [] : [.init(.member, on: id, details: [role])]
        }
        return Set(
            object.mentionedRoles.filter { !isManaged($0) }
                .map { .init(.role, on: id, details: [$0]) })
    }

    /// To change a role takes more than to make one.
    private func rights(on touch: Step.Touch, isRename: Bool) -> Set<Requirement> {
        let id = touch.object
        func role(_ object: PostgreSQLObject?) -> RoleDefinition? {
            guard case .plain(.role(let role))? = object?.definition else { return nil }
            return role
        }
        let old = touch.before == nil ? nil : role(settled[id])
        let new = touch.after == nil ? nil : role(desired[id])
        // Of a rename the old name tells all.
        if isRename, touch.before == nil { return [] }
        var out: Set<Requirement> = [.init(.createRole, on: id, details: [id.name])]
        if touch.before != nil { out.insert(.init(.administer, on: id, details: [id.name])) }
        guard let new, !isRename else { return out }
        for power in new.powers where old?.powers.contains(power) != true {
            switch power {
            case .superuser: out.insert(.init(.superuser, on: id))
            case .createrole: break
            case .createdb, .replication, .bypassrls:
                if capabilities.majorVersion >= 16 {
                    out.insert(.init(.power, on: id, details: [power.rawValue]))
                } else if power != .createdb {
                    out.insert(.init(.superuser, on: id))
                }
            }
        }
        let before = old?.memberships ?? []
        for one in new.memberships where !before.contains(one) {
            out.insert(.init(.administer, on: id, details: [one.role]))
        }
        for one in before where !new.memberships.contains(where: { $0.role == one.role }) {
            out.insert(.init(.administer, on: id, details: [one.role]))
        }
        return out
    }

    private func rights(changing old: PostgreSQLObject, to object: PostgreSQLObject)
        -> Set<Requirement>
    {
        switch (old.definition, object.definition) {
        case (.column(let before), .column(let after)):
            guard before.type != after.type, after.generated == nil else { return [] }
            return schemas(behind: object).union(types(behind: object))
        case (.extension(let before), .extension(let after)):
            return before.version == after.version ? [] : install(object.id, after)
        case (.sequence(let before), .sequence(let after)):
            return before.ownedBy == after.ownedBy ? [] : ownership(of: after, object.id)
        case (_, .function(let function)):
            return schemas(behind: object).union(rights(making: function, object))
        case (_, .view), (_, .columnDefault): return schemas(behind: object)
        case (_, .plain(let plain)): return roles(in: plain, object)
        case (_, .schema), (_, .extension), (_, .table), (_, .column), (_, .constraint),
            (_, .index), (_, .enum), (_, .sequence), (_, .comment):
            return []
        }
    }

    // MARK: - Parts

    private static func schema(of id: ObjectID) -> ObjectID? {
        id.words?.isInSchema == false ? nil : .schema(id.path[0])
    }

    /// A statement can name only what stands in schemas that are open to the role.
    private func schemas(behind object: PostgreSQLObject) -> Set<Requirement> {
        Set(
            object.dependencies.compactMap { id in
                if id.kind == .extension { return nil }
                return Self.schema(of: id).map { .init(.usage, on: $0) }
            })
    }

    private func types(behind object: PostgreSQLObject) -> Set<Requirement> {
        Set(object.dependencies.filter { $0.kind == .enum }.map { .init(.usage, on: $0) })
    }

    /// Rows that are there have the expression computed for them.
    private func calls(of object: PostgreSQLObject) -> Set<Requirement> {
        guard exists(table(of: object.id)) else { return [] }
        return Set(
            object.dependencies.filter { $0.kind.isRoutine }.map { .init(.execute, on: $0) })
    }

    private func referred(by object: PostgreSQLObject) -> Set<Requirement> {
        let own = table(of: object.id)
        return Set(
            object.dependencies.filter { $0.kind == .column && table(of: $0) != own }
                .map { .init(.references, on: $0) })
    }

    private func rights(
        making function: FunctionDefinition, _ object: PostgreSQLObject
    ) -> Set<Requirement> {
        var out: Set<Requirement> = [
            .init(.language, on: object.id, details: [function.language])
        ]
        if function.isLeakproof || function.support != nil {
            out.insert(.init(.superuser, on: object.id))
        }
        // What a body or a default stands on is not told from the types of the arguments.
        if case .source = function.body, function.arguments.allSatisfy({ $0.default == nil }) {
            out.formUnion(types(behind: object))
        }
        return out
    }

    private func install(
        _ id: ObjectID, _ definition: ExtensionDefinition
    ) -> Set<Requirement> {
        guard let version = definition.version else { return [] }
        return [.init(.install, on: id, details: [version])]
    }

    private func ownership(
        of sequence: SequenceDefinition, _ id: ObjectID
    ) -> Set<Requirement> {
        guard let owner = sequence.ownedBy else { return [] }
        return [.init(.sameOwner, on: id, details: table(of: owner).path)]
    }
}

extension Requirement {
    init(_ right: Right, on object: ObjectID, details: [String] = []) {
        self.init(right.rawValue, on: object, details: details)
    }
}
