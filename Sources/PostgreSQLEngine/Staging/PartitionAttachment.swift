// Owns the steps that attach a table with rows. Invariant: while the server holds a table against
// everybody it looks at no row, wherever the bound can be told as a condition.

import Planning
import SchemaCore

extension Reparentings {
    /// A check that is validated before spares the server the look at all rows while it holds the
    /// table: one of the bound on the table itself, and one of all else on the partition that has
    /// had such rows so far (PostgreSQL manual, ALTER TABLE, "ATTACH PARTITION"). The checks go
    /// when they have served, each in a step of its own.
    func attachment(_ move: Move, _ names: inout StagingNames) -> [Operation] {
        let parent = move.newParents[0]
        let condition = context.desired[move.id]?.partition?.condition
        let keeper = context.tree.defaultPartition(of: parent).flatMap { $0 == move.id ? nil : $0 }
        var proofs: [BoundProof] = []
        if let condition {
            proofs.append(proof(of: condition, for: move, on: move.id, &names))
            if let keeper, isProvable(keeper, below: parent) {
                proofs.append(proof(of: condition, for: move, on: keeper, &names))
            }
        }
        let adapting = adaptation(move)
        var attach = operation(
            "attach", [move], title: "Attach \(move.id) to \(parent)",
            adapting.statements + [attaching(move, to: move.to)],
            undo: [detaching(move, from: move.to)] + adapting.undo, phase: .expand)
        attach.takes = Self.bounds(of: move.newParents).union(triggers(of: move))
        attach.effects = locked(move, .shareUpdateExclusive(parent))
        attach.effects.builds = missingIndexes(move)
        attach.probes = adapting.probes
        let proven = proofs.map(\.table)
        attach.effects.scans.removeAll(where: proven.contains)
        if !proven.contains(move.id) || !adapting.statements.isEmpty {
            attach.effects.scans.insert(move.id, at: 0)
        }
        if let keeper, let condition, !proven.contains(keeper) {
            attach.probes.append(strangers(in: keeper, move.id, condition))
        }
        let steps =
            proofs.flatMap { [$0.addition(context), $0.validation(context)] } + [attach]
            + proofs.map { $0.removal(context) }
        return steps.enumerated().map { place, operation in
            var operation = operation
            // The bound speaks of columns as they are called after the renames.
            if operation.verb != "attach" {
                operation.consumes = Set(move.before.map(\.id).filter { $0.kind == .column })
            }
            operation.sequenceKey = move.id
            operation.sequence = place
            return operation
        }
    }

    private func proof(
        of condition: VerbatimSQL, for move: Move, on table: ObjectID,
        _ names: inout StagingNames
    ) -> BoundProof {
        let probe =
            table == move.id
            ? context.probe(
                "outsiders", counting: "rows of \(table.dottedPath) that its bound does not take",
                of: table,
                """
                SELECT count(*) FROM \(context.former.rows(of: table)) \
                WHERE (\(verbatim: condition)) IS NOT TRUE
                """, .fails) : strangers(in: table, move.id, condition)
        return BoundProof(
            table: table, partition: move.id, condition: condition,
            name: names.free(in: table.path[0], table.name, nil, "lockstep_bound"), probe: probe)
    }

    /// Whether a check tells the server that no row belongs elsewhere: below other partitions it
    /// compares the bound alone, and what is known here is the bound with all those above.
    private func isProvable(_ keeper: ObjectID, below parent: ObjectID) -> Bool {
        guard context.exists(keeper),
            case .table(let before)? = context.settled[keeper]?.definition,
            case .table(let after)? = context.desired[keeper]?.definition,
            case .table(let above)? = context.settled[parent]?.definition
        else { return false }
        return before.origin == after.origin && !above.isPartition
    }

    /// Rows of the default partition that would belong into another one.
    private func strangers(
        in keeper: ObjectID, _ table: ObjectID, _ condition: VerbatimSQL
    ) -> Probe {
        context.probe(
            "strangers",
            counting: "rows of \(keeper.dottedPath) that belong into \(table.dottedPath)",
            of: keeper,
            """
            SELECT count(*) FROM \(context.former.rows(of: keeper)) \
            WHERE (\(verbatim: condition))
            """, .fails)
    }
}

/// A check that tells which rows a table has, for as long as a partition is being attached.
private struct BoundProof {
    /// The table that gets it: the partition, or the one for all rows that no other takes.
    let table: ObjectID
    let partition: ObjectID
    let condition: VerbatimSQL
    let name: String
    let probe: Probe

    private var alter: SQL { "ALTER TABLE \(name: table.path)" }
    /// It is there between the steps alone, as the server prints what its catalog says of a bound.
    private var touches: [Step.Touch] {
        let id = ObjectID.constraint(table.path[0], table.name, name)
        return [Step.Touch(object: id, before: nil, after: nil)]
    }
    private var isOwn: Bool { table == partition }
    private var removing: SQL { "\(alter) DROP CONSTRAINT \(name: name)" }
    private var adding: SQL {
        let check: SQL =
            isOwn ? "CHECK (\(verbatim: condition))" : "CHECK (NOT (\(verbatim: condition)))"
        return "\(alter) ADD CONSTRAINT \(name: name) \(check)"
    }

    func addition(_ context: PlanContext) -> Operation {
        var operation = Operation(
            "prepare", table,
            title: isOwn
                ? "Keep other rows than the bound's out of \(table)"
                : "Keep the rows of \(partition) out of \(table)",
            .statements(["\(adding) NOT VALID"]), phase: .expand,
            undo: context.exactly([removing]))
        operation.effects.locks = [.accessExclusive(table)]
        operation.touches = touches
        operation.effects.breaks = [
            .init(
                object: table,
                consequence: isOwn
                    ? "a write outside of the bound is refused"
                    : "until \(partition.dottedPath) is attached a write of rows that belong into "
                        + "it is refused", isFailure: true)
        ]
        operation.data = .kept
        return operation
    }

    func validation(_ context: PlanContext) -> Operation {
        var operation = Operation(
            "validate", table,
            title: isOwn
                ? "See that all rows of \(table) are within the bound"
                : "See that no row of \(table) belongs into \(partition)",
            .statements(["\(alter) VALIDATE CONSTRAINT \(name: name)"]), phase: .expand,
            undo: Undo(.exact, []))
        operation.effects.locks = [.shareUpdateExclusive(table)]
        operation.touches = touches
        operation.effects.scans = [table]
        operation.commitsAlone = true
        operation.data = .kept
        operation.probes = [probe]
        return operation
    }

    func removal(_ context: PlanContext) -> Operation {
        var operation = Operation(
            "drop-proof", table, title: "Drop the check that told which rows \(table) has",
            .statements([removing]), phase: .expand, undo: context.exactly([adding]))
        operation.effects.locks = [.accessExclusive(table)]
        operation.touches = touches
        operation.data = .kept
        return operation
    }
}
