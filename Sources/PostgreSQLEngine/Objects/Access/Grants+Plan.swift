import Planning
import SchemaCore

/// What has to be said so that roles may do other things than before.
struct GrantStatements {
    /// What gives rights.
    private(set) var grants: [SQL] = []
    /// What takes them away.
    private(set) var revokes: [SQL] = []
    /// Who gains more than one role that is named.
    private(set) var exposures: [Effects.Exposure] = []
    /// Who loses something.
    private(set) var breaks: [Effects.Break] = []

    private let subject: ObjectID
    private let usual: GrantTable
    private let owner: String?
    /// What stands before GRANT and REVOKE, and what the rights are on.
    private let prefix: SQL
    private let target: SQL

    /// - Parameter owner: to whom nothing is given or denied by name, if it is known.
    init(_ subject: ObjectID, owner: String?, major: Int) {
        guard let sort = AccessSort(subject.kind) else {
            preconditionFailure("nobody has rights on \(subject)")
        }
        self.init(
            subject, usual: GrantTable(subject, sort, major: major), owner: owner,
            target: sort.target(subject))
    }

    /// - Parameters:
    ///   - usual: what is so from the start.
    ///   - prefix: what stands before GRANT and REVOKE.
    ///   - target: what the rights are on.
    init(
        _ subject: ObjectID, usual: GrantTable, owner: String?, prefix: SQL = "", target: SQL
    ) {
        self.subject = subject
        self.usual = usual
        self.owner = owner
        self.prefix = prefix
        self.target = target
    }

    /// The statements from one state to another.
    ///
    /// - Parameters:
    ///   - old: what is so; nil for a new object.
    ///   - unsure: roles of which it is not known what they may do with a new object, since default
    ///     privileges name them.
    mutating func lead(
        from old: GrantsDefinition?, to new: GrantsDefinition, unsure: Set<String> = []
    ) {
        let before = rights(old)
        let after = rights(new)
        let roles = Set(before.keys).union(after.keys).union(unsure)
        for role in roles.sorted() where role != owner {
            let wanted = after[role] ?? usual.usual(role)
            var present = before[role] ?? usual.usual(role)
            if unsure.contains(role) {
                revokes.append(revocation(role))
                present = .init()
            }
            change(role, from: present, to: wanted)
        }
    }

    private func rights(_ definition: GrantsDefinition?) -> [String: GrantTable.Rights] {
        Dictionary(
            (definition?.grants ?? []).map {
                (
                    $0.role,
                    GrantTable.Rights(
                        privileges: usual.resolved($0.privileges),
                        grantable: usual.resolved($0.grantable))
                )
            }, uniquingKeysWith: { $1 })
    }

    private mutating func change(
        _ role: String, from old: GrantTable.Rights, to new: GrantTable.Rights
    ) {
        let lost = old.privileges.subtracting(new.privileges)
        let tied = old.grantable.subtracting(new.grantable).subtracting(lost)
        let passed = new.grantable.subtracting(old.grantable)
        let given = new.privileges.subtracting(old.privileges).subtracting(passed)
        let name = self.role(role)
        if !lost.isEmpty {
            revokes.append("\(prefix)REVOKE \(list(lost)) ON \(target) FROM \(name)")
            breaks.append(
                .init(
                    object: subject,
                    consequence: "\(Self.word(role)) may no longer \(Self.text(lost)) it"))
        }
        if !tied.isEmpty {
            revokes.append(
                "\(prefix)REVOKE GRANT OPTION FOR \(list(tied)) ON \(target) FROM \(name)")
        }
        if !given.isEmpty { grants.append("\(prefix)GRANT \(list(given)) ON \(target) TO \(name)") }
        if !passed.isEmpty {
            grants.append(
                "\(prefix)GRANT \(list(passed)) ON \(target) TO \(name) WITH GRANT OPTION")
            exposures.append(
                .init(
                    object: subject, sort: .passingOn,
                    what: "\(role) gets \(Self.text(passed).uppercased())"))
        }
        if role == GrantsDefinition.everybody, !given.isEmpty {
            exposures.append(
                .init(
                    object: subject, sort: .everybody, what: Self.text(given).uppercased()))
        }
    }

    /// Privileges as `GRANT` takes them, for a column with its name behind each.
    private func list(_ privileges: Set<String>) -> SQL {
        let known = usual.known
        let column: SQL = usual.sort == .column ? " (\(name: subject.name))" : ""
        if privileges == Set(known), known.count > 1 { return "ALL\(column)" }
        return known.filter(privileges.contains)
            .map { "\(verbatim: VerbatimSQL($0.uppercased()))\(column)" as SQL }.joined(", ")
    }

