// Owns what the planner asks of partitions' parts. Invariant: the server makes and drops them with
// what they are parts of; here they only get their names and how they are kept.

import Planning
import SchemaCore

extension PartDefinition: PlainKind {
    /// After all that has parts.
    var scratchRank: ScratchUnit.Rank { .view }

    func parent(of id: ObjectID) -> ObjectID? { .table(id.path[0], id.path[1]) }

    /// What the server called it when it made it, nobody knows before.
    func creation(_ id: ObjectID) -> [SQL] {
        let made = PartDefinition(
            name: name, options: above.options,
            tablespace: above.tablespace ?? Self.usualTablespace, above: above, isKey: isKey)
        return [Self.naming(id, name)] + settings(id, from: made)
    }

    /// In a scratch database only the name counts, by which others speak of it.
    func scratchCreation(_ id: ObjectID) -> [SQL] { [Self.naming(id, name)] }

    /// An index's name is its schema's, a constraint's its table's.
    func names(_ id: ObjectID) -> Set<NameSlot> {
        let holder = id.kind == .part ? [id.path[0]] : Array(id.path.prefix(2))
        return [NameSlot(space: .other, path: [id.kind.rawValue] + holder + [name])]
    }

    /// It goes with what it is a part of.
    func removal(_ id: ObjectID) -> [SQL] { [] }
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] { [] }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        let table = ObjectID.table(id.path[0], id.path[1])
        return act == .create && id.kind == .foreignKeyPart
            ? [.accessExclusive(table)] : [.shareUpdateExclusive(table)]
    }

    func describeCreation(
        _ id: ObjectID, in operation: inout Operation, _ context: PlanContext
    ) {
        let table = ObjectID.table(id.path[0], id.path[1])
        operation.title = "Name \(table)'s part of \(id.name)"
        // It goes with what it is a part of.
        operation.undo = context.exactly([])
    }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        let forward = rename(id, from: old) + settings(id, from: old)
        if forward.isEmpty { return .inPlace([]) }
        let table = ObjectID.table(id.path[0], id.path[1])
        let moves = tablespace != old.tablespace
        var operation = Operation(
            "set-part", id, title: "Change \(table)'s part of \(id.name)", .statements(forward),
            phase: moves ? .contract : .expand,
            undo: context.exactly(old.rename(id, from: self) + old.settings(id, from: self)))
        let isExclusive = moves || id.kind == .foreignKeyPart && name != old.name
        operation.effects = context.momentary([
            isExclusive ? .accessExclusive(table) : .shareUpdateExclusive(table)
        ])
        if moves {
            operation.effects.builds = [id]
            operation.data = .kept
        }
        return .inPlace([operation])
    }

    private func rename(_ id: ObjectID, from old: Self) -> [SQL] {
        if name == old.name { return [] }
        if id.kind == .foreignKeyPart {
            let table: SQL = "ALTER TABLE \(name: Array(id.path.prefix(2)))"
            return ["\(table) RENAME CONSTRAINT \(name: old.name) TO \(name: name)"]
        }
        return ["ALTER INDEX \(name: [id.path[0], old.name]) RENAME TO \(name: name)"]
    }

    /// What makes of a part that has this name already this one.
    private func settings(_ id: ObjectID, from old: Self) -> [SQL] {
        var out: [SQL] = []
        let index: SQL = "ALTER INDEX \(name: [id.path[0], name])"
        let from = old.options ?? [:]
        let to = options ?? [:]
        let reset = from.filter { to[$0.key] == nil }
        let set = to.filter { from[$0.key] != $0.value }
        if !reset.isEmpty { out.append("\(index) RESET (\(reset.parameterNames))") }
        if !set.isEmpty { out.append("\(index) SET (\(set.parameterList))") }
        if let tablespace, tablespace != old.tablespace {
            out.append("\(index) SET TABLESPACE \(name: tablespace)")
        }
        if comment != old.comment {
            let value: SQL = comment.map { "\(literal: $0)" } ?? "NULL"
            let subject: SQL =
                isKey || id.kind == .foreignKeyPart
                ? "CONSTRAINT \(name: name) ON \(name: Array(id.path.prefix(2)))"
                : "INDEX \(name: [id.path[0], name])"
            out.append("COMMENT ON \(subject) IS \(value)")
        }
        return out
    }

    // MARK: - The first name

    /// Gives a part that the server has named its own name.
    private static func naming(_ id: ObjectID, _ name: String) -> SQL {
        let path: SQL = "\(name: Array(id.path.prefix(2)))"
        let table: SQL = "\(literal: path.text(.postgreSQL))"
        let isForeignKey = id.kind == .foreignKeyPart
        let rename: SQL =
            isForeignKey
            ? "'ALTER TABLE %s RENAME CONSTRAINT %I TO %I', \(table), part, \(literal: name)"
            : "'ALTER INDEX %I.%I RENAME TO %I', \(literal: id.path[0]), part, \(literal: name)"
        let body: SQL = """
            DECLARE part name := (
                \(isForeignKey ? foreignKey(id, table) : index(id, table)));
            BEGIN
                IF part IS NULL THEN
                    RAISE undefined_object USING MESSAGE =
                        \(literal: "no table above \(id.path[1]) declares \(id.name)");
                ELSIF part <> \(literal: name) THEN
                    EXECUTE pg_catalog.format(\(rename));
                END IF;
            END
            """
        return "DO \(FunctionDefinition.dollarQuoted("\n" + body.text(.postgreSQL) + "\n"))"
    }

    private static func index(_ id: ObjectID, _ table: SQL) -> SQL {
        """
        SELECT own.relname FROM pg_catalog.pg_index i
                JOIN pg_catalog.pg_class own ON own.oid = i.indexrelid AND own.relispartition
                JOIN pg_catalog.pg_class above
                    ON above.oid = pg_catalog.pg_partition_root(i.indexrelid)
                WHERE i.indrelid = \(table)::pg_catalog.regclass
                    AND above.relname = \(literal: id.name)
        """
    }

    private static func foreignKey(_ id: ObjectID, _ table: SQL) -> SQL {
        """
        WITH RECURSIVE up AS (
                    SELECT k.conname AS own, k.conname, k.conparentid
                    FROM pg_catalog.pg_constraint k
                    WHERE k.conrelid = \(table)::pg_catalog.regclass AND k.contype = 'f'
                    UNION ALL
                    SELECT up.own, k.conname, k.conparentid
                    FROM pg_catalog.pg_constraint k JOIN up ON k.oid = up.conparentid
                )
                SELECT up.own FROM up JOIN pg_catalog.pg_constraint k
                    ON k.conname = up.own AND k.conrelid = \(table)::pg_catalog.regclass
                JOIN pg_catalog.pg_constraint above
                    ON above.oid = k.conparentid AND above.conrelid <> k.conrelid
                WHERE up.conparentid = 0 AND up.conname = \(literal: id.name)
        """
    }
}
