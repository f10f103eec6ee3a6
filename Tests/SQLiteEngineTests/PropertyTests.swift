import Execution
import Foundation
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

/// Random pairs of schemas, forward and back, on real files with rows: after each way nothing is
/// left to plan, and what both schemas hold of the rows is the same as before.
///
/// `LOCKSTEP_SEED=N` or `N..M` runs these pairs; `LOCKSTEP_FULL=1` runs 5,000.
@Suite("Random pairs of SQLite schemas")
struct PropertyTests {
    private static let seeds = Seeds.chosen(usually: 300, full: 5_000)

    @Test("each is reached from the other, and rows stay", .timeLimit(.minutes(60)))
    func pairs() async throws {
        var refused = 0
        var kept = 0
        for seed in Self.seeds {
            var dice = SchemaDice(random: Seeded(state: seed &* 0x9e37_79b9))
            let (one, other) = (dice.schema(), dice.schema())
            guard let from = try? await read(one).catalog, let to = try? await read(other).catalog
            else {
                Issue.record("seed \(seed) has a schema that SQLite refuses:\n\(one)\n\(other)")
                continue
            }
            do {
                try await withBench(one) { bench in
                    for row in dice.rows(for: from) { _ = try? await bench.session.query(row) }
                    var way = Way(bench: bench, seed: seed)
                    try await way.go(from: from, to: to, dice.renames(from, to))
                    try await way.go(from: to, to: from, [])
                    refused += way.refused
                    kept += way.kept
                }
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
        if Self.seeds.count > 1 {
            #expect(refused * 2 < Self.seeds.count, "rows stood in the way too often: \(refused)")
            #expect(kept > Self.seeds.count, "too few rows were compared: \(kept)")
        }
    }
}

extension SchemaDice {
    /// Sometimes what is only here becomes what is only there.
    mutating func renames(
        _ from: Catalog<SQLiteObject>, _ to: Catalog<SQLiteObject>
    ) -> [Rename] {
        let gone = from.ids.filter { $0.kind == .table && to[$0] == nil }
        let come = to.ids.filter { $0.kind == .table && from[$0] == nil }
        var out = zip(gone, come).prefix(1).map { Rename(from: $0, to: $1) }.filter { _ in
            random.chance(40)
        }
        for table in from.ids where table.kind == .table && to[table] != nil && random.chance(40) {
            func columns(_ one: Catalog<SQLiteObject>, _ other: Catalog<SQLiteObject>) -> [ObjectID]
            {
                one.ids.filter {
                    $0.kind == .column && $0.path[0] == table.path[0] && other[$0] == nil
                }
            }
            if let old = columns(from, to).first, let new = columns(to, from).first {
                out.append(Rename(from: old, to: new))
            }
        }
        return out
    }
}

/// One way from a schema to another.
private struct Way {
    let bench: PlanBench
    let seed: UInt64
    /// How often rows stood in the way, as was said before.
    var refused = 0
    /// How many values were compared.
    var kept = 0

    mutating func go(
        from: Catalog<SQLiteObject>, to: Catalog<SQLiteObject>, _ renames: [Rename]
    ) async throws {
        let planned: PlanBench.Planned
        do {
            planned = try await bench.plan(to: to, renames: renames)
        } catch let error as DiagnosticsError {
            Issue.record("seed \(seed): \(error.diagnostics.map(\.message))")
            return
        }
        #expect(planned.result.diagnostics.isEmpty, "seed \(seed)")
        #expect(
            Set(planned.result.steps.map(\.step.phase)).count <= 1,
            "seed \(seed): a transaction has one phase")
        let assessment = try await bench.assess(planned)
        let warnings = assessment.findings.filter {
            $0.rule == "MayFailOnData" && $0.severity > .info
        }
        let before = try await contents(from, to, renames, isOld: true)
        let result = try await bench.apply(planned)
        switch result {
        case .applied, .nothingToDo:
            // Sizes of tables aside, a certain failure that does not come is a false alarm.
            let false_ = warnings.filter { $0.severity == .high }
            #expect(
                false_.isEmpty, "seed \(seed): \(false_.map { "\($0.message) \($0.evidence)" })")
            let after = try await contents(from, to, renames, isOld: false)
            #expect(before == after, "seed \(seed): \(planned.statements)")
            kept += before.values.reduce(0) { $0 + $1.count }
        case .failed(let failure):
            #expect(
                !warnings.isEmpty,
                "seed \(seed): nothing was said of \(failure.error) \(planned.statements)")
            #expect(
                try await contents(from, from, [], isOld: true)
                    == contents(from, from, [], isOld: true))
            refused += 1
            for (_, table) in TableParts.all(in: from.sorted) {
                let name = SQLDialect.sqlite.quoted(name: table.definition.name)
                try await bench.session.query("DELETE FROM \(name)")
            }
            let again = try await bench.apply(try await bench.plan(to: to, renames: renames))
            guard case .applied = again else {
                Issue.record(
                    "seed \(seed): \(again)\n\(planned.statements.joined(separator: ";\n"))")
                return
            }
        case .stale, .busy, .refused, .willFail, .journalBroken, .interrupted, .phaseDone,
            .inFlight, .outOfOrder, .held:
            Issue.record("seed \(seed): \(result)")
        }
        let left = try await bench.plan(to: to)
        #expect(left.ids.isEmpty, "seed \(seed)")
    }

    /// What both schemas hold, by table: columns that are stored alike, and rowids.
    private func contents(
        _ from: Catalog<SQLiteObject>, _ to: Catalog<SQLiteObject>, _ renames: [Rename],
        isOld: Bool
    ) async throws -> [String: [String]] {
        var out: [String: [String]] = [:]
        for object in from.sorted where object.id.kind == .table {
            let newID = renames.first { $0.from == object.id }?.to ?? object.id
            guard let old = state(object.id, from), let new = state(newID, to) else { continue }
            var columns: [String] = []
            for column in old.parts.columns where column.generated == nil {
                let oldID = ObjectID.column(old.name, column.name)
                let name = renames.first { $0.from == oldID }?.to.name ?? column.name
                guard let other = new.column(name), other.generated == nil,
                    old.storage(of: column) == new.storage(of: other),
                    (old.rowIDColumn == column) == (new.rowIDColumn == other)
                else { continue }
                columns.append(isOld ? column.name : other.name)
            }
            var terms = columns.map { "quote(\(SQLDialect.sqlite.quoted(name: $0)))" }
            let hasRowIDs = old.rowIDName != nil && new.rowIDName != nil
            if hasRowIDs, old.rowIDColumn?.name == new.rowIDColumn?.name { terms.append("rowid") }
            if terms.isEmpty { terms = ["1"] }
            let list = terms.joined(separator: " || ',' || ")
            let table = SQLDialect.sqlite.quoted(name: isOld ? old.name : new.name)
            out[object.id.name] = try await bench.rows("SELECT \(list) AS v FROM \(table)").sorted()
        }
        return out
    }

    private func state(_ id: ObjectID, _ catalog: Catalog<SQLiteObject>) -> TableState? {
        TableState(
            catalog[id],
            children: (catalog.childrenByParent()[id] ?? []).compactMap { catalog[$0] })
    }
}
