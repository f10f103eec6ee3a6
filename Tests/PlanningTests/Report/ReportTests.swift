import Foundation
import Planning
import SchemaCore
import TestSupport
import Testing

@Suite("Reports")
struct ReportTests {
    let target = "127.0.0.1:5432/shop as app\u{1B}"
    let users = Sample.id("table", "app", "users")
    let orders = Sample.id("table", "app", "orders")
    let tags = Sample.id("table", "app", "tags")
    var applied: AppliedState {
        AppliedState(
            objects: [users: Sample.before, orders: Sample.before], desiredDigest: Sample.after,
            revision: "1f2e3d", scope: Scope(schemas: ["app"]))
    }

    func entries(_ events: [JournalEvent]) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        for (index, event) in events.enumerated() {
            entries.append(
                try JournalEntry(
                    sequence: Int64(index + 1),
                    time: "2026-01-02T03:04:0\(index).000000Z", event: event,
                    previous: entries.last?.hash))
        }
        return entries
    }

    func started() -> JournalEvent {
        .attemptStarted(
            .init(
                plan: ShopPlan.plan, risk: .destructive, acknowledged: ["drop-table:app.x"],
                actor: "ada@laptop", revision: "1f2e3d", toolVersion: "0.1.0"))
    }

    func history() throws -> HistoryReport {
        let events = [
            started(), .stepDone(attempt: 1, step: "a", milliseconds: 1_200),
            .attemptEnded(attempt: 1, result: .applied, fingerprint: Sample.after), started(),
            .stepDone(attempt: 4, step: "a", milliseconds: 30),
            .attemptResumed(attempt: 4, actor: "bob"),
            .stepFailed(attempt: 4, step: "b", code: "55P03", message: "no lock\u{1B}[2J"),
        ]
        return HistoryReport(target: target, entries: try entries(events), chainBreak: nil)
    }

    var drift: DriftReport {
        DriftReport(
            target: target, applied: applied, live: [users: Sample.after, tags: Sample.after])
    }

    @Test("drift names what was added, changed and removed")
    func drifts() throws {
        #expect(drift.drifts.map(\.change) == [.removed, .added, .changed])
        #expect(drift.drifts.map(\.object) == [orders, tags, users])
        expectGolden(
            drift.text + drift.json, at: PlanRenderingTests.golden("drift.txt"))
        let back = try JSONDecoder().decode(DriftReport.self, from: Data(drift.json.utf8))
        #expect(back == drift)
    }

    @Test("no drift, and nothing to drift from")
    func noDrift() {
        let same = DriftReport(
            target: "t", applied: applied, live: [users: Sample.before, orders: Sample.before])
        #expect(!same.hasDrift && same.liveFingerprint == same.appliedFingerprint)
        #expect(same.text == "t: no drift; it is as the last apply left it.\n")
        let never = DriftReport(target: "t", applied: nil, live: [users: Sample.before])
        #expect(!never.hasDrift && never.text.contains("nothing was applied yet"))
    }

    @Test("history tells who did what, with which result, the newest first")
    func histories() throws {
        let report = try history()
        #expect(report.attempts.map(\.number) == [4, 1])
        #expect(report.attempts.map(\.result) == [nil, .applied])
        #expect(report.attempts.map(\.milliseconds) == [30, 1_200])
        expectGolden(
            report.text + report.json, at: PlanRenderingTests.golden("history.txt"))
        let back = try JSONDecoder().decode(HistoryReport.self, from: Data(report.json.utf8))
        #expect(back == report)
    }

    @Test("a broken chain is said, in history and in status")
    func broken() throws {
        let report = HistoryReport(
            target: "t", entries: [], chainBreak: JournalBreak(sequence: 3, why: "it was changed"))
        #expect(report.text.contains("tampered with at entry 3: it was changed"))
        let none = DriftReport(target: "t", applied: nil, live: [:])
        let status = StatusReport(history: report, drift: none, pendingSteps: 0)
        #expect(!status.isInSync && status.text.contains("tampered with at entry 3"))
    }

    @Test("status puts it together")
    func status() throws {
        let status = StatusReport(history: try history(), drift: drift, pendingSteps: 2)
        #expect(!status.isInSync)
        #expect(status.unfinished?.doneSteps == 1 && status.unfinished?.isFailed == false)
        expectGolden(
            status.text + status.json, at: PlanRenderingTests.golden("status.txt"))
        let back = try JSONDecoder().decode(StatusReport.self, from: Data(status.json.utf8))
        #expect(back == status)
    }

    @Test("in sync: nothing pending, no drift, no attempt that was cut off")
    func inSync() throws {
        let same = DriftReport(
            target: "t", applied: applied, live: [users: Sample.before, orders: Sample.before])
        let whole = HistoryReport(
            target: "t",
            entries: try entries([
                started(), .attemptEnded(attempt: 1, result: .applied, fingerprint: nil),
            ]), chainBreak: nil)
        #expect(StatusReport(history: whole, drift: same, pendingSteps: 0).isInSync)
        #expect(!StatusReport(history: whole, drift: same, pendingSteps: 1).isInSync)
        let cut = HistoryReport(target: "t", entries: try entries([started()]), chainBreak: nil)
        #expect(!StatusReport(history: cut, drift: same, pendingSteps: 0).isInSync)
    }
}
