// Owns how an object gets to another role.

import Manifest
import Planning
import SchemaCore

extension OwnerDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .comment }
    var mentionedRoles: [String] { [role] }

    func creation(_ id: ObjectID) -> [SQL] { [Self.statement(id, "\(name: role)")] }

    /// An object always belongs to somebody.
    func removal(_ id: ObjectID) -> [SQL] { [] }
    func parent(of id: ObjectID) -> ObjectID? { id.subject }
    func names(_ id: ObjectID) -> Set<NameSlot> { [] }
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] { [] }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        guard let subject = id.subject else { return [] }
        let isRelation = AccessSort(subject.kind) == .relation || subject.kind == .sequence
        return isRelation ? [.accessExclusive(subject)] : []
    }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        var operation = Operation(
            "change", id, title: "Give \(Self.subject(of: id)) to \(role)",
            .statements(creation(id)), phase: .contract, undo: context.exactly(old.creation(id)))
        operation.takes = [Self.change(of: Self.subject(of: id))]
        operation.effects = context.momentary(locks(id, .create))
        operation.effects.exposures = [
            .init(
                object: Self.subject(of: id), sort: .owner, what: "\(role), in place of \(old.role)"
            )
        ]
        return .inPlace([operation])
    }

    /// What gives a new object to the role.
    func describe(_ operation: inout Operation, in context: PlanContext) {
        let id = operation.subject
        operation.title = "Give \(Self.subject(of: id)) to \(role)"
        operation.takes = [Self.change(of: Self.subject(of: id))]
        operation.undo = context.exactly([Self.statement(id, "CURRENT_USER")])
        operation.effects = context.momentary(locks(id, .create))
    }

    /// What is free when nothing that needs an object's former owner is left to be done.
    static func change(of object: ObjectID) -> NameSlot {
        NameSlot(space: .other, path: ["owner", object.kind.rawValue] + object.path)
    }

    static func statement(_ id: ObjectID, _ role: SQL) -> SQL {
        "ALTER \(subject(of: id).reference) OWNER TO \(role)"
    }

    private static func subject(of id: ObjectID) -> ObjectID {
        guard let subject = id.subject else { preconditionFailure("\(id) is no owner") }
        return subject
    }
}
