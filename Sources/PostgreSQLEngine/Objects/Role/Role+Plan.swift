// Owns how roles come, change and go. Invariants: a role is never made again, since rights and
// ownership hang on it in all databases; nothing here says a password.

import Manifest
import Planning
import SchemaCore

extension RoleDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .ownership }
    var mentionedRoles: [String] { memberships.map(\.role) }

    func creation(_ id: ObjectID) -> [SQL] {
        var sql: SQL = "CREATE \(id.reference)"
        let options = options(from: nil)
        if !options.isEmpty { sql += " WITH \(options.joined(" "))" }
        return [sql] + changes(id, from: nil, major: 0)
    }

    func losses(_ id: ObjectID) -> [Effects.Loss] {
        [.init(object: id, relation: nil, what: "its password and its members")]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        switch act {
        case .create: []
        case .remove:
            [
                .init(
                    object: id,
                    consequence: canLogin
                        ? "who signs in by it is refused"
                        : "its members lose what they have by it")
            ]
        }
    }

    func describeCreation(
        _ id: ObjectID, in operation: inout Operation, _ context: PlanContext
    ) {
        let exposures = exposures(id, from: RoleDefinition())
        operation.effects.exposures = exposures.isEmpty ? nil : exposures
    }

    func alteration(
        of id: ObjectID, from old: RoleDefinition, in context: PlanContext
    ) -> Alteration {
        let major = context.capabilities.majorVersion
        let forward = statements(id, from: old, major: major)
        if forward.isEmpty { return .inPlace([]) }
        var operation = Operation(
            "alter", id, title: "Change \(id)", .statements(forward), phase: .contract,
            undo: context.exactly(old.statements(id, from: self, major: major)))
        operation.effects.breaks = breaks(id, from: old)
        let exposures = exposures(id, from: old)
        operation.effects.exposures = exposures.isEmpty ? nil : exposures
        return .inPlace([operation])
    }

    // MARK: - Statements

    private func statements(
        _ id: ObjectID, from old: RoleDefinition, major: Int
    ) -> [SQL] {
        let options = options(from: old)
        let own: [SQL] =
            options.isEmpty ? [] : ["ALTER \(id.reference) WITH \(options.joined(" "))"]
        return own + changes(id, from: old, major: major)
    }

    /// The options that differ from another's, or from those of a new one.
    private func options(from old: RoleDefinition?) -> [SQL] {
        let before = old ?? RoleDefinition()
        var out: [SQL] = []
        for power in Power.allCases where powers.contains(power) != before.powers.contains(power) {
            out.append(powers.contains(power) ? power.word : power.negation)
        }
        if inherits != before.inherits { out.append(inherits ? "INHERIT" : "NOINHERIT") }
        if canLogin != before.canLogin { out.append(canLogin ? "LOGIN" : "NOLOGIN") }
        if connectionLimit != before.connectionLimit {
            out.append("CONNECTION LIMIT \(verbatim: VerbatimSQL("\(connectionLimit ?? -1)"))")
        }
        if validUntil != before.validUntil {
            out.append("VALID UNTIL \(literal: validUntil ?? "infinity")")
        }
        return out
    }

    /// What is changed by statements of its own.
    private func changes(_ id: ObjectID, from former: RoleDefinition?, major: Int) -> [SQL] {
        let old = former ?? RoleDefinition()
        var out = membershipChanges(id, from: old, major: major)
        out += Self.changes(
            "ALTER \(id.reference)", from: old.settings, to: settings)
        let databases = Set((old.databaseSettings + databaseSettings).map(\.database))
        for database in databases.sorted() {
            out += Self.changes(
                "ALTER \(id.reference) IN DATABASE \(name: database)",
                from: old.settings(in: database), to: settings(in: database))
        }
        if comment != old.comment {
            out.append(
                "COMMENT ON \(id.reference) IS \(comment.map { "\(literal: $0)" } ?? "NULL" as SQL)"
            )
        }
        return out
    }

    private func settings(in database: String) -> [String: String] {
        databaseSettings.first { $0.database == database }?.settings ?? [:]
    }

    private static func changes(
        _ start: SQL, from old: [String: String], to new: [String: String]
    ) -> [SQL] {
        old.keys.sorted().filter { new[$0] == nil }.map {
            "\(start) RESET \(SettingList.target($0))"
        }
            + new.sorted { $0.key < $1.key }.filter { old[$0.key] != $0.value }.map {
                "\(start) SET \(SettingList.assignment($0.key, $0.value))"
            }
    }

    private func membershipChanges(
        _ id: ObjectID, from old: RoleDefinition, major: Int
    ) -> [SQL] {
        var out: [SQL] = []
        for gone in old.memberships where !memberships.contains(where: { $0.role == gone.role }) {
            out += gone.givers.map { "REVOKE \(name: gone.role) FROM \(name: id.name)\($0)" }
        }
        for new in memberships {
            guard let before = old.memberships.first(where: { $0.role == new.role }) else {
                out.append(
                    "GRANT \(name: new.role) TO \(name: id.name)\(new.clause(member: inherits))")
                continue
            }
            // Before 16 whether it inherits is the member's, and no statement of its own.
            var new = new
            if major < 16 { new.inherits = before.inherits }
            out += new.alteration(id, from: before)
        }
        return out
    }

    // MARK: - Effects

    private func breaks(_ id: ObjectID, from old: RoleDefinition) -> [Effects.Break] {
        var out: [Effects.Break] = []
        if old.canLogin, !canLogin {
            out.append(.init(object: id, consequence: "who signs in by it is refused"))
        }
        for power in old.powers where !powers.contains(power) {
            out.append(.init(object: id, consequence: "what it does by \(power.shown) fails"))
        }
        for gone in old.memberships where !memberships.contains(where: { $0.role == gone.role }) {
            out.append(
                .init(object: id, consequence: "what it does as a member of \(gone.role) fails"))
        }
        if settings != old.settings || databaseSettings != old.databaseSettings {
            out.append(
                .init(
                    object: id, consequence: "new sessions of it begin with other settings",
                    isFailure: false))
        }
        return out
    }

    /// What it may more than before.
    private func exposures(_ id: ObjectID, from old: RoleDefinition) -> [Effects.Exposure] {
        powers.filter { $0 != .createdb && !old.powers.contains($0) }
            .map { .init(object: id, sort: .power, what: $0.shown) }
            + memberships.filter { new in !old.memberships.contains { $0.role == new.role } }
            .map { .init(object: id, sort: .membership, what: $0.role) }
    }
}

