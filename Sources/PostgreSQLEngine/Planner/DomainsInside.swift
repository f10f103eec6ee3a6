// Owns a limit of PostgreSQL: while a table holds values of a domain inside of others (arrays,
// attributes, ranges), the domain gets no check and no NOT NULL. Invariant: no such step is
// planned.

import Planning
import SchemaCore

/// The domains of which values stand inside of others.
struct DomainsInside {
    private let request: PlanningRequest<PostgreSQLObject>

    init(_ request: PlanningRequest<PostgreSQLObject>) { self.request = request }

    /// What is said of the domains that the operations would have the server prove.
    func diagnostics(_ operations: [Operation]) -> [Diagnostic] {
        let live = request.settlement.catalog
        let proved = operations.compactMap { operation -> ObjectID? in
            let id = operation.subject
            if id.kind == .domain, operation.verb == "set-not-null" { return id }
            guard id.kind == .domainConstraint, !operation.effects.scans.isEmpty else { return nil }
            return .domain(id.path[0], id.path[1])
        }.filter { live[$0] != nil }
        if proved.isEmpty { return [] }
        let dependants = live.dependants()
        return Set(proved).sorted().compactMap { domain in
            guard let column = holder(of: domain, dependants) else { return nil }
            return .error(
                "unsupported-change",
                "\(column) holds values of \(domain) inside of others: while it does, the server "
                    + "gives the domain no check that it would have to prove, and no NOT NULL",
                at: request.desired[domain]?.span,
                help: "declare the check with notValid: true, or move the values of \(column) to "
                    + "another type first, in a change of its own")
        }
    }

    /// A column that stays, and whose type is neither the domain nor a domain over it.
    private func holder(
        of domain: ObjectID, _ dependants: [ObjectID: Set<ObjectID>]
    ) -> ObjectID? {
        let live = request.settlement.catalog
        var seen: Set<ObjectID> = [domain]
        var queue = [domain]
        var plain: Set<String> = [text(domain)]
        var columns: Set<ObjectID> = []
        while let id = queue.popLast() {
            for other in dependants[id] ?? [] where seen.insert(other).inserted {
                switch live[other]?.definition {
                case .column: columns.insert(other)
                case .plain(.domain(let over)):
                    if plain.contains(over.type.text) { plain.insert(text(other)) }
                    queue.append(other)
                case .plain(let definition):
                    if definition.kind.isType { queue.append(other) }
                case .schema, .extension, .table, .columnDefault, .constraint, .index, .enum,
                    .sequence, .view, .function, .comment, nil:
                    continue
                }
            }
        }
        return columns.sorted().first { id in
            guard case .column(let column)? = live[id]?.definition, request.desired[id] != nil
            else { return false }
            return !plain.contains(column.type.text)
        }
    }

    private func text(_ domain: ObjectID) -> String {
        ("\(name: domain.path)" as SQL).text(.postgreSQL)
    }
}
