import Execution
import Foundation
import Planning
import PostgreSQLEngine
import SchemaCore
import Synchronization
import TestSupport
import Testing

/// A form whose run ends before or after any of its steps is gone on with to the same end, and
/// taken back to the same start; with `LOCKSTEP_FULL=1` on every version, else on the newest that
/// tests run on.
///
/// Time budget: 60 s on two processors.
@Suite struct FormCutTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Where both states are, with the rows of the first.
        var source: Source
        /// The steps that the form has to make, at least.
        var steps: [String]
        /// How many places there are from one at which it is taken back to the next, without
        /// `LOCKSTEP_FULL=1`.
        var stride = 1
        /// The first version that has the form.
        var since = 14

        var testDescription: String { name }

        enum Source: Sendable {
            /// In a case of the corpus.
            case folder(String)
            case texts(from: String, seed: String, to: String)
        }

        func texts() throws -> (from: String, seed: String, to: String) {
            switch source {
            case .texts(let from, let seed, let to): return (from, seed, to)
            case .folder(let path):
                let folder = URL(fileURLWithPath: corpusFolder("postgresql/\(path)"))
                func text(_ name: String) throws -> String {
                    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                }
                return (try text("from.yaml"), try text("seed.sql"), try text("to.yaml"))
            }
        }
    }

    static let cases: [Case] = [
        Case(
            name: "an index is replaced", source: .folder("indexes/replace"),
            steps: ["create-index:app.t_i_lockstep_new", "exchange-index:app.t_i"]),
        Case(
            name: "an index comes to partitions", source: .folder("partitions/index-by-parts"),
            steps: ["create-index:app.events_id", "attach-index:app.events_1_by_region"],
            stride: 5),
        Case(
            name: "tables are attached beside a default partition",
            source: .folder("partitions/attach-beside-default"),
            steps: ["prepare-table:app.rest", "drop-proof-table:app.rest"]),
        Case(
            name: "partitions are detached", source: .folder("partitions/detach-concurrently"),
            steps: ["detach-table:app.l1", "detach-table:app.h0"]),
        Case(
            name: "constraints come by proof, by an index and in a new form",
            source: .texts(
                from: tables(note: "{type: text, nullable: true}", ", onDelete: cascade", ""),
                seed: "INSERT INTO app.parent VALUES (1); INSERT INTO app.t VALUES (1, 1, '')",
                to: tables(note: "text", "", "primaryKey: {name: t_pkey, columns: [id]}")),
            steps: [
                "validate-constraint:app.t.t_note_lockstep_proof", "build-index:app.t_pkey",
                "replace-constraint:app.t.t_parent_fkey",
            ]),
    ]

    private static func tables(note: String, _ action: String, _ key: String) -> String {
        """
        apiVersion: lockstep.dev/v1
        kind: Table
        schema: app
        name: parent
        columns: {id: bigint}
        primaryKey: [id]
        ---
        apiVersion: lockstep.dev/v1
        kind: Table
        schema: app
        name: t
        columns: {id: bigint, parent: {type: bigint, nullable: true}, note: \(note)}
        \(key)
        foreignKeys:
          t_parent_fkey: {columns: [parent], references: parent\(action)}
        """
    }

    private static let isFull = ProcessInfo.processInfo.environment["LOCKSTEP_FULL"] == "1"

    private static func majors(_ one: Case) -> [Int] {
        let majors = PrivatePostgreSQL.testMajors.filter { $0 >= one.since }
        return isFull ? majors : majors.suffix(1)
    }

    /// One run, cut off again and again: each time at the place after the one to which it got
    /// before, or further on where that brought no step.
    @Test(arguments: cases)
    func aRunThatEndsAnywhereIsGoneOnWith(one: Case) async throws {
        for major in Self.majors(one) {
            let whole = try await Self.started(one, major) { bench, _, to in
                let steps = try await bench.plan(to).plan.steps.map(\.id)
                #expect(Set(one.steps).isSubset(of: steps), "\(steps)")
                return try await Self.finished(bench, to)
            }
            let cut = try await Self.started(one, major) { bench, _, to in
                var place = 0
                var before: JournalAttempt?
                while try await Self.isCutOff(bench, to, at: place) {
                    let now = try #require(try await bench.lastAttempt())
                    // The attempt goes on; no other takes its place.
                    #expect(before == nil || now.number == before?.number)
                    place = now.done.count > before?.done.count ?? 0 ? 1 : place + 1
                    before = now
                }
                return try await Self.finished(bench, to)
            }
            #expect(cut == whole, "\(one.name) on \(major)")
        }
    }

    /// A run that is cut off at each place, and then taken back: by `abort`, or by the manifests of
    /// before. Without `LOCKSTEP_FULL=1` a place has one of both.
    @Test(arguments: cases)
    func aRunThatEndsAnywhereIsTakenBack(one: Case) async throws {
        for major in Self.majors(one) {
            try await Self.started(one, major) { bench, from, to in
                let start = try await bench.fingerprint()
                var place = 0
                while try await Self.isCutOff(bench, to, at: place) {
                    for aborts in [true, false]
                    where Self.isFull || aborts == ((place / 2 + place) % 2 == 0) {
                        if Self.isFull, !aborts {
                            #expect(try await Self.isCutOff(bench, to, at: place))
                        }
                        let result =
                            try await aborts ? bench.takeBack() : bench.apply(from)
                        let end = try await bench.fingerprint()
                        #expect(
                            end == start,
                            "\(one.name) on \(major) at \(place), aborts: \(aborts): \(result)")
                        if end != start { throw LiveRun.Stopped() }
                    }
                    place += Self.isFull ? 1 : one.stride
                }
            }
        }
    }

    /// The state at the end, after which nothing is left to be done.
    private static func finished(
        _ bench: Bench, _ to: Lowering<PostgreSQLObject>
    ) async throws -> Digest {
        let result = try await bench.apply(to)
        switch result {
        case .applied, .nothingToDo: break
        case .phaseDone, .inFlight, .outOfOrder, .held, .stale, .busy, .refused, .willFail,
            .journalBroken, .failed, .interrupted:
            Issue.record("\(result)")
        }
        #expect(try await bench.plan(to).plan.isEmpty)
        return try await bench.fingerprint()
    }

    /// Whether the run came to a place, where it is cut off.
    private static func isCutOff(
        _ bench: Bench, _ to: Lowering<PostgreSQLObject>, at place: Int
    ) async throws -> Bool {
        let given = Mutex<String?>(nil)
        let result = try await bench.apply(to, cut: Cut(at: place)) { event in
            if case .abandoned(_, let reason) = event {
                given.withLock { $0 = "given up at place \(place): \(reason)" }
            }
        }
        if let given = given.withLock({ $0 }) { Issue.record("\(given)") }
        switch result {
        case .applied, .nothingToDo: return false
        case .failed(let failure) where failure.error.kind == .unreachable:
            try await bench.waitUntilAlone()
            return true
        case .phaseDone, .inFlight, .outOfOrder, .held, .stale, .busy, .refused, .willFail,
            .journalBroken, .failed, .interrupted:
            Issue.record("at place \(place): \(result)")
            throw LiveRun.Stopped()
        }
    }

    /// Runs with a database in the first state of a case, and the manifests of both.
    private static func started<Value>(
        _ one: Case, _ major: Int,
        _ body:
            nonisolated(nonsending) (
                Bench, _ from: Lowering<PostgreSQLObject>, _ to: Lowering<PostgreSQLObject>
            ) async throws -> Value
    ) async throws -> Value {
        let texts = try one.texts()
        let cache = try TemporaryFolder()
        return try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database, cache: cache.path)
            let from = try bench.lowered(texts.from)
            try await bench.apply(from)
            try await bench.run(texts.seed)
            return try await body(bench, from, try bench.lowered(texts.to))
        }
    }
}