extension RoleDefinition {
    /// What is to be done by hand for roles that are made.
    static func notes(_ request: PlanningRequest<PostgreSQLObject>) -> [Diagnostic] {
        request.changes.compactMap { change in
            guard case .create(let object) = change,
                case .plain(.role(let role)) = object.definition, role.canLogin
            else { return nil }
            return Diagnostic(
                .note, code: "no-password",
                "\(object.id) is made without a password, and none is ever read or written",
                at: request.spans[object.id],
                help: "give it one by hand (\\password in psql), unless it signs in without")
        }
    }
}

extension PlanContext {
    /// What goes may belong to a role that goes, although no manifest says so: roles go after it.
    static func withRolesLast(_ operations: [Operation]) -> [Operation] {
        let roles = operations.filter { $0.verb == "drop" }.reduce(into: Set<ObjectID>()) {
            $0.formUnion($1.destroys.filter { $0.kind == .role })
        }
        if roles.isEmpty { return operations }
        return operations.map { operation in
            var operation = operation
            if operation.verb == "drop", operation.subject.kind != .role {
                operation.releases.formUnion(roles)
            }
            return operation
        }
    }
}

extension RoleDefinition.Power {
    /// As statements give it.
    fileprivate var word: SQL {
        switch self {
        case .superuser: "SUPERUSER"
        case .createdb: "CREATEDB"
        case .createrole: "CREATEROLE"
        case .replication: "REPLICATION"
        case .bypassrls: "BYPASSRLS"
        }
    }

    fileprivate var negation: SQL { "NO\(word)" }

    /// As people know it.
    var shown: String { rawValue.uppercased() }
}

extension RoleDefinition.Membership {
    /// What names those who gave it; they are asked to take it away as well.
    fileprivate var givers: [SQL] {
        (grantors.isEmpty ? [""] : grantors).map { $0.isEmpty ? "" : " GRANTED BY \(name: $0)" }
    }

    /// What a new one says that the server would not choose by itself.
    fileprivate func clause(member inherited: Bool) -> SQL {
        var options: [SQL] = []
        if isAdmin { options.append("ADMIN OPTION") }
        if let inherits, inherits != inherited {
            options.append(inherits ? "INHERIT TRUE" : "INHERIT FALSE")
        }
        if !canSet { options.append("SET FALSE") }
        return options.isEmpty ? "" : " WITH \(options.joined(", "))"
    }

    /// How it gets other options: each that changes, from all who gave it.
    fileprivate func alteration(_ member: ObjectID, from old: Self) -> [SQL] {
        let target: SQL = "\(name: role) TO \(name: member.name)"
        var options: [SQL] = []
        if let inherits, inherits != old.inherits {
            options.append(inherits ? "INHERIT TRUE" : "INHERIT FALSE")
        }
        if canSet != old.canSet { options.append(canSet ? "SET TRUE" : "SET FALSE") }
        var out: [SQL] = []
        if isAdmin, !old.isAdmin { options.insert("ADMIN OPTION", at: 0) }
        if !options.isEmpty {
            out += old.givers.map { "GRANT \(target) WITH \(options.joined(", "))\($0)" }
        }
        if !isAdmin, old.isAdmin {
            out += old.givers.map {
                "REVOKE ADMIN OPTION FOR \(name: role) FROM \(name: member.name)\($0)"
            }
        }
        return out
    }
}
