// Owns the steps that change the types of columns, with what they do to values and keys.

import Planning
import SchemaCore

extension PlanContext {
    /// The type changes, after what kept them back has left.
    func retypes(_ settlement: Settlement<PostgreSQLObject>, live: Catalog<PostgreSQLObject>)
        -> [Operation]
    {
        let addresses = AddressMap(settlement.renames)
        var before: [ObjectID: PostgreSQLObject] = [:]
        if !settlement.retyped.isEmpty {
            for object in live.objects.values { before[addresses.settled(object.id)] = object }
        }
        let freed = freedColumns(settlement, before: before, addresses)
        return freed.map(\.operation)
            + settlement.retyped.compactMap { retype in
                let column = freed.first { $0.column.id == retype.column }?.column
                guard let old = column ?? before[retype.column],
                    let new = settlement.catalog[retype.column],
                    case .column(let from) = old.definition, case .column(let to) = new.definition
                else { return nil }
                // The renames come first, so what it stands on goes by the new names.
                let needed = Set(old.dependencies.map(addresses.settled))
                var operation = self.retype(retype, old: old, new: new, from: from, to: to)
                operation.releases = needed.subtracting(operation.consumes)
                for id in tree.merged(retype.column, in: settlement.catalog).dropFirst() {
                    guard let old = before[id], let new = settlement.catalog[id] else { continue }
                    operation.produces.insert(id)
                    operation.destroys.insert(id)
                    operation.touches.append(
                        Step.Touch(object: id, before: old.digest, after: new.digest))
                }
                return operation
            }
    }

