import Planning
import SchemaCore

extension PlanContext {
    /// The renames, in their order: what is renamed first may make room for the next.
    func renames(_ renames: [Rename], live: Catalog<PostgreSQLObject>) -> [Operation] {
        guard let key = renames.first?.from else { return [] }
        let along = NotNullRenames(renames, live: live, context: self).byPlace
        return renames.enumerated().map { place, rename in
            let all = [rename] + (along[place] ?? [])
            let back = all.reversed().map { Rename(from: $0.to, to: $0.from) }
            var operation = Operation(
                "rename", rename.to, title: Self.title(of: rename),
                .statements(all.map(RenameStatement.of)), phase: .contract,
                undo: exactly(back.map(RenameStatement.of)))
            operation.sequence = place
            operation.sequenceKey = key
            operation.effects = renameEffects(rename)
            operation.touches = renameTouches(rename, live: live)
            if rename.from.path.count > 1, rename.from.path[0] != rename.to.path[0] {
                // The schema that it leaves may go after it.
                operation.releases = [.schema(rename.from.path[0])]
                operation.consumes = [.schema(rename.to.path[0])]
            }
            operation.produces = [rename.to]
            operation.destroys = [rename.from]
            for (id, set) in [
                (rename.from, \Operation.frees), (rename.to, \Operation.takes),
            ] {
                operation[keyPath: set] = Self.slots(
                    of: id, like: live[rename.from] ?? settled[rename.to])
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
        switch id.kind {
        case .table, .view:
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

    private func renameTouches(_ rename: Rename, live: Catalog<PostgreSQLObject>) -> [Step.Touch] {
        var touches: [Step.Touch] = []
        if let old = live[rename.from] {
            touches.append(.init(object: old.id, before: old.digest, after: nil))
        }
        if let new = settled[rename.to] {
            touches.append(.init(object: new.id, before: nil, after: new.digest))
        }
        if rename.from.kind == .enumLabel {
            let type = ObjectID.enum(rename.to.path[0], rename.to.path[1])
            touches.append(
                .init(object: type, before: live[type]?.digest, after: settled[type]?.digest))
        }
        return touches
    }

    private func renameEffects(_ rename: Rename) -> Effects {
        var effects = Effects()
        let relation: ObjectID? =
            switch rename.from.kind {
            case .table, .view, .sequence: rename.from
            case .column, .constraint: .table(rename.from.path[0], rename.from.path[1])
            default: nil
            }
        if let relation { effects.locks = [.accessExclusive(relation)] }
        switch rename.from.kind {
        case .index:
            effects.locks = [
                Effects.Lock(
                    relation: rename.from, mode: "SHARE UPDATE EXCLUSIVE", blocks: .maintenance)
            ]
        case .constraint: break
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

    /// The type changes, after what kept them back has left.
    func retypes(_ settlement: Settlement<PostgreSQLObject>, live: Catalog<PostgreSQLObject>)
        -> [Operation]
    {
        let addresses = AddressMap(settlement.renames)
        var before: [ObjectID: PostgreSQLObject] = [:]
        if !settlement.retyped.isEmpty {
            for object in live.objects.values { before[addresses.settled(object.id)] = object }
        }
        return settlement.retyped.compactMap { retype in
            guard let old = before[retype.column], let new = settlement.catalog[retype.column],
                case .column(let from) = old.definition, case .column(let to) = new.definition
            else { return nil }
            // The renames come first, so what it stands on goes by the new names.
            let needed = Set(old.dependencies.map(addresses.settled))
            var operation = self.retype(retype, old: old, new: new, from: from, to: to)
            operation.releases = needed.subtracting(operation.consumes)
            return operation
        }
    }

    private func retype(
        _ retype: Settlement<PostgreSQLObject>.Retype, old: PostgreSQLObject,
        new: PostgreSQLObject, from: ColumnDefinition, to: ColumnDefinition
    ) -> Operation {
        let id = retype.column
        let table = table(of: id)
        func set(_ column: ColumnDefinition, cast: Bool) -> SQL {
            var sql: SQL = "ALTER TABLE \(name: table.path) ALTER COLUMN \(name: id.name)"
            sql += " TYPE \(verbatim: column.type)"
            if let collation = column.collation { sql += " COLLATE \(collation.sql)" }
            if cast { sql += " USING \(name: id.name)::\(verbatim: column.type)" }
            return sql
        }
        let change = TypeChange(from: from, to: to, rewrites: retype.rewrites)
        var operation = Operation(
            "retype", id,
            title: "Change the type of \(id) from \(from.type.text) to \(to.type.text)",
            .statements([set(to, cast: retype.needsCast)]),
            phase: change.isLoosening ? .expand : .contract,
            undo: Undo(change.undoClaim, statements([set(from, cast: true)])))
        operation.data = change.data
        operation.produces = [id]
        operation.destroys = [id]
        operation.consumes = (desired[id] ?? new).dependencies
        operation.touches = [Step.Touch(object: id, before: old.digest, after: new.digest)]
        operation.effects.locks = [.accessExclusive(table)]
        if retype.rewrites { operation.effects.rewrites = [table] }
        if !change.isLoosening {
            operation.effects.breaks = [
                .init(
                    object: id,
                    consequence: "code that expects \(from.type.text) gets \(to.type.text)",
                    isFailure: false)
            ]
        }
        if change.data >= .lossy {
            operation.effects.losses = [
                .init(
                    object: id, relation: table,
                    what: "values that \(to.type.text) cannot hold as they are")
            ]
            operation.probes = [
                probe(
                    "misfits",
                    counting: "rows of \(table.dottedPath) whose \(id.name) does not survive",
                    of: table,
                    """
                    SELECT count(*) FROM \(name: table.path) WHERE \
                    (\(name: id.name)::\(verbatim: to.type))::\(verbatim: from.type) \
                    IS DISTINCT FROM \(name: id.name)
                    """, .loses)
            ]
        }
        return operation
    }
}

/// What a type change does to values.
struct TypeChange {
    let from: ColumnDefinition
    let to: ColumnDefinition
    /// Whether the scratch server wrote the storage anew.
    let rewrites: Bool

    /// Values survive if the server keeps the storage as it is, or if the new type is known to
    /// hold every value of the old; all else can change or refuse values.
    var data: DataClass {
        if !rewrites || from.type == to.type { return .kept }
        return Self.widenings.contains(Pair(from: from.type.text, to: to.type.text))
            ? .kept : .lossy
    }

    /// Whether the stored values stay as they are and only more are allowed.
    var isLoosening: Bool { !rewrites && from.collation == to.collation }

    var undoClaim: Undo.Claim {
        data == .kept && rewrites == false
            ? .exact : .shape(loses: "values written since that \(from.type.text) cannot hold")
    }

    private struct Pair: Hashable {
        let from: String
        let to: String
    }

    /// Every value of the first type has one in the second, and the way back leads to it.
    private static let widenings: Set<Pair> = {
        let numbers = ["smallint", "integer", "bigint", "numeric"]
        var out: Set<Pair> = []
        for (index, from) in numbers.enumerated() {
            for to in numbers[(index + 1)...] { out.insert(Pair(from: from, to: to)) }
        }
        for to in ["double precision", "real"] { out.insert(Pair(from: "smallint", to: to)) }
        out.insert(Pair(from: "integer", to: "double precision"))
        out.insert(Pair(from: "real", to: "double precision"))
        let printable = [
            "smallint", "integer", "bigint", "numeric", "boolean", "uuid", "date", "inet", "cidr",
            "macaddr", "json", "jsonb", "xml", "bytea", "time without time zone",
            "timestamp without time zone", "timestamp with time zone", "interval",
        ]
        for from in printable {
            for to in ["text", "character varying"] { out.insert(Pair(from: from, to: to)) }
        }
        out.insert(Pair(from: "date", to: "timestamp without time zone"))
        out.insert(Pair(from: "date", to: "timestamp with time zone"))
        return out
    }()
}
