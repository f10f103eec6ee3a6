import Foundation
import Planning
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

/// Two tests over `Tests/Corpus/postgresql`; cases are folders, none is in code.
///
/// Time budget: 600 s on two processors.
@Suite struct CorpusTests {
    /// The plan of a case is made again from what the live run recorded, without a server.
    @Test(arguments: CorpusCase.planned)
    func plan(of one: CorpusCase) throws {
        // While goldens are written, the live run writes both files.
        guard !LiveRun.isUpdate else { return }
        guard let text = one.text("recorded.json") else {
            Issue.record("recorded.json is missing; UPDATE_GOLDEN=1 writes it in the live run")
            return
        }
        let recording = try CanonicalJSON.decode(Recording.self, from: .init(text.utf8))
        let result = PostgreSQL().plan(recording.request)
        #expect(
            result.diagnostics.filter { $0.severity > .note }.map { $0.rendered() } == [])
        expectGolden(PlanGolden.text(result.steps), at: one.path("plan.golden"))
        expectWholePhases(result.steps.map(\.step))
    }

    /// Phases are runs of their own: each ends at the end of a transaction, and none comes again.
    private func expectWholePhases(_ steps: [Step]) {
        for (step, next) in zip(steps, steps.dropFirst()) where step.phase != next.phase {
            #expect(step.phase < next.phase, "\(next.id) comes after \(step.id)")
            switch step.transaction {
            case .own, .none: break
            case .shared:
                #expect(step.transaction != next.transaction, "\(step.id) and \(next.id)")
            }
        }
    }

    /// The whole way on a real server: from, to, and back.
    @Test(arguments: CorpusCase.runs)
    func live(_ run: CorpusCase.Run) async throws {
        let (one, major) = (run.one, run.major)
        try await LiveRun.slots.withSlot {
            try await PrivatePostgreSQL.withDatabase(major: major) { database in
                guard try await database.offers(one.expectation.requires) else { return }
                try await LiveRun(one, major: major, database: database).run()
            }
        }
    }

    /// There the column would vanish with what its expression had used.
    @Test(
        arguments: CorpusCase.all.filter {
            ["found/plain-beside-new-result", "found/plain-beside-reorder"].contains($0.name)
        })
    func aFormerExpressionHoldsOnBefore15(_ one: CorpusCase) throws {
        let text = try #require(one.text("recorded.json"))
        var recording = try CanonicalJSON.decode(Recording.self, from: .init(text.utf8))
        recording.major = 14
        let result = PostgreSQL().plan(recording.request)
        #expect(result.steps.isEmpty)
        #expect(result.diagnostics.map(\.code) == ["unsupported-change"])
        #expect(result.diagnostics.allSatisfy { $0.message.contains("would vanish with") })
    }
}
