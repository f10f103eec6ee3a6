// Owns what goes with an object and is not modelled: owners, privileges, storage settings, its
// triggers and policies. Invariant: a step that loses any of it says so, and runs only when it is
// acknowledged.

import Planning
import SchemaCore

struct Facets {
    /// What of an object is not modelled, by its address after the renames.
    private var properties: [ObjectID: [String]] = [:]
    /// What vanishes with an object, by the first of those that it vanishes with.
    private var guests: [ObjectID: [Unmodelled]] = [:]

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        let addresses = AddressMap(request.settlement.renames)
        for item in request.unmodelled {
            if request.live[item.object] != nil {
                properties[addresses.settled(item.object), default: []].append(item.what)
            } else if item.object.kind == .column {
                // A view's columns are no objects.
                let view = ObjectID.view(item.object.path[0], item.object.path[1])
                properties[addresses.settled(view), default: []].append(item.what)
            }
            for host in item.vanishesWith {
                guests[addresses.settled(host), default: []].append(item)
            }
        }
    }

    /// Says what goes with objects that a step drops.
    func leave(
        with objects: [PostgreSQLObject], isRecreation: Bool, in operation: inout Operation
    ) {
        let gone = Set(objects.map(\.id))
        var lost: [String] = []
        for object in objects {
            for item in guests[object.id] ?? [] {
                // Its other needs can go only after it.
                operation.releases.formUnion(item.needs.subtracting(gone))
                guard item.vanishesWith.min() == object.id else { continue }
                operation.effects.losses.append(
                    .init(object: object.id, relation: nil, what: "the \(item.what) \(item.object)")
                )
                lost.append(item.object.description)
            }
            guard let what = properties[object.id] else { continue }
            let names = what.sorted().joined(separator: ", ")
            lost.append("\(names) of \(object.id)")
            guard isRecreation else { continue }
            operation.effects.losses.append(
                .init(object: object.id, relation: nil, what: "what is not modelled: \(names)"))
        }
        if lost.isEmpty { return }
        if !operation.effects.losses.isEmpty { operation.data = max(operation.data, .lossy) }
        let more = lost.joined(separator: ", ")
        switch operation.undo.claim {
        case .exact: operation.undo.claim = .shape(loses: more)
        case .shape(let loses): operation.undo.claim = .shape(loses: "\(loses), \(more)")
        case .none: break
        }
    }
}
