import Execution
import Planning
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What loses data is flagged, and runs only if it is acknowledged by its id; what only looks like
/// it is not, and loses no row.
///
/// Time budget: 180 s on two processors.
@Suite struct DestructiveTests {
    private static let rules: Set<String> = [DestroysData.name, LosesValues.name]

    @Test func thereAreEnough() {
        #expect(DataChange.lossy.count >= 25 && DataChange.harmless.count >= 25)
    }

    @Test(.serialized, arguments: DataChange.lossy)
    func lossIsFlaggedAndRefused(_ change: DataChange) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await prepare(change, bench)
            let rows = try await rows(change.table, bench)
            let before = try await bench.fingerprint()
            let after = try bench.lowered(DataChange.manifests(change.after))

            let assessed = try await bench.plan(after)
            let ids = assessed.plan.destructiveSteps.map(\.id)
            #expect(!ids.isEmpty, "\(assessed.text)")
            for id in ids {
                let found = assessed.assessment.findings.filter {
                    $0.step == id && Self.rules.contains($0.rule)
                }
                #expect(found.contains { $0.risk == .destructive }, "\(assessed.text)")
                #expect(found.allSatisfy { !$0.evidence.isEmpty && !$0.remedy.isEmpty })
            }
            for finding in assessed.assessment.findings where holdsRows(finding) {
                #expect(finding.evidence.contains { $0.contains("row") }, "\(finding)")
            }
            let refused = AutoApproval.authorize(
                plan: assessed.plan, assessment: assessed.assessment, autoApprove: .breaking,
                acknowledged: [])
            #expect(
                refused == .refused(.init(missing: ids, needed: nil, unknown: [])))

            let result = try await bench.apply(after, autoApprove: .breaking)
            #expect(result == .refused(.init(missing: ids, needed: nil, unknown: [])))
            #expect(try await bench.fingerprint() == before)
            #expect(try await self.rows(change.table, bench) == rows)

            try await expectApplied(after, bench, acknowledged: Set(ids))
        }
    }

    @Test(.serialized, arguments: DataChange.harmless)
    func harmlessTwinIsNot(_ change: DataChange) async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let bench = Bench(database)
            try await prepare(change, bench)
            let rows = try await rows(change.table, bench)
            let after = try bench.lowered(DataChange.manifests(change.after))
            let assessed = try await bench.plan(after)
            #expect(!assessed.plan.isEmpty)
            #expect(assessed.plan.destructiveSteps.isEmpty, "\(assessed.text)")
            #expect(assessed.assessment.risk < .destructive, "\(assessed.text)")
            #expect(!assessed.assessment.findings.contains { Self.rules.contains($0.rule) })
            try await expectApplied(after, bench, acknowledged: [])
            #expect(try await self.rows(change.newTable ?? change.table, bench) == rows)
        }
    }

    /// Whether what is lost stands in rows, which then are counted.
    private func holdsRows(_ finding: Finding) -> Bool {
        guard Self.rules.contains(finding.rule), let step = finding.step else { return false }
        return ["drop-table:", "drop-column:", "retype-column:"].contains { step.hasPrefix($0) }
    }

    private func prepare(_ change: DataChange, _ bench: Bench) async throws {
        let before = try bench.lowered(DataChange.manifests(change.before))
        guard case .applied = try await bench.apply(before) else {
            Issue.record("the state before could not be made")
            return
        }
        if !change.seed.isEmpty { try await bench.run(change.seed) }
    }

    private func expectApplied(
        _ lowering: Lowering<PostgreSQLObject>, _ bench: Bench, acknowledged: Set<String>
    ) async throws {
        let result = try await bench.apply(
            lowering, autoApprove: .breaking, acknowledged: acknowledged)
        guard case .applied = result else {
            Issue.record("\(result)")
            return
        }
        let left = try await bench.plan(lowering)
        #expect(left.plan.isEmpty, "\(left.text)")
    }

    /// How many rows there are, and all that is in them but what changes its form.
    private func rows(_ table: String, _ bench: Bench) async throws -> Int {
        table.isEmpty ? 0 : try await bench.number("select count(*) from \(table)")
    }
}
