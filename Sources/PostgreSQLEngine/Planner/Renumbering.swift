// Owns the change between a column that an identity sequence numbers and one that takes its numbers
// from a sequence that it owns. Invariant: the new sequence goes on where the old one stood, and no
// statement of another session finds the column without a number.

import Planning
import SchemaCore

/// A column that gets its numbers from another sort of sequence.
struct Renumbering {
    let column: ObjectID
    let identity: ColumnDefinition.Identity
    /// The sequence that the column owns, which comes or goes.
    let sequence: PostgreSQLObject
    let definition: SequenceDefinition
    /// The default that calls it, if it comes or goes with it.
    let value: PostgreSQLObject?
    let comment: PostgreSQLObject?

    /// What comes or goes in the step that changes the column.
    var objects: [PostgreSQLObject] { [sequence, value, comment].compactMap { $0 } }

    /// The columns that differ in this way between two catalogs, in either direction.
    static func all(
        _ settled: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>
    ) -> [ObjectID: Renumbering] {
        var out: [ObjectID: Renumbering] = [:]
        for (from, to) in [(settled, desired), (desired, settled)] {
            var owned: [ObjectID: [PostgreSQLObject]] = [:]
            for object in from.objects.values {
                guard case .sequence(let sequence) = object.definition,
                    let owner = sequence.ownedBy, to[object.id] == nil
                else { continue }
                owned[owner, default: []].append(object)
            }
            for (id, sequences) in owned {
                guard sequences.count == 1,
                    case .sequence(let definition) = sequences[0].definition,
                    case .column(let plain)? = from[id]?.definition, plain.identity == nil,
                    plain.generated == nil,
                    case .column(let numbered)? = to[id]?.definition,
                    let identity = numbered.identity, identity.sequenceName != nil
                else { continue }
                let value = from[.columnDefault(id.path[0], id.path[1], id.name)]
                let callsIt = value?.dependencies.contains(sequences[0].id) == true
                out[id] = Renumbering(
                    column: id, identity: identity, sequence: sequences[0],
                    definition: definition, value: callsIt ? value : nil,
                    comment: from[sequences[0].id.comment])
            }
        }
        return out
    }
}

extension Renumbering {
    private var table: [String] { Array(column.path.prefix(2)) }
    private var own: SQL { "ALTER TABLE \(name: table) ALTER COLUMN \(name: column.name)" }
    private var identityPath: [String] {
        [column.path[0], identity.sequenceName ?? sequence.id.name]
    }

    /// What makes way for a sequence of the same name, and where it then is.
    private func aside(_ path: [String], for other: [String]) -> (path: [String], sql: [SQL]) {
        guard path == other, let name = path.last else { return (path, []) }
        let away = name.besideName
        return (
            path.dropLast() + [away], ["ALTER SEQUENCE \(name: path) RENAME TO \(name: away)"]
        )
    }

    private func carry(_ from: [String], to path: [String]) -> SQL {
        let name = ("\(name: path)" as SQL).text(.postgreSQL)
        return """
            SELECT pg_catalog.setval(\(literal: name), last_value, is_called) \
            FROM \(name: from)
            """
    }

    /// To an identity sequence.
    func toIdentity() -> [SQL] {
        let old = aside(sequence.id.path, for: identityPath)
        return (value == nil ? [] : ["\(own) DROP DEFAULT"]) + old.sql + [
            "\(own) ADD \(identity.clause)", carry(old.path, to: identityPath),
            "DROP SEQUENCE \(name: old.path)",
        ]
    }

    /// To the sequence that the column owns.
    func toSequence() -> [SQL] {
        let old = aside(identityPath, for: sequence.id.path)
        return old.sql + sequence.creation + [
            carry(old.path, to: sequence.id.path), "\(own) DROP IDENTITY",
            definition.ownership(sequence.id),
        ] + (value?.creation ?? []) + (comment?.creation ?? [])
    }
}

extension PlanContext {
    /// A column's identity comes with the position of the sequence that it had.
    func identityTakeover(_ renumbering: Renumbering) -> Operation {
        let id = renumbering.column
        let old = renumbering.sequence.id
        var operation = Operation(
            "add-identity", id,
            title: "Number \(id) by an identity sequence, which goes on from \(old)",
            .statements(renumbering.toIdentity()), phase: .contract,
            undo: exactly(renumbering.toSequence()))
        operation.data = .kept
        operation.effects.locks = [.accessExclusive(table(of: id)), .accessExclusive(old)]
        operation.destroys = Set([id] + renumbering.objects.map(\.id))
        operation.frees = Set(renumbering.objects.flatMap { NameSlot.taken(by: $0) })
        if let name = renumbering.identity.sequenceName {
            operation.takes = [NameSlot(space: .relation, path: [id.path[0], name])]
        }
        operation.touches = renumbering.objects.map {
            Step.Touch(object: $0.id, before: $0.digest, after: nil)
        }
        operation.probes = positions(of: old, path: old.path, within: renumbering.identity.sequence)
        if renumbering.identity.sequenceName != old.name {
            operation.effects.breaks = [
                .init(object: old, consequence: "statements that call nextval on it fail")
            ]
        }
        if renumbering.identity.isAlways {
            operation.effects.breaks.append(
                .init(object: id, consequence: "an INSERT that names \(id.name) fails"))
        }
        facets.leave(with: renumbering.objects, isRecreation: false, in: &operation)
        return operation
    }

    /// A column's own sequence comes with the position of its identity sequence.
    func sequenceTakeover(_ renumbering: Renumbering) -> Operation {
        let id = renumbering.column
        let new = renumbering.sequence.id
        var operation = Operation(
            "drop-identity", id, title: "Number \(id) by \(new), which goes on from its identity",
            .statements(renumbering.toSequence()), phase: .contract,
            undo: exactly(renumbering.toIdentity()))
        operation.data = .kept
        operation.effects = momentary(
            [.accessExclusive(table(of: id))]
                + [identityLock(of: id, renumbering.identity)].compactMap { $0 })
        operation.produces = Set(renumbering.objects.map(\.id))
        operation.consumes = Set(renumbering.objects.flatMap { needs(of: $0) })
            .subtracting(operation.produces.union([id]))
        operation.takes = Set(renumbering.objects.flatMap { NameSlot.taken(by: $0) })
        operation.touches = renumbering.objects.map {
            Step.Touch(object: $0.id, before: nil, after: $0.digest)
        }
        if let name = renumbering.identity.sequenceName {
            operation.frees = [NameSlot(space: .relation, path: [id.path[0], name])]
            operation.probes = positions(
                of: id, path: [id.path[0], name], within: renumbering.definition.settings)
        }
        return operation
    }
}

extension String {
    /// A name for what makes way within a transaction, at most 63 bytes long.
    var besideName: String {
        var head = self
        while head.utf8.count > 63 - "__old".utf8.count { head.removeLast() }
        return head + "__old"
    }
}
