import Foundation
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

/// Runs statements in a new database in memory and reads it.
func read(_ script: String, detail: InspectionDetail = .full) async throws
    -> Inspection<SQLiteObject>
{
    let db = try await SQLiteConnection.open(.memory)
    do {
        try await db.runScript(script)
    } catch {
        await db.close()
        throw error
    }
    let inspection = try await SQLiteInspector.inspect(db, detail: detail)
    await db.close()
    return inspection
}

extension Catalog where Object == SQLiteObject {
    /// The statements that make it, tables first.
    func statements() -> [String] {
        var all = TableParts.all(in: sorted).map { $0.parts.create() }
        let others = sorted.compactMap { object -> (rank: Int, sql: SQL)? in
            switch object.definition {
            case .index(let index): (0, index.create())
            case .view(let view): (1, view.create)
            case .trigger(let trigger): (2, trigger.create)
            case .table, .column, .constraint, .data, .statement: nil
            }
        }
        all += others.sorted { $0.rank < $1.rank }.map(\.sql)
        return all.map { $0.text(.sqlite) }
    }

    var script: String { statements().joined(separator: ";\n") }
}

/// A small generator with a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &self)]
    }
}

/// The seeds of a test of random cases.
enum Seeds {
    /// `LOCKSTEP_SEED=N` or `LOCKSTEP_SEED=N..M` chooses them.
    static func chosen(usually: UInt64, full: UInt64) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        let numbers = (environment["LOCKSTEP_SEED"] ?? "").components(separatedBy: "..")
            .compactMap(UInt64.init)
        if let first = numbers.first, let last = numbers.last, first <= last {
            return Array(first...last)
        }
        return Array(1...(environment["LOCKSTEP_FULL"] == "1" ? full : usually))
    }
}
