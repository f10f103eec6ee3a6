import Execution
import Foundation
import Planning
import PostgreSQLClient
import SchemaCore
import Synchronization
import TestSupport
import Testing

/// Random pairs of schemas, forward and back, on a real server: each way is one apply, after
/// which there is nothing left to plan.
///
/// `LOCKSTEP_SEED=N` runs the pair N alone and prints its manifests; `LOCKSTEP_FULL=1` runs 2,000,
/// `LOCKSTEP_SEED=N-M` those from N to M.
/// Time budget: 200 s for 100 pairs on two processors.
@Suite struct PropertyTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seeds: [UInt64] = {
        let given = environment["LOCKSTEP_SEED"]?.split(separator: "-").compactMap { UInt64($0) }
        if let given, let first = given.first, let last = given.last {
            return Array(first...max(first, last))
        }
        return Array(1...(environment["LOCKSTEP_FULL"] == "1" ? 2_000 : 100))
    }()
    /// More would only wait for processors.
    private static let width = 4

    @Test(.timeLimit(.minutes(240)))
    func pairsConvergeForwardAndBack() async throws {
        let cache = try TemporaryFolder()
        let seeds = Self.seeds
        let progress = Progress()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(Self.width, seeds.count) {
                group.addTask {
                    while true {
                        let place = progress.next.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard place < seeds.count else { return }
                        let pair = Pair(seed: seeds[place], cache: cache.path)
                        if seeds.count == 1 { Self.show(pair) }
                        do {
                            let count = try await pair.run()
                            progress.tally.withLock { $0.add(count) }
                        } catch {
                            Issue.record("\(pair.described(error))")
                        }
                    }
                }
            }
        }
        let result = progress.tally.withLock { $0 }
        if seeds.count > 1 {
            #expect(result.withoutRows * 5 <= seeds.count, "\(result)")
            #expect(result.rowsKept > seeds.count)
        }
    }

    private static func show(_ pair: Pair) {
        FileHandle.standardError.write(Data(pair.texts.joined(separator: "\n#####\n").utf8))
    }
}

/// Which pair is next, and what the others came to.
private final class Progress: Sendable {
    let next = Atomic<Int>(0)
    let tally = Mutex(Tally())
}

/// What the pairs came to.
struct Tally: Sendable {
    /// Pairs whose rows stood in the way of a right change, so that they ran again without.
    var withoutRows = 0
    /// Tables whose rows were counted before and after.
    var rowsKept = 0

    mutating func add(_ other: Tally) {
        withoutRows += other.withoutRows
        rowsKept += other.rowsKept
    }
}

/// One schema, and what becomes of it.
struct Pair: Sendable {
    let seed: UInt64
    let major: Int
    let before: World
    let after: World
    let cache: String

    init(seed: UInt64, cache: String) {
        self.seed = seed
        self.cache = cache
        let majors = PrivatePostgreSQL.testMajors
        major = majors[Int(seed % UInt64(majors.count))]
        var generator = WorldGenerator(seed: seed, major: major)
        before = generator.make()
        after = generator.mutate()
    }

    /// The manifests: the first, the second, and the first again with the names that it had.
    var texts: [String] {
        [before.manifests(), after.manifests(after: before), before.manifests(after: after)]
    }

    /// A step of the pair that did not come out as it should.
    struct Failure: Error {
        var place: String
        var what: String
    }

    /// The roles that have rights; they belong to the server, so that pairs share them.
    private static let roles = ["property_reader", "property_writer"].map {
        """
        DO $$ BEGIN CREATE ROLE \($0);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
        """
    }.joined()

    /// Rows that stand in the way of a right change.
    private struct RowsInTheWay: Error {}

    func described(_ error: any Error) -> String {
        let text: String
        switch error {
        case let failure as Failure: text = "\(failure.place): \(failure.what)"
        case let error as DiagnosticsError:
            text = error.diagnostics.map { $0.rendered() }.joined(separator: "\n")
        default: text = "\(error)"
        }
        return "pair \(seed) on PostgreSQL \(major) (LOCKSTEP_SEED=\(seed) runs it alone): \(text)"
    }

    /// Goes there and back.
    func run() async throws -> Tally {
        do {
            return try await run(withRows: true)
        } catch is RowsInTheWay {
            var tally = try await run(withRows: false)
            tally.withoutRows = 1
            return tally
        }
    }

    /// Where there are no rows, nothing is in their way.
    private func inTheWay(_ place: String, _ what: String, _ hasRows: Bool) -> any Error {
        hasRows ? RowsInTheWay() : Failure(place: place, what: what)
    }

    private func run(withRows: Bool) async throws -> Tally {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let bench = Bench(database, cache: cache)
            try await bench.run(Self.roles)
            let texts = texts
            var tally = Tally()
            try await go(to: texts[0], "from empty", bench, hasRows: false)
            var hasRows = withRows
            if hasRows {
                do {
                    try await bench.run(WorldRows(before).script)
                } catch let error as PostgreSQLError {
                    guard Self.isData(error.sqlstate.map(\.rawValue)) else { throw error }
                    throw RowsInTheWay()
                }
                if before.rowsStand(inTheWayTo: after) {
                    try await bench.run(emptying(before))
                    hasRows = false
                }
            }
            try await go(to: texts[1], "forward", bench, hasRows: withRows)
            if hasRows {
                tally.rowsKept = try await countRows(bench)
                if after.rowsStand(inTheWayTo: before) { try await bench.run(emptying(after)) }
            }
            try await go(to: texts[2], "back", bench, hasRows: withRows)
            let left = try await bench.plan(bench.lowered(texts[0]))
            guard left.plan.isEmpty else {
                throw Failure(place: "back, old names gone", what: left.text)
            }
            return tally
        }
    }

    private func go(
        to text: String, _ place: String, _ bench: Bench, hasRows: Bool
    ) async throws {
        let lowering = try bench.lowered(text)
        let result: ApplyResult
        do {
            result = try await bench.apply(lowering)
        } catch let error as DiagnosticsError {
            throw Failure(
                place: place,
                what: error.diagnostics.map { $0.rendered() }.joined(separator: "\n"))
        }
        switch result {
        case .applied, .nothingToDo: break
        case .failed(let failure):
            throw inTheWay(
                place, "\(failure)", hasRows && Self.isData(failure.error.code))
        case .willFail(let failures): throw inTheWay(place, "\(failures)", hasRows)
        case .stale, .busy, .refused, .journalBroken, .interrupted, .phaseDone, .inFlight,
            .outOfOrder, .held:
            throw Failure(place: place, what: "\(result)")
        }
        let left = try await bench.plan(lowering)
        guard left.plan.isEmpty else { throw Failure(place: "\(place), again", what: left.text) }
    }

    /// Whether the class of the error says that data does not fit.
    private static func isData(_ code: String?) -> Bool {
        code.map { $0.hasPrefix("22") || $0.hasPrefix("23") } ?? false
    }

    private func emptying(_ world: World) -> String {
        let names = WorldNames(world)
        let tables = world.tables.map { names.qualified($0.id) }
        return tables.isEmpty ? "" : "TRUNCATE \(tables.joined(separator: ", ")) CASCADE"
    }

    private func countRows(_ bench: Bench) async throws -> Int {
        let names = WorldNames(after)
        let kept = after.tables.filter { before.table($0.id) != nil }
        for table in kept {
            let count = try await bench.number("SELECT count(*) FROM \(names.qualified(table.id))")
            guard count == WorldRows.count else {
                throw Failure(place: "forward", what: "\(table.name) has \(count) rows")
            }
        }
        return kept.count
    }
}
