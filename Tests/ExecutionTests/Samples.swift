// Owns the plans and values that the tests of this target share.

import Execution
import Planning
import SchemaCore

enum Samples {
    static let limits = ExecutionLimits(attempts: 3, firstPause: 100, longestPause: 1_000)

    static func id(_ name: String) -> ObjectID { ObjectID(ObjectKind(rawValue: "table"), name) }
    static func digest(_ text: String) -> Digest { Digest(of: text) }

    /// A step that brings an object from one definition to another; nil is "not there".
    static func step(
        _ name: String, from before: String? = nil, to after: String? = "new",
        in transaction: Step.Transaction = .own, phase: Phase = .expand
    ) -> Step {
        let object = id(name)
        let statement = Statement("do \(name)")
        let action: Action =
            transaction == .none
            ? .concurrentBuild(
                .init(index: object, build: statement, cleanup: Statement("clean \(name)")))
            : .statements([statement])
        return Step(
            id: "make:\(name)", title: "Make \(name)", phase: phase, action: action,
            transaction: transaction, undo: Undo(.none(reason: "a test"), []), data: .untouched,
            touches: [
                .init(object: object, before: before.map(digest), after: after.map(digest))
            ])
    }

    static func plan(
        _ steps: [Step], live: [ObjectID: Digest] = [:], desired: [ObjectID: Digest]? = nil,
        engine: String = "sample", majorVersion: Int = 15, undoes: Plan.Undone? = nil
    ) -> Plan {
        var end = live
        for touch in steps.flatMap(\.touches) { end[touch.object] = touch.after }
        return Plan(
            project: "p", environment: "e", engine: engine, majorVersion: majorVersion,
            scope: Scope(schemas: ["app"]), liveFingerprint: Fingerprint.of(live),
            desiredDigest: Fingerprint.of(desired ?? end), options: PlanningOptions(),
            steps: steps, undoes: undoes)
    }

    static func started(_ plan: Plan) -> JournalEvent.AttemptStarted {
        .init(
            plan: plan, risk: .safe, acknowledged: [], actor: "somebody", revision: "r1",
            toolVersion: "0")
    }

    static func proposal(
        _ plan: Plan, live: [ObjectID: Digest] = [:], desired: [ObjectID: Digest]? = nil,
        authorization: Authorization = .granted, replaces: Int64? = nil, isReleased: Bool = false
    ) -> ApplyMachine.Proposal {
        .init(
            authorization: authorization, attempt: started(plan), desired: desired,
            live: .init(all: live, managed: live), replaces: replaces, isReleased: isReleased)
    }

    /// An attempt as its entries tell it.
    static func attempt(_ plan: Plan, _ events: [JournalEvent] = []) throws -> JournalAttempt? {
        var entries: [JournalEntry] = []
        for event in [.attemptStarted(started(plan))] + events {
            entries.append(
                try JournalEntry(
                    sequence: Int64(entries.count + 1), time: "t", event: event,
                    previous: entries.last?.hash))
        }
        return JournalAttempt(entries)
    }

    static func error(_ kind: EngineError.Kind) -> EngineError {
        EngineError(kind, "\(kind)", code: "XX000")
    }

    static func machine(_ phase: Phase? = nil) -> ApplyMachine {
        ApplyMachine(limits: limits, engine: "sample", actor: "me", phase: phase)
    }

    /// A machine that has come to its first `checkLock` for this plan.
    static func running(_ plan: Plan) -> (ApplyMachine, ApplyMachine.Command) {
        var machine = machine()
        _ = machine.event(.start)
        _ = machine.event(.locked(holder: nil))
        _ = machine.event(.capabilities(.init(majorVersion: 15, version: "15.1")))
        _ = machine.event(.done)
        _ = machine.event(.journal(.init()))
        _ = machine.event(.proposed(proposal(plan)))
        let command = machine.event(.recorded(1))
        return (machine, command)
    }
}

extension ApplyMachine {
    /// Gives events in order and returns the command that follows the last.
    mutating func events(_ events: Event...) -> Command {
        var command: Command?
        for next in events { command = event(next) }
        guard let command else { preconditionFailure("no event was given") }
        return command
    }
}
