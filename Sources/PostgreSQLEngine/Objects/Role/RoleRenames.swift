// Owns what becomes of all that names a role when that gets another name. Invariant: nobody has to
// be asked for it; a server keeps roles by their numbers.

import Planning
import SchemaCore

/// The renames of roles among those that manifests ask for.
struct RoleRenames {
    /// The renames in an order in which each finds its name free, unless they go round.
    let list: [Rename]
    private let names: [String: String]

    init(_ requested: [Rename]) {
        var waiting = requested.filter { $0.from.kind == .role }
        names = Dictionary(
            waiting.map { ($0.from.name, $0.to.name) }, uniquingKeysWith: { $1 })
        var list: [Rename] = []
        while !waiting.isEmpty {
            let taken = Set(waiting.map(\.from))
            let free = waiting.firstIndex { !taken.contains($0.to) }
            list.append(waiting.remove(at: free ?? 0))
        }
        self.list = list
    }

    /// The catalog as it is with the new names.
    func applied(to catalog: Catalog<PostgreSQLObject>) -> Catalog<PostgreSQLObject> {
        list.isEmpty ? catalog : Catalog(catalog.objects.values.lazy.map(settled))
    }

    /// What was settled under the new names, with the renames before all others.
    func added(
        to settled: Settlement<PostgreSQLObject>, of live: Catalog<PostgreSQLObject>
    ) -> Settlement<PostgreSQLObject> {
        if list.isEmpty { return settled }
        var settlement = settled
        settlement.renames = list + settled.renames
        for id in live.objects.keys {
            let named = self.settled(id)
            guard named != id else { continue }
            settlement.addresses[named] = nil
            settlement.addresses[id] = settled.addresses[named] ?? named
        }
        return settlement
    }

    private func settled(_ role: String) -> String { names[role] ?? role }

    private func settled(_ id: ObjectID) -> ObjectID {
        if let subject = id.subject { return settled(subject).facet(id.kind) }
        if id.kind == .role { return .role(settled(id.name)) }
        if id.kind == .defaultPrivileges {
            return ObjectID(id.kind, [settled(id.path[0])] + id.path.dropFirst())
        }
        if id.kind == ClauseDefinition.Sort.userMapping.kind {
            return ObjectID(id.kind, [id.path[0], settled(id.path[1])])
        }
        return id
    }

    private func settled(_ object: PostgreSQLObject) -> PostgreSQLObject {
        let id = settled(object.id)
        let needs = Set(object.dependencies.map { settled($0) })
        let definition = settled(object.definition)
        if id == object.id, needs == object.dependencies, definition == object.definition {
            return object
        }
        var other = PostgreSQLObject(
            id, definition, dependencies: needs, position: object.position, span: object.span)
        other.homes = object.homes
        return other
    }

    private func settled(_ definition: PostgreSQLObject.Definition) -> PostgreSQLObject.Definition {
        guard case .plain(let plain) = definition else { return definition }
        switch plain {
        case .owner(var owner):
            owner.role = settled(owner.role)
            return .plain(.owner(owner))
        case .grants(var rights):
            rights.grants = settled(rights.grants)
            return .plain(.grants(rights))
        case .defaultPrivileges(var rights):
            rights.grants = settled(rights.grants)
            return .plain(.defaultPrivileges(rights))
        case .policy(var policy):
            policy.roles = policy.roles.map { settled($0) }.sorted()
            return .plain(.policy(policy))
        case .role(var role):
            for index in role.memberships.indices {
                role.memberships[index].role = settled(role.memberships[index].role)
                role.memberships[index].grantors = role.memberships[index].grantors.map {
                    settled($0)
                }
            }
            return .plain(.role(role.tidied()))
        case .trigger, .compositeType, .domain, .domainConstraint, .rule, .statistics,
            .rowSecurity, .replicaIdentity, .clustering, .parameterized, .clause, .publication,
            .foreignTable, .derivedColumn, .columnSettings, .part, .data, .statement:
            return definition
        }
    }

    private func settled(_ grants: [GrantsDefinition.Grant]) -> [GrantsDefinition.Grant] {
        grants.map { grant in
            .init(
                role: settled(grant.role), privileges: grant.privileges,
                grantable: grant.grantable)
        }.sorted { $0.role < $1.role }
    }
}
