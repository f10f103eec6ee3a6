import Planning
import SchemaCore

extension PlanContext {
    /// The renames, in their order: what is renamed first may make room for the next.
    ///
    /// - Parameter moved: what gets another address because types in it do.
    func renames(
        _ renames: [Rename], live: Catalog<PostgreSQLObject>, moved: Set<ObjectID>
    ) -> [Operation] {
        guard let key = renames.first?.from else { return [] }
        let staying = StayingSequences(renames, live: live, desired: desired)
        let along = NotNullRenames(renames, live: live, context: self).byPlace
        return renames.enumerated().map { place, rename in
            let own = RenameStatement.all(place, of: renames, live: live, desired: desired)
            let others = along[place] ?? []
            let back = others.reversed().map { Rename(from: $0.to, to: $0.from) }
            var operation = Operation(
                "rename", rename.to, title: Self.title(of: rename),
                .statements(own.forward + others.map(RenameStatement.of)), phase: .contract,
                undo: exactly(back.map(RenameStatement.of) + own.back))
            operation.sequence = place
            operation.sequenceKey = key
            operation.effects = renameEffects(rename)
            let freed = staying.released(by: place, of: renames)
            operation.effects.locks += freed.map { .shareRowExclusive($0.live) }
            operation.touches = renameTouches(
                rename, of: live[RenameStatement.original(place, of: renames)], live: live)
            operation.touches += freed.map { sequence in
                let free = PostgreSQLObject(sequence.now, .sequence(sequence.free))
                return Step.Touch(
                    object: sequence.now, before: live[sequence.live]?.digest, after: free.digest)
            }
            if rename.from.path.count > 1, rename.from.path[0] != rename.to.path[0] {
                // The schema that it leaves may go after it.
                operation.releases = [.schema(rename.from.path[0])]
                operation.consumes = [.schema(rename.to.path[0])]
            }
            operation.produces = Set([rename.to] + freed.map(\.now))
            // One comes after the other, so that all are done after the last.
            if place == renames.count - 1 { operation.produces.formUnion(moved) }
            // A label or attribute is no object of its own: what uses it uses its type.
            if rename.to.kind.isPartByName {
                operation.renamedPath = Array(rename.to.path.prefix(2))
            }
            operation.destroys = [rename.from]
            for (id, set) in [
                (rename.from, \Operation.frees), (rename.to, \Operation.takes),
            ] {
                operation[keyPath: set] = Self.slots(
                    of: id,
                    like: live[RenameStatement.original(place, of: renames)]
                        ?? settled[rename.to])
            }
            return operation
        }
    }

    private static func title(of rename: Rename) -> String {
        rename.from.path.dropLast() == rename.to.path.dropLast()
            ? "Rename \(rename.from) to \(rename.to.name)"
            : "Move \(rename.from) to \(rename.to.dottedPath)"
    }

    /// The name slots of an address, as far as the kind alone tells them.
    private static func slots(of id: ObjectID, like object: PostgreSQLObject?) -> Set<NameSlot> {
        if case .plain(let plain)? = object?.definition { return plain.kind.names(id) }
        return switch id.kind {
        case .table, .view, .materializedView:
            [NameSlot(space: .relation, path: id.path), NameSlot(space: .type, path: id.path)]
        case .index, .sequence: [NameSlot(space: .relation, path: id.path)]
        case .enum: [NameSlot(space: .type, path: id.path)]
        case .column: [NameSlot(space: .column, path: id.path)]
        case .constraint:
            [
                NameSlot(space: .constraint, path: id.path),
                NameSlot(space: .relation, path: [id.path[0], id.name]),
            ]
        default: [NameSlot(space: .other, path: [id.kind.rawValue] + id.path)]
        }
    }

    private func renameTouches(
        _ rename: Rename, of old: PostgreSQLObject?, live: Catalog<PostgreSQLObject>
    ) -> [Step.Touch] {
        var touches: [Step.Touch] = []
        if let old {
            touches.append(.init(object: rename.from, before: old.digest, after: nil))
        }
        if let new = settled[rename.to] {
            touches.append(.init(object: new.id, before: nil, after: new.digest))
        }
        if let type = rename.to.typeOfPart {
            touches.append(
                .init(object: type, before: live[type]?.digest, after: settled[type]?.digest))
        }
        return touches
    }

    private func renameEffects(_ rename: Rename) -> Effects {
        var effects = Effects()
        let relation: ObjectID? =
            switch rename.from.kind {
            case .table, .view, .materializedView, .sequence: rename.from
            case .column, .constraint, .policy:
                .table(rename.from.path[0], rename.from.path[1])
            case .trigger, .rule: settled[rename.to]?.parent
            default: nil
            }
        if let relation { effects.locks = [.accessExclusive(relation)] }
        if rename.to.kind == .attribute, let type = rename.to.typeOfPart {
            effects.locks = typedTables(of: type).filter(exists).map { .accessExclusive($0) }
        }
        switch rename.from.kind {
        case .index:
            effects.locks = [
                Effects.Lock(
                    relation: rename.from, mode: "SHARE UPDATE EXCLUSIVE", blocks: .maintenance)
            ]
        case .constraint, .domainConstraint, .trigger, .policy, .rule, .statistics: break
        case .role:
            effects.breaks = [
                .init(
                    object: rename.from,
                    consequence: "who signs in as \(rename.from.name) is refused, and a password "
                        + "that is kept as MD5 is gone")
            ]
        case .sequence:
            effects.breaks = [
                .init(
                    object: rename.from,
                    consequence: "statements that name the sequence fail", isFailure: true)
            ]
        default:
            effects.breaks = [
                .init(
                    object: rename.from,
                    consequence: "statements that use the old name \(rename.from.name) fail")
            ]
        }
        return effects
    }
}
