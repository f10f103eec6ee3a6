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
        let parts = move.before + move.after + context.desiredIndex.parts(of: move.id)
        let checks = Set(parts.map(\.id).filter { $0.kind == .constraint }.map(\.name)).sorted()
        detach.form = .concurrentDetach(
            from: parent, detach: "\(statement) CONCURRENTLY", finalize: "\(statement) FINALIZE",
            cleanup: cleanup(of: move, keeping: checks), keeping: checks)
        detach.effects.locks = [.shareUpdateExclusive(parent), .accessExclusive(move.id)]
        return [detach]
    }

    /// The server leaves a check of the bound, under a name of its own choice, where no other check
    /// says as much.
    private func cleanup(of move: Move, keeping checks: [String]) -> SQL {
        let table: SQL = "\(literal: move.table.text(.postgreSQL))"
        let names: SQL = "\(checks.map { "\(literal: $0)" as SQL }.joined(", "))"
        let body: SQL = """
            DECLARE residue name;
            BEGIN
                FOR residue IN
                    SELECT conname FROM pg_catalog.pg_constraint
                    WHERE conrelid = pg_catalog.to_regclass(\(table)) AND contype = 'c'
                        AND conislocal AND coninhcount = 0
                        AND conname <> ALL (ARRAY[\(names)]::pg_catalog.name[])
                LOOP
                    EXECUTE pg_catalog.format(
                        'ALTER TABLE %s DROP CONSTRAINT %I', \(table), residue);
                END LOOP;
            END
            """
        return "DO \(FunctionDefinition.dollarQuoted("\n" + body.text(.postgreSQL) + "\n"))"
    }
}