    /// The generated columns that become plain before a type changes, so that they keep what they
    /// hold: each as it is then, and how it comes to be that.
    private func freedColumns(
        _ settlement: Settlement<PostgreSQLObject>, before: [ObjectID: PostgreSQLObject],
        _ addresses: AddressMap
    ) -> [(column: PostgreSQLObject, operation: Operation)] {
        let retyped = Set(settlement.retyped.map(\.column))
        return before.sorted { $0.key < $1.key }.compactMap { id, old in
            guard let new = settlement.catalog[id], old.keepsValues(as: new),
                case .column(var definition) = old.definition
            else { return nil }
            definition.generated = nil
            let column =
                retyped.contains(id)
                ? PostgreSQLObject(
                    id, .column(definition), dependencies: new.dependencies,
                    position: old.position) : new
            var operation = expressionDrop(of: id)
            operation.produces = [id]
            operation.releases = Set(old.dependencies.map(addresses.settled)).union([id])
            // What else changes of the column comes after.
            operation.sequence = -1
            operation.touches = [
                Step.Touch(object: id, before: old.digest, after: column.digest)
            ]
            return (column, operation)
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
        let change = TypeChange(
            from: retype.from, to: retype.to, rewrites: retype.rewrites,
            isSameCollation: from.collation == to.collation)
        var operation = Operation(
            "retype", id,
            title: from.type == to.type
                ? "Change the collation of \(id)"
                : "Change the type of \(id) from \(from.type.text) to \(to.type.text)",
            .statements([set(to, cast: retype.needsCast)]),
            phase: change.isLoosening ? .expand : .contract,
            undo: Undo(
                !retype.rewrites && change.data == .kept && change.isSafeBack
                    ? .exact
                    : .shape(loses: "values written since that \(from.type.text) cannot hold"),
                statements([set(from, cast: true)])))
        operation.data = change.data
        operation.produces = [id]
        operation.destroys = [id]
        operation.consumes = (desired[id] ?? new).dependencies
        operation.touches = [Step.Touch(object: id, before: old.digest, after: new.digest)]
        operation.effects.locks = [.accessExclusive(table)]
        if retype.rewrites { operation.effects.rewrites = [table] }
        if !change.isLoosening { operation.effects.revalues = [id] }
        addWork(for: id, retype, change, to: &operation.effects)
        operation.effects.breaks = breaks(of: id, change, from: from, to: to)
        operation.effects.losses = losses(of: id, change, to: to)
        operation.probes = misfits(of: id, retype, change, from: from, to: to)
        operation.probes += keyProbes(of: id, change, to: to)
        operation.probes += checkProbes(of: id, change, to: to)
        return operation
    }

    /// What the server does again for what stands on the column (postgresql-ddl, type changes): it
    /// checks conditions and foreign keys anew, and builds indexes that sort by other rules.
    private func addWork(
        for id: ObjectID, _ retype: Settlement<PostgreSQLObject>.Retype, _ change: TypeChange,
        to effects: inout Effects
    ) {
        let table = table(of: id)
        var scans: Set<ObjectID> = []
        let standing = settledIndex.standing(on: id)
        func lock(_ lock: Effects.Lock) {
            if !effects.locks.contains(where: { $0.relation == lock.relation }) {
                effects.locks.append(lock)
            }
        }
        for object in standing {
            switch object.definition {
            case .constraint(let constraint):
                switch constraint.rule {
                case .check: scans.insert(table)
                case .foreignKey:
                    let owner = self.table(of: object.id)
                    guard let referred = constraint.referredTable(in: object.id.path[0]) else {
                        continue
                    }
                    lock(.accessExclusive(owner))
                    lock(.accessExclusive(referred))
                    if retype.rewrites { scans.insert(owner) }
                case .primaryKey, .unique, .exclusion:
                    if !change.isSameCollation { effects.builds.append(object.id) }
                }
            case .index: if !change.isSameCollation { effects.builds.append(object.id) }
            case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
                .function, .comment, .plain:
                continue
            }
        }
        if !effects.builds.isEmpty { scans.insert(table) }
        // To write a table anew is to read it.
        effects.scans = scans.subtracting(effects.rewrites).sorted()
    }

    private func breaks(
        of id: ObjectID, _ change: TypeChange, from: ColumnDefinition, to: ColumnDefinition
    ) -> [Effects.Break] {
        var breaks: [Effects.Break] = []
        if !change.isLoosening && from.type != to.type {
            breaks.append(
                .init(
                    object: id,
                    consequence: "code that expects \(from.type.text) gets \(to.type.text)",
                    isFailure: false))
        }
        if change.changesEquality {
            breaks.append(
                .init(
                    object: id, consequence: "its values are compared and sorted by other rules",
                    isFailure: false))
        }
        return breaks
    }

    private func losses(
        of id: ObjectID, _ change: TypeChange, to: ColumnDefinition
    ) -> [Effects.Loss] {
        switch change.fate {
        case .kept, .comparedAnew: []
        case .lossy:
            [
                .init(
                    object: id, relation: table(of: id),
                    what: "values that \(to.type.text) cannot hold as they are")
            ]
        case .moved:
            [
                .init(
                    object: id, relation: table(of: id),
                    what: "which moments the values mean: they are converted as times in UTC, "
                        + "whatever zone they were written in,")
            ]
        }
    }

    /// Which values do not survive, and on which the conversion fails.
    private func misfits(
        of id: ObjectID, _ retype: Settlement<PostgreSQLObject>.Retype, _ change: TypeChange,
        from: ColumnDefinition, to: ColumnDefinition
    ) -> [Probe] {
        guard change.fate == .lossy else { return [] }
        let table = table(of: id)
        var probes = [
            probe(
                "misfits",
                counting: "rows of \(table.dottedPath) whose \(id.name) does not survive",
                of: table,
                """
                SELECT count(*) FROM \(former.rows(of: table)) WHERE \
                (\(name: id.name)::\(verbatim: to.type))::\(verbatim: from.type) \
                IS DISTINCT FROM \(name: id.name)
                """, .loses)
        ]
        if let condition = change.failure(
            of: "\(name: id.name)", needsCast: retype.needsCast, to: to.type,
            majorVersion: capabilities.majorVersion)
        {
            probes.append(
                probe(
                    "unfit",
                    counting: "rows of \(table.dottedPath) whose \(id.name) cannot be converted",
                    of: table, "SELECT count(*) FROM \(former.rows(of: table)) WHERE \(condition)",
                    .fails))
        }
        return probes
    }

    /// Keys that differ now and are equal in the new type: the unique indexes that stay are built
    /// anew over them.
    private func keyProbes(
        of id: ObjectID, _ change: TypeChange, to: ColumnDefinition
    ) -> [Probe] {
        guard change.changesEquality || change.fate == .lossy else { return [] }
        let table = table(of: id)
        let converted = Self.converted(id, to)
        return settledIndex.parts(of: table).flatMap { object -> [Probe] in
            guard let key = uniqueKey(of: object, on: table), key.columns.contains(id.name),
                let after = desired[object.id], uniqueKey(of: after, on: table) == key
            else { return [] }
            let keys = key.columns.map { $0 == id.name ? "(\(converted))" : "\(name: $0)" as SQL }
            var conditions: [SQL] =
                key.nullsNotDistinct ? [] : key.columns.map { "\(name: $0) IS NOT NULL" }
            if let predicate = key.predicate { conditions.append("(\(verbatim: predicate))") }
            let filter: SQL = conditions.isEmpty ? "" : " WHERE \(conditions.joined(" AND "))"
            return [
                probe(
                    "duplicates-\(object.id.name)",
                    counting: "keys of \(object.id.name) that more than one row of "
                        + "\(table.dottedPath) has as \(to.type.text)", of: table,
                    """
                    SELECT count(*) FROM (SELECT 1 FROM \(former.rows(of: table))\(filter) \
                    GROUP BY \(keys.joined(", ")) HAVING count(*) > 1) AS duplicates
                    """, .fails, reads: object.dependencies)
            ]
        }
    }

    /// Rows that a check refuses with the new values: it is held against every row again.
    private func checkProbes(
        of id: ObjectID, _ change: TypeChange, to: ColumnDefinition
    ) -> [Probe] {
        guard change.changesEquality || change.fate != .kept else { return [] }
        let table = table(of: id)
        let parts = settledIndex.parts(of: table)
        let columns = parts.filter { $0.id.kind == .column }
            .map { column -> SQL in
                guard column.id == id else { return "\(name: column.id.name)" }
                return "\(Self.converted(id, to)) AS \(name: id.name)"
            }
        return parts.compactMap { object in
            guard object.dependencies.contains(id),
                desired[object.id] == object,
                case .constraint(let constraint) = object.definition,
                case .check(let check) = constraint.rule, check.isValidated
            else { return nil }
            return probe(
                "violators-\(object.id.name)",
                counting: "rows of \(table.dottedPath) that violate \(object.id.name) with "
                    + "\(id.name) as \(to.type.text)", of: table,
                """
                SELECT count(*) FROM (SELECT \(columns.joined(", ")) FROM \
                \(former.rows(of: table))) AS \(name: table.name) \
                WHERE NOT (\(verbatim: check.expression))
                """, .fails, reads: object.dependencies)
        }
    }

    private static func converted(_ id: ObjectID, _ to: ColumnDefinition) -> SQL {
        var converted: SQL = "(\(name: id.name)::\(verbatim: to.type))"
        if let collation = to.collation { converted += " COLLATE \(collation.sql)" }
        return converted
    }

    private struct UniqueKey: Equatable {
        let columns: [String]
        let nullsNotDistinct: Bool
        let predicate: VerbatimSQL?
    }

    /// The key that an object keeps unique by its columns alone.
    private func uniqueKey(of object: PostgreSQLObject, on table: ObjectID) -> UniqueKey? {
        switch object.definition {
        case .constraint(let constraint):
            guard object.parent == table else { return nil }
            switch constraint.rule {
            case .primaryKey(let key), .unique(let key):
                return UniqueKey(
                    columns: key.columns, nullsNotDistinct: key.nullsNotDistinct, predicate: nil)
            case .check, .foreignKey, .exclusion: return nil
            }
        case .index(let index):
            guard index.isUnique, index.owner(of: object.id) == table else {
                return nil
            }
            let columns = index.keys.compactMap { key -> String? in
                guard case .column(let name) = key.element else { return nil }
                return name
            }
            guard columns.count == index.keys.count else { return nil }
            return UniqueKey(
                columns: columns, nullsNotDistinct: index.nullsNotDistinct,
                predicate: index.predicate)
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .comment, .plain:
            return nil
        }
    }
}