    private static func text(_ privileges: Set<String>) -> String {
        privileges.sorted().joined(separator: ", ")
    }

    private static func word(_ role: String) -> String {
        switch role {
        case GrantsDefinition.owner: "its owner"
        case GrantsDefinition.everybody: "a role that has no rights of its own"
        default: role
        }
    }

    private func role(_ role: String) -> SQL {
        switch role {
        case GrantsDefinition.owner: owner.map { "\(name: $0)" as SQL } ?? "CURRENT_USER"
        case GrantsDefinition.everybody: "PUBLIC"
        default: "\(name: role)"
        }
    }
}

extension GrantsDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .comment }
    var mentionedRoles: [String] { grants.map(\.role).filter { $0 != Self.everybody && $0 != "" } }

    /// A plan knows more of what is there, and says it in other words (`PlanContext.describe`).
    func creation(_ id: ObjectID) -> [SQL] { Self.statements(id, from: nil, to: self) }
    func removal(_ id: ObjectID) -> [SQL] { Self.statements(id, from: self, to: .init()) }
    func parent(of id: ObjectID) -> ObjectID? { id.subject }
    func names(_ id: ObjectID) -> Set<NameSlot> { [] }
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] { [] }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        .inPlace(context.grants(id, from: old, to: self))
    }

    private static func statements(
        _ id: ObjectID, from old: GrantsDefinition?, to new: GrantsDefinition
    ) -> [SQL] {
        guard let subject = id.subject else { preconditionFailure("\(id) is no list of rights") }
        var statements = GrantStatements(
            subject, owner: nil, major: PostgreSQLSession.newestMajor)
        statements.lead(from: old, to: new)
        return statements.all
    }
}

extension PlanContext {
    /// The operations by which rights on an object that is there become others: giving before
    /// taking away, so that nobody is without for a while.
    func grants(
        _ id: ObjectID, from old: GrantsDefinition, to new: GrantsDefinition
    ) -> [Operation] {
        guard let subject = id.subject else { preconditionFailure("\(id) is no list of rights") }
        var forward = GrantStatements(
            subject, owner: owner(of: subject), major: capabilities.majorVersion)
        var back = forward
        forward.lead(from: old, to: new)
        back.lead(from: new, to: old)
        var operations: [Operation] = []
        if !forward.grants.isEmpty {
            var operation = Operation(
                "grant", id, title: "Give rights on \(subject)", .statements(forward.grants),
                phase: .expand, undo: exactly(back.revokes))
            operation.effects.exposures = forward.exposures.isEmpty ? nil : forward.exposures
            operations.append(operation)
        }
        if !forward.revokes.isEmpty {
            var operation = Operation(
                "revoke", id, title: "Take rights on \(subject) away",
                .statements(forward.revokes + columnGrants(in: subject)), phase: .contract,
                undo: exactly(back.grants))
            operation.effects.breaks = forward.breaks
            operations.append(operation)
        }
        return operations
    }

    /// What gives the rights on single columns once more: the server takes them away with those
    /// on the whole.
    private func columnGrants(in relation: ObjectID) -> [SQL] {
        guard AccessSort(relation.kind) == .relation else { return [] }
        return desired.sorted.flatMap { object -> [SQL] in
            guard case .plain(.grants(let definition)) = object.definition,
                let column = object.id.subject, column.kind == .column,
                column.path.starts(with: relation.path)
            else { return [] }
            var statements = GrantStatements(
                column, owner: owner(of: column), major: capabilities.majorVersion)
            statements.lead(from: nil, to: definition)
            return statements.all
        }
    }

    /// What gives rights on a new object, without those that default privileges would give; false
    /// where there is nothing to say.
    func describe(_ definition: GrantsDefinition, in operation: inout Operation) -> Bool {
        let subject = operation.subject.subject ?? operation.subject
        let statements = granting(subject, definition)
        if statements.all.isEmpty { return false }
        operation.title = "Give rights on \(subject)"
        operation.form = .statements(statements.all)
        operation.undo = exactly(
            Set(definition.grants.map(\.role)).sorted().map(statements.revocation))
        operation.effects.exposures = statements.exposures.isEmpty ? nil : statements.exposures
        return true
    }

    private func granting(
        _ subject: ObjectID, _ definition: GrantsDefinition
    ) -> GrantStatements {
        var statements = GrantStatements(
            subject, owner: owner(of: subject), major: capabilities.majorVersion)
        statements.lead(from: nil, to: definition, unsure: defaultGrantees(of: subject))
        return statements
    }

