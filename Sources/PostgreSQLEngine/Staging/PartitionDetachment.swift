// Owns the steps that take a partition from its table. Invariant: nobody waits for readers of the
// table, and of the bound nothing stays behind.

import Planning
import SchemaCore

extension Reparentings {
    /// Concurrently, but where a partition takes what no other does: then the server refuses that
    /// (PostgreSQL manual, ALTER TABLE, "DETACH PARTITION"). What is not known may be such a one.
    func detachment(_ move: Move, _ tree: PartitionTree) -> [Operation] {
        let parent = move.oldParents[0]
        var detach = operation(
            "detach", [move], title: "Detach \(move.id) from \(parent)",
            [detaching(move, from: move.from)], undo: [attaching(move, to: move.from)],
            phase: .contract)
        detach.frees = Self.bounds(of: move.oldParents)
        detach.effects = locked(move, .accessExclusive(parent))
        detach.effects.breaks = [
            .init(
                object: parent,
                consequence: "queries no longer find the rows of \(move.id.dottedPath) in it, and "
                    + "writes of such rows fail")
        ]
        guard tree.isWhole(below: parent), !tree.hasDefault(parent), !takesDefault(from: parent)
        else { return [detach] }
        let statement = detaching(move, from: move.from)
        detach.form = .concurrentDetach(
            from: parent, detach: "\(statement) CONCURRENTLY", finalize: "\(statement) FINALIZE")
        detach.effects.locks = [.shareUpdateExclusive(parent), .accessExclusive(move.id)]
        var residue = residue(of: move)
        residue.produces = detach.produces
        detach.produces = []
        return [detach, residue].enumerated().map { place, operation in
            var operation = operation
            operation.sequenceKey = move.id
            operation.sequence = place
            return operation
        }
    }

    /// The server leaves a check of the bound, under a name of its own choice, where no other check
    /// says as much.
    private func residue(of move: Move) -> Operation {
        let table: SQL = "\(literal: move.table.text(.postgreSQL))"
        let parts = move.before + move.after + context.desiredIndex.parts(of: move.id)
        let known = Set(parts.map(\.id).filter { $0.kind == .constraint }.map(\.name)).sorted()
        let names: SQL = "\(known.map { "\(literal: $0)" as SQL }.joined(", "))"
        let body: SQL = """
            DECLARE residue name;
            BEGIN
                FOR residue IN
                    SELECT conname FROM pg_catalog.pg_constraint
                    WHERE conrelid = \(table)::pg_catalog.regclass AND contype = 'c'
                        AND conislocal AND coninhcount = 0
                        AND conname <> ALL (ARRAY[\(names)]::pg_catalog.name[])
                LOOP
                    EXECUTE pg_catalog.format(
                        'ALTER TABLE %s DROP CONSTRAINT %I', \(table), residue);
                END LOOP;
            END
            """
        let text = FunctionDefinition.dollarQuoted("\n" + body.text(.postgreSQL) + "\n")
        var operation = Operation(
            "drop-bound", move.id, title: "Drop the check that \(move.id) keeps of its bound",
            .statements(["DO \(text)"]), phase: .contract, undo: Undo(.exact, []))
        operation.effects.locks = [.accessExclusive(move.id)]
        operation.data = .kept
        return operation
    }
}
