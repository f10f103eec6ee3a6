// Owns what a drop leaves without ground: objects that stay as they are, or change in a way that
// does not let go, while what they stand on goes. The same text may mean another object: a default
// that called a function without arguments now calls one with a default for its argument.

import Planning
import SchemaCore

struct Stranded {
    /// The objects, each with what goes below it.
    private(set) var objects: [ObjectID: ObjectID] = [:]

    init(_ request: PlanningRequest<PostgreSQLObject>, _ alterations: [ObjectID: Alteration]) {
        let settled = request.settlement.catalog
        var dropped: Set<ObjectID> = []
        for change in request.changes {
            if case .drop(let object) = change { dropped.insert(object.id) }
        }
        guard !dropped.isEmpty else { return }
        for (id, wanted) in request.desired.objects {
            guard let present = settled[id],
                let ground = present.dependencies.intersection(dropped).min()
            else { continue }
            if case .inPlace? = alterations[id], Self.letsGo(present, wanted, of: dropped) {
                continue
            }
            objects[id] = ground
        }
    }

    /// Whether an alteration in place ends the old dependencies; not where the new form calls an
    /// overload of what goes, since both would be there at once and the call ambiguous.
    private static func letsGo(
        _ present: PostgreSQLObject, _ wanted: PostgreSQLObject, of dropped: Set<ObjectID>
    ) -> Bool {
        let names = NameSlot.overloads(called: present.dependencies.intersection(dropped))
        guard names.isDisjoint(with: NameSlot.overloads(called: wanted.dependencies)) else {
            return false
        }
        switch (present.definition, wanted.definition) {
        case (.view(let old), .view(let new)): return old.query != new.query
        case (.function(let old), .function(let new)):
            return old.body != new.body || old.arguments != new.arguments
        case (.columnDefault, _), (.sequence, _), (.column, _), (.table, _), (.schema, _),
            (.extension, _), (.enum, _), (.comment, _):
            return true
        // What is changed of it in place is a function by another name.
        case (.plain(.parameterized), _): return true
        case (.constraint, _), (.index, _), (.view, _), (.function, _), (.plain, _): return false
        }
    }
}
