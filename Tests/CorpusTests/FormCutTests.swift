import Execution
import Foundation
import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// A form whose run ends before or after each of its steps is gone on with to the same end; with
/// `LOCKSTEP_FULL=1` on every version, else on the newest that tests run on.
///
/// Time budget: 90 s on two processors.
@Suite struct FormCutTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The case of the corpus that has both states.
        var folder: String
        /// The steps that the form has to make, at least.
        var steps: [String]
        /// The first version that has the form.
        var since = 14

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "an index is replaced", folder: "indexes/replace",
            steps: ["create-index:app.t_i_lockstep_new", "exchange-index:app.t_i"]),
        Case(
            name: "an index comes to partitions", folder: "partitions/index-by-parts",
            steps: ["create-index:app.events_id", "attach-index:app.events_1_by_region"]),
        Case(
            name: "tables are attached beside a default partition",
            folder: "partitions/attach-beside-default",
            steps: ["prepare-table:app.rest", "drop-proof-table:app.rest"]),
        Case(
            name: "partitions are detached", folder: "partitions/detach-concurrently",
            steps: ["detach-table:app.l1", "drop-bound-table:app.l1"]),
    ]

    @Test(arguments: cases)
    func aRunThatEndsAnywhereIsGoneOnWith(one: Case) async throws {
        let isFull = ProcessInfo.processInfo.environment["LOCKSTEP_FULL"] == "1"
        let majors = PrivatePostgreSQL.testMajors.filter { $0 >= one.since }
        for major in isFull ? majors : majors.suffix(1) {
            let folder = URL(fileURLWithPath: corpusFolder("postgresql/\(one.folder)"))
            let texts = try ["from.yaml", "seed.sql", "to.yaml"].map { name in
                try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            }
            let whole = try await run(texts, nil, major)
            #expect(Set(one.steps).isSubset(of: whole.steps), "\(whole.steps)")
            for place in 0..<whole.steps.count * 2 {
                let cut = try await run(texts, Cut(at: place), major)
                #expect(cut.end == whole.end, "\(one.name), cut at \(place) on \(major)")
            }
        }
    }

    /// The steps and the end of a way that is cut off, if so, and gone again.
    private func run(
        _ texts: [String], _ cut: Cut?, _ major: Int
    ) async throws -> (steps: [String], end: Digest) {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database)
            try await bench.apply(try bench.lowered(texts[0]))
            try await bench.run(texts[1])
            let to = try bench.lowered(texts[2])
            let steps = try await bench.plan(to).plan.steps.map(\.id)
            var begun: Int64?
            if let cut {
                guard case .failed(let failure) = try await bench.apply(to, cut: cut) else {
                    Issue.record("not cut off")
                    throw LiveRun.Stopped()
                }
                #expect(failure.error.kind == .unreachable, "\(failure.error)")
                begun = try await bench.lastAttempt()
            }
            let result = try await bench.apply(to)
            switch result {
            case .applied(let attempt, _):
                // The attempt goes on; no other takes its place.
                #expect(begun == nil || attempt == begun, "\(steps)")
            default: Issue.record("\(result)")
            }
            #expect(try await bench.plan(to).plan.isEmpty)
            return (steps, try await bench.fingerprint())
        }
    }
}
