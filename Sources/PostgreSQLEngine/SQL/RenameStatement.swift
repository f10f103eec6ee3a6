import Planning
import SchemaCore

/// How an object gets another name and keeps its identity.
enum RenameStatement {
    /// The address that the object of one rename of a list has before all of them.
    static func original(_ place: Int, of renames: [Rename]) -> ObjectID {
        AddressMap(renames[..<place].reversed().map { Rename(from: $0.to, to: $0.from) })
            .settled(renames[place].from)
    }

    /// The statements of one rename of a list, and those that undo it.
    ///
    /// A sequence that a column owns cannot leave its table's schema, nor stay in it when the table
    /// leaves, so it is let go before.
    static func all(
        _ place: Int, of renames: [Rename], live: Catalog<PostgreSQLObject>,
        desired: Catalog<PostgreSQLObject>
    ) -> (forward: [SQL], back: [SQL]) {
        let rename = renames[place]
        let before = Array(renames[..<place])
        let first = original(place, of: renames)
        var forward = of(rename)
        var back = of(Rename(from: rename.to, to: rename.from))
        if let type = first.typeOfPart, live.objects.values.contains(where: { $0.isOf(type) }) {
            // What is done to the type is done to tables of it, which the server wants to be told.
            forward += " CASCADE"
            back += " CASCADE"
        }
        let staying = StayingSequences(renames, live: live, desired: desired)
            .released(by: place, of: renames)
        if !staying.isEmpty {
            return (
                staying.map { $0.free.ownership($0.now) } + [forward],
                [back] + staying.map { $0.owned.ownership($0.now) }
            )
        }
        if case .plain(.parameterized(let range))? = live[first]?.definition,
            range.sort == .rangeType, range.parameters["multirange_type_name"] == nil
        {
            // The multirange type is called after it and has to be told; arrays go along.
            let more = Rename(from: multirange(rename.from), to: multirange(rename.to))
            if more.from == more.to { return ([forward], [back]) }
            return (
                [forward, of(more)], [of(Rename(from: more.to, to: more.from)), back]
            )
        }
        guard rename.from.path[0] != rename.to.path[0],
            case .sequence(var sequence)? = live[first]?.definition,
            let owner = sequence.ownedBy.map(AddressMap(before).settled),
            owner.path[0] == rename.from.path[0]
        else { return ([forward], [back]) }
        sequence.ownedBy = owner
        let own = sequence.ownership(rename.from)
        sequence.ownedBy = nil
        return ([sequence.ownership(rename.from), forward], [back, own])
    }

    /// What the server calls the multirange type of a range type of itself (`CREATE TYPE`).
    static func multirange(_ range: ObjectID) -> ObjectID {
        let name: String
        if range.name.contains("range") {
            name = range.name.replacing("range", with: "multirange", maxReplacements: 1)
        } else {
            name = range.name.clipped(to: NameLimit.bytes - 11) + "_multirange"
        }
        return ObjectID(range.kind, [range.path[0], name.clipped(to: NameLimit.bytes)])
    }

    /// The statement for a rename whose addresses differ in the last name only (before a
    /// function's argument types there are no renames), or in the schema.
    static func of(_ rename: Rename) -> SQL {
        let from = rename.from
        let to = rename.to
        switch from.kind {
        case .column:
            let table = Array(from.path.prefix(2))
            return "ALTER TABLE \(name: table) RENAME COLUMN \(name: from.name) TO \(name: to.name)"
        case .constraint:
            let table = Array(from.path.prefix(2))
            return """
                ALTER TABLE \(name: table) \
                RENAME CONSTRAINT \(name: from.name) TO \(name: to.name)
                """
        case .domainConstraint:
            let domain = Array(from.path.prefix(2))
            return """
                ALTER DOMAIN \(name: domain) \
                RENAME CONSTRAINT \(name: from.name) TO \(name: to.name)
                """
        case .attribute:
            let type = Array(from.path.prefix(2))
            return """
                ALTER TYPE \(name: type) \
                RENAME ATTRIBUTE \(name: from.name) TO \(name: to.name)
                """
        case .enumLabel:
            let type = Array(from.path.prefix(2))
            return
                "ALTER TYPE \(name: type) RENAME VALUE \(literal: from.name) TO \(literal: to.name)"
        default: break
        }
        if from.words?.isInSchema == true, from.path[0] != to.path[0] {
            return "ALTER \(from.reference) SET SCHEMA \(name: to.path[0])"
        }
        return "ALTER \(from.reference) RENAME TO \(name: to.name)"
    }
}

extension String {
    /// As much of its beginning as fits, without a character cut in two.
    fileprivate func clipped(to bytes: Int) -> String {
        var out = ""
        for scalar in unicodeScalars {
            if out.utf8.count + Unicode.UTF8.width(scalar) > bytes { break }
            out.unicodeScalars.append(scalar)
        }
        return out
    }
}
