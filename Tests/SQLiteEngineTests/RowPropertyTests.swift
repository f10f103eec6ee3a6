import Execution
import Foundation
import Planning
import Testing

@testable import SQLiteEngine

/// Random managed rows under random demands, forward and back: what manifests say is there
/// afterwards, and rows that none names are as they were.
///
/// `LOCKSTEP_SEED=N` or `N..M` runs these pairs; `LOCKSTEP_FULL=1` runs 1,000.
@Suite("Random rows of SQLite")
struct RowPropertyTests {
    @Test("each set of rows is reached from the other", .timeLimit(.minutes(30)))
    func pairs() async throws {
        for seed in Seeds.chosen(usually: 20, full: 1_000) {
            var dice = Seeded(state: seed &* 0x51_7cc1)
            let (one, other) = (RowState(&dice), RowState(&dice))
            try await withFile { file in
                try await lead(file, to: one, seed)
                try await file.run("INSERT INTO t(id, k, n) VALUES (99, 'theirs', -99)")
                try await lead(file, to: other, seed)
                try await lead(file, to: one, seed)
                let theirs = try await file.rows("SELECT k, n FROM t WHERE id = 99")
                #expect(theirs == ["'theirs',-99"], "seed \(seed)")
            }
        }
    }

    private func lead(_ file: Applied, to state: RowState, _ seed: UInt64) async throws {
        let text = state.manifests
        let plan: TargetPlan<SQLiteObject>
        do {
            plan = try await file.plan(text)
        } catch {
            Issue.record("seed \(seed): \(error)\n\(text)")
            return
        }
        let destructive = plan.plan.steps.filter { $0.data >= .lossy }.map(\.id)
        let result = try await file.apply(text, Set(destructive), risk: .breaking)
        switch result {
        case .applied, .nothingToDo: break
        default: Issue.record("seed \(seed): \(result)\n\(plan.statements)\n\(text)")
        }
        #expect(try await file.plan(text).plan.steps.map(\.id) == [], "seed \(seed)")
        #expect(
            try await file.rows("SELECT id, k, n FROM t WHERE id < 99 ORDER BY id")
                == state.expected, "seed \(seed): \(plan.statements)")
    }
}

/// Rows of a table, and what is asked of them. One set of demands lets both sets of rows be.
private struct RowState {
    private var rows: [(id: Int, k: String, n: Int?)] = []
    private var isStrict: Bool
    private var demands: [String] = []
    private var collation: String
    private var index: String
    private var mayBeNull: Bool

    init(_ dice: inout Seeded) {
        isStrict = dice.chance(50)
        collation = dice.chance(30) ? ", collation: nocase" : ""
        if dice.chance(60) { demands.append("unique: [[k]\(dice.chance(50) ? ", [n]" : "")]") }
        if dice.chance(40) { demands.append("checks: [\"n <> 0\"]") }
        index =
            switch dice.below(4) {
            case 0: "indexes:\n  i: { unique: true, columns: [n] }"
            case 1: "indexes:\n  i: { unique: true, columns: [\"(lower(k))\"] }"
            case 2: "indexes:\n  i: { unique: true, columns: [n], where: k <> 'b' }"
            default: ""
            }
        mayBeNull = dice.chance(50)
        var keys = ["a", "B", "c", "d", "E", "f"]
        var numbers = Array(1...8)
        for id in 1...6 where dice.chance(75) {
            let k = keys.remove(at: dice.below(keys.count))
            let n = numbers.remove(at: dice.below(numbers.count))
            rows.append((id, k, mayBeNull && dice.chance(20) ? nil : n))
        }
    }

    var expected: [String] { rows.map { "\($0.id),'\($0.k)',\($0.n.map(String.init) ?? "NULL")" } }

    var manifests: String {
        let values = rows.map { row in
            "  - { id: \(row.id), k: \(row.k), n: \(row.n.map(String.init) ?? "null") }"
        }
        let data =
            """
            ---
            apiVersion: lockstep.dev/v1
            kind: Data
            table: t
            key: [id]
            rows:
            \(values.joined(separator: "\n"))
            """
        return """
            apiVersion: lockstep.dev/v1
            kind: Table
            name: t
            strict: \(isStrict)
            columns:
              id: integer
              k: { type: text\(collation) }
              n: { type: integer, nullable: \(mayBeNull) }
            primaryKey: [id]
            \((demands + [index]).joined(separator: "\n"))
            \(rows.isEmpty ? "" : data)
            """
    }
}
