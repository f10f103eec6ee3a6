import Execution
import Foundation
import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// Two versions of one schema, each as a script that makes it from nothing: the manifests that
/// `import` writes of one lead a database of the other there in one apply, after which there is
/// nothing left to plan and `pg_dump` writes the same of both. Then the other way round.
///
/// The pairs are `NAME-old.sql` and `NAME-new.sql` in the corpus, and below a folder that
/// `LOCKSTEP_EVOLUTION` names; `LOCKSTEP_PAIR=TEXT` takes those whose path contains the text.
/// Time budget: 20 s on two processors.
@Suite struct EvolutionTests {
    /// One way from a version to another.
    struct Way: Sendable, CustomStringConvertible {
        var name: String
        var from: String
        var to: String
        var major: Int

        var description: String { "\(name) on \(major)" }

        /// Without the empty path that `pg_dump` sets: under it the server cannot read bodies of
        /// functions that name something without its schema, where it needs them.
        static func script(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8).replacing(
                "SELECT pg_catalog.set_config('search_path', '', false);", with: "")
        }
    }

    static let ways: [Way] = {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            [corpusFolder("evolution")] + [environment["LOCKSTEP_EVOLUTION"]].compactMap(\.self)
        return folders.flatMap { folder in
            scripts(below: folder).flatMap { old -> [Way] in
                let new = String(old.dropLast("-old.sql".count)) + "-new.sql"
                let name = String(old.dropFirst(folder.count + 1).dropLast("-old.sql".count))
                if let text = environment["LOCKSTEP_PAIR"], !name.contains(text) { return [] }
                return PrivatePostgreSQL.testMajors.flatMap {
                    [
                        Way(name: name, from: old, to: new, major: $0),
                        Way(name: name + " back", from: new, to: old, major: $0),
                    ]
                }
            }
        }
    }()

    private static func scripts(below folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder).map { Array($0) } ?? [])
            .compactMap { $0 as? String }.filter { $0.hasSuffix("-old.sql") }.sorted()
            .map { folder + "/" + $0 }
    }

    @Test(arguments: ways)
    func oneVersionBecomesTheOther(_ way: Way) async throws {
        try await LiveRun.slots.withSlot {
            try await PrivatePostgreSQL.withDatabase(major: way.major) { wanted in
                try await PrivatePostgreSQL.withDatabase(major: way.major) { changed in
                    try await Self.evolve(changed, to: wanted, way)
                }
            }
        }
    }

    private static func evolve(
        _ changed: TestDatabase, to wanted: TestDatabase, _ way: Way
    ) async throws {
        let (target, model) = (Bench(changed), Bench(wanted))
        try await target.run(Way.script(way.from))
        try await model.run(Way.script(way.to))
        let lowering = try await model.lowered(model.imported().files)
        let plan = try await target.plan(lowering).plan
        let result = try await target.apply(
            lowering, acknowledged: Set(plan.destructiveSteps.map(\.id)))
        switch result {
        case .applied: break
        case .nothingToDo: #expect(plan.isEmpty)
        default: Issue.record("\(result)")
        }
        let again = try await target.plan(lowering)
        #expect(again.plan.isEmpty, "planned again: \(again.text)")
        var table = RoundTripTable()
        let different = try await table.add(
            DumpedObjects(of: wanted).withColumnsSorted,
            DumpedObjects(of: changed).withColumnsSorted)
        #expect(different.map(\.description) == [])
    }
}
