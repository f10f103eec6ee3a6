// Owns live expressions that the server would print in another way had it read its own print: see
// CanonicalizeFixpoint. A database that was made by hand or by another tool holds such; it is no
// difference if what becomes of them is what is desired.

internal import Planning
import SchemaCore

struct Respelling {
    /// Live objects whose copy is printed in another way than they are, with the copy.
    private let unsettled: [(live: PostgreSQLObject, copy: PostgreSQLObject)]

    /// - Parameter copy: what was read of a copy that was made from the print of the live objects.
    init(
        live: Catalog<PostgreSQLObject>, copy: Catalog<PostgreSQLObject>, _ suspects: [ObjectID]
    ) {
        unsettled = suspects.compactMap { id in
            guard let old = live[id], let new = copy[id], old.definition != new.definition else {
                return nil
            }
            return (old, new)
        }
    }

    /// The live objects that differ from what is desired and may do so in spelling alone. A look
    /// at the text saves the copy where there can be no such thing; it decides nothing.
    static func suspects(
        _ live: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>,
        _ renames: SettleRenames
    ) -> [ObjectID] {
        live.sorted.compactMap { object in
            guard object.expressions.contains(where: isSuspect),
                let wanted = desired[renames.settled(object)],
                wanted.definition != object.definition
            else { return nil }
            return object.id
        }
    }

    private static func isSuspect(_ expression: VerbatimSQL) -> Bool {
        let signs = ["(ARRAY[", "ROW(", "VALUES (", "UNION", "INTERSECT", "EXCEPT", " ON TRUE"]
        return signs.contains(where: expression.text.contains)
    }

    /// The settlement with what is only spelled in another way as it is; where a rename or a type
    /// change prints it anew as well, it is left to be made again.
    func applied(
        to settlement: Settlement<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>,
        _ renames: SettleRenames
    ) -> Settlement<PostgreSQLObject> {
        var out = settlement
        for (live, copy) in unsettled {
            let id = renames.settled(live)
            guard let settled = out.catalog[id], let wanted = desired[id],
                settled.definition == wanted.definition
            else { continue }
            let isUntouched = id == live.id && copy.definition == wanted.definition
            let kept = PostgreSQLObject(
                id, live.definition,
                dependencies: isUntouched ? live.dependencies : settled.dependencies,
                position: live.position)
            out.catalog[id] = kept
            if isUntouched { out.spellings.append(kept) }
        }
        return out
    }
}

extension PostgreSQLObject {
    /// The expressions that can be made again from their print without a loss.
    fileprivate var expressions: [VerbatimSQL] {
        switch definition {
        case .constraint(let constraint):
            switch constraint.rule {
            case .check(let check): [check.expression]
            case .exclusion(let exclusion): [exclusion.predicate].compactMap { $0 }
            case .primaryKey, .unique, .foreignKey: []
            }
        case .index(let index):
            [index.predicate].compactMap { $0 }
                + index.keys.compactMap { key in
                    if case .expression(let text) = key.element { text } else { nil }
                }
        case .columnDefault(let value): [value.expression]
        case .view(let view): [view.query]
        case .plain(let plain): plain.kind.expressions
        case .function(let function): function.expressions
        case .schema, .extension, .table, .column, .enum, .sequence, .comment: []
        }
    }
}

extension FunctionDefinition {
    /// What the server has parsed of it.
    fileprivate var expressions: [VerbatimSQL] {
        let defaults = arguments.compactMap(\.default)
        switch body {
        case .sql(let body): return [body] + defaults
        case .source, .symbol: return defaults
        }
    }
}
