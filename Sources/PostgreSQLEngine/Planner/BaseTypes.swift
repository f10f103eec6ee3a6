// Owns how base types come and go together with the functions that read and write their values:
// the functions name the type, and the type has them. A type is made as a shell, then come the
// functions, then all of it (<https://www.postgresql.org/docs/current/sql-createtype.html>), which
// is one step since nothing else can use what is between.

import Planning
import SchemaCore

enum BaseTypes {
    static let kind = ParameterizedDefinition.Sort.baseType.kind

    /// The functions that a base type needs and that need it.
    static func functions(
        of type: PostgreSQLObject, in catalog: (ObjectID) -> PostgreSQLObject?
    ) -> [PostgreSQLObject] {
        guard type.id.kind == kind else { return [] }
        return type.dependencies.filter { $0.kind == .function }.sorted().compactMap(catalog)
            .filter { $0.dependencies.contains(type.id) }
    }

    /// The base type that a function goes with.
    static func type(
        of function: PostgreSQLObject, in leaving: [ObjectID: PostgreSQLObject]
    ) -> ObjectID? {
        guard function.id.kind == .function else { return nil }
        return function.dependencies.sorted().first { id in
            id.kind == kind && leaving[id]?.dependencies.contains(function.id) == true
        }
    }

    /// Each needs the other, so that of itself the server would drop neither without CASCADE,
    /// which takes whatever else there is, known or not. But all that one role owns goes together,
    /// and only if nothing else needs it; so they are given to a role that owns nothing else and
    /// is there within the transaction alone.
    static func removal(of type: ObjectID, with functions: [ObjectID]) -> [SQL] {
        if functions.isEmpty { return ["DROP \(type.reference)"] }
        let role: SQL = "\(name: "lockstep_leaving")"
        return ["CREATE ROLE \(role)"]
            + ([type] + functions).map { "ALTER \($0.reference) OWNER TO \(role)" }
            + ["DROP OWNED BY \(role)", "DROP ROLE \(role)"]
    }

    /// The statements that make a base type, with those of its functions behind the shell.
    static func whole(_ own: [SQL], around functions: [SQL]) -> [SQL] {
        own.prefix(1) + functions + own.dropFirst()
    }

    /// The operations with the functions of new base types made between the two statements that
    /// make these. Other functions of a base type only need it to be there, in whatever form, so
    /// that it can be given them, and let go of them, while it stays.
    static func folded(_ operations: [Operation], _ context: PlanContext) -> [Operation] {
        let made = hosts(operations, "create", of: { context.desired[$0] })
        let kept = hosts(operations, "alter", of: { context.desired[$0] })
            .merging(hosts(operations, "alter", of: { context.settled[$0] })) { first, _ in first }
        if made.isEmpty && kept.isEmpty { return operations }
        var guests: [ObjectID: [Operation]] = [:]
        var rest: [Operation] = []
        for var operation in operations {
            if operation.verb == "create", let host = made[operation.subject] {
                guests[host, default: []].append(operation)
                continue
            }
            if let host = kept[operation.subject] {
                operation.consumes.remove(host)
                operation.releases.remove(host)
            }
            rest.append(operation)
        }
        return rest.map { operation in
            guard operation.verb == "create", let inner = guests[operation.subject] else {
                return operation
            }
            return merged(operation, inner.sorted { $0.subject < $1.subject }, context)
        }
    }

    /// The functions of the base types to which something is done, each with its type.
    private static func hosts(
        _ operations: [Operation], _ verb: String, of catalog: (ObjectID) -> PostgreSQLObject?
    ) -> [ObjectID: ObjectID] {
        var out: [ObjectID: ObjectID] = [:]
        for operation in operations where operation.verb == verb && operation.subject.kind == kind {
            guard let type = catalog(operation.subject) else { continue }
            for function in functions(of: type, in: catalog) { out[function.id] = type.id }
        }
        return out
    }

    private static func merged(
        _ type: Operation, _ functions: [Operation], _ context: PlanContext
    ) -> Operation {
        guard case .statements(let own) = type.form else { return type }
        var merged = type
        var inner: [SQL] = []
        for function in functions {
            if case .statements(let statements) = function.form { inner += statements }
            merged.produces.formUnion(function.produces)
            merged.consumes.formUnion(function.consumes)
            merged.releases.formUnion(function.releases)
            merged.takes.formUnion(function.takes)
            merged.touches += function.touches
            merged.requirements.formUnion(function.requirements)
            merged.effects.breaks += function.effects.breaks
            if let more = function.effects.exposures {
                merged.effects.exposures = (merged.effects.exposures ?? []) + more
            }
        }
        merged.form = .statements(whole(own, around: inner))
        merged.consumes.subtract(merged.produces)
        merged.undo = context.exactly(removal(of: type.subject, with: functions.map(\.subject)))
        return merged
    }
}