    /// What gives an object that comes back its owner and the rights on it.
    ///
    /// - Parameter isStated: whether that counts which manifests state as well.
    func carried(with id: ObjectID, isStated: Bool = false) -> [SQL] {
        func facet(_ facet: ObjectID) -> PostgreSQLObject.Definition? {
            if let object = unstated[facet] { return object.definition }
            return isStated ? (settled[facet] ?? removed[facet])?.definition : nil
        }
        var out: [SQL] = []
        if case .plain(.owner(let owner))? = facet(id.owner), owner.standing != .own {
            out += owner.creation(id.owner)
        }
        if case .plain(.grants(let grants))? = facet(id.grants) {
            out += granting(id, grants).all
        }
        guard [.view, .materializedView].contains(id.kind) else { return out }
        // The columns of a view are no objects.
        var columns = unstatedIndex.standing(on: id).filter(\.isRightOnColumn)
        if isStated { columns += settledIndex.standing(on: id).filter(\.isRightOnColumn) }
        for object in columns.sorted(by: { $0.id < $1.id }) {
            guard let subject = object.id.subject,
                case .plain(.grants(let grants)) = object.definition
            else { continue }
            out += granting(subject, grants).grants
        }
        return out
    }

    /// What owners and rights come after: rights after the owner who gives them, and both after
    /// those on the schema, which a new owner may need.
    func accessNeeds(of id: ObjectID) -> Set<ObjectID> {
        guard let subject = id.subject, id.kind != .comment else { return [] }
        var needs: Set<ObjectID> = []
        if id.kind == .grants { needs.insert(subject.owner) }
        if id.kind == .grants, subject.kind == .column {
            // What is taken from a role on the whole is taken from it on the column, too.
            let path = Array(subject.path.prefix(2))
            let kinds: [ObjectKind] = [.table, .view, .materializedView]
            needs.formUnion(kinds.map { ObjectID($0, path).grants })
        }
        if subject.kind != .schema, subject.words?.isInSchema == true {
            let schema = ObjectID.schema(subject.path[0])
            needs.formUnion([schema.owner, schema.grants])
        }
        return needs.filter { desired[$0] != nil }
    }

    /// The owner that an object is to have, or has.
    private func owner(of subject: ObjectID) -> String? {
        let id: ObjectID
        if subject.kind == .column {
            let kinds: [ObjectKind] = [.table, .view, .materializedView]
            let path = Array(subject.path.prefix(2))
            id = kinds.map { ObjectID($0, path).owner }.first { stated($0) != nil } ?? subject.owner
        } else if case .sequence(let sequence)? =
            (desired[subject] ?? settled[subject])?.definition,
            let column = sequence.ownedBy
        {
            id = table(of: column).owner
        } else {
            id = subject.owner
        }
        guard case .plain(.owner(let owner))? = stated(id)?.definition else { return nil }
        return owner.role
    }

    private func stated(_ id: ObjectID) -> PostgreSQLObject? {
        desired[id] ?? settled[id] ?? unstated[id]
    }

    /// The roles that default privileges of anybody name for an object like this one.
    private func defaultGrantees(of subject: ObjectID) -> Set<String> {
        guard let sort = AccessSort(subject.kind), sort != .column else { return [] }
        var roles: Set<String> = []
        for object in defaultPrivileges {
            guard case .plain(.defaultPrivileges(let definition)) = object.definition,
                DefaultPrivilegesDefinition.sort(of: object.id)?.access == sort,
                DefaultPrivilegesDefinition.schema(of: object.id).map({ $0 == subject.path[0] })
                    ?? true
            else { continue }
            roles.formUnion(definition.grants.map(\.role))
        }
        return roles.subtracting([GrantsDefinition.owner])
    }
}

extension GrantStatements {
    /// All, what takes rights away first.
    var all: [SQL] { revokes + grants }

    /// What takes every right away from a role.
    func revocation(_ role: String) -> SQL {
        let all: SQL = usual.sort == .column ? "ALL (\(name: subject.name))" : "ALL"
        return "\(prefix)REVOKE \(all) ON \(target) FROM \(self.role(role))"
    }
}

extension PostgreSQLObject {
    /// Whether it is the rights on a column.
    fileprivate var isRightOnColumn: Bool {
        id.kind == .grants && id.subject?.kind == .column
    }
}

extension Operation {
    /// The same operation with statements behind its own.
    func saying(_ more: [SQL]) -> Operation {
        guard case .statements(let statements) = form else { return self }
        var copy = self
        copy.form = .statements(statements + more)
        return copy
    }
}
