// Time budget: 5 s

import Execution
import Planning
import SchemaCore
import Testing

/// Phases as runs of their own: where one ends, what may follow, and what nobody may do between.
@Suite struct PhaseTests {
    private let plan = Samples.plan([
        Samples.step("a"), Samples.step("b", phase: .backfill),
        Samples.step("c", phase: .contract),
    ])
    private let afterA = [Samples.id("a"): Samples.digest("new")]

    private func state(_ objects: [ObjectID: Digest]) -> AppliedState {
        AppliedState(
            objects: objects, desiredDigest: plan.desiredDigest, revision: "r1", scope: plan.scope)
    }

    /// A machine that has read the journal, with an attempt that is at rest or cut off.
    private func machine(
        _ phase: Phase?, after events: [JournalEvent], applied: AppliedState? = nil,
        plan: Plan? = nil
    ) throws -> ApplyMachine {
        var machine = Samples.machine(phase)
        let attempt = try Samples.attempt(plan ?? self.plan, events)
        let command = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15.1")), .done,
            .journal(.init(lastAttempt: attempt, applied: applied)))
        #expect(command == .makePlan)
        return machine
    }

    private func rested(_ phase: Phase?) throws -> ApplyMachine {
        try machine(phase, after: rest, applied: state(afterA))
    }

    private var rest: [JournalEvent] {
        [
            .stepDone(attempt: 1, step: "make:a", milliseconds: 1),
            .phaseEnded(attempt: 1, phase: .expand, fingerprint: Fingerprint.of(afterA)),
        ]
    }

    private func place(ended: Phase, next: Phase, done: Int) -> InFlight {
        InFlight(attempt: 1, ended: ended, next: next, done: done, total: 3)
    }

    @Test func aPhaseEndsWithWhatItLeft() throws {
        var machine = Samples.machine(.expand)
        let first = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15.1")), .done, .journal(.init()),
            .proposed(Samples.proposal(plan)), .recorded(1), .lockHeld(true), .done,
            .ran(milliseconds: 1), .recorded(2), .done)
        #expect(first == .inspect)
        #expect(
            machine.event(.inspected(.init(all: afterA, managed: afterA)))
                == .recordApplied(
                    state(afterA),
                    [
                        .phaseEnded(
                            attempt: 1, phase: .expand, fingerprint: Fingerprint.of(afterA))
                    ]))
        #expect(
            machine.event(.recorded(3))
                == .finish(.phaseDone(place(ended: .expand, next: .backfill, done: 1))))
    }

    @Test func aPhaseThatDidNotLeaveWhatItShouldIsNoEnd() throws {
        var machine = Samples.machine(.expand)
        let command = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15.1")), .done, .journal(.init()),
            .proposed(Samples.proposal(plan)), .recorded(1), .lockHeld(true), .done,
            .ran(milliseconds: 1), .recorded(2), .done, .inspected(.init(all: [:], managed: [:])))
        guard case .record(let events) = command else {
            Issue.record("\(command)")
            return
        }
        #expect(events.map(\.isEnd) == [true])
    }

    @Test func aPhaseWithoutStepsEndsAtOnce() throws {
        let plan = Samples.plan([Samples.step("c", phase: .contract)])
        var machine = Samples.machine(.expand)
        let command = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15.1")), .done, .journal(.init()),
            .proposed(Samples.proposal(plan)), .recorded(1))
        #expect(command == .inspect)
    }

    @Test func ofAPhaseThatIsPassedNothingIsRun() throws {
        let done: [JournalEvent] = [
            .stepDone(attempt: 1, step: "make:a", milliseconds: 1),
            .stepDone(attempt: 1, step: "make:b", milliseconds: 1),
        ]
        let live = afterA.merging([Samples.id("b"): Samples.digest("new")]) { $1 }
        var machine = try machine(.expand, after: done)
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: live)))
                == .record([.attemptResumed(attempt: 1, actor: "me")]))
        #expect(machine.event(.recorded(9)) == .inspect)
        guard case .recordApplied = machine.event(.inspected(.init(all: live, managed: live)))
        else {
            Issue.record("it is not at rest")
            return
        }
        #expect(
            machine.event(.recorded(10))
                == .finish(.phaseDone(place(ended: .expand, next: .contract, done: 2))))
    }

    @Test func whatALaterPhaseChangesFurtherIsNotComparedInBetween() throws {
        let plan = Samples.plan([
            Samples.step("a", to: "half"), Samples.step("a", from: "half", phase: .contract),
        ])
        var machine = Samples.machine(.expand)
        let live = [Samples.id("a"): Samples.digest("something else")]
        let command = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15.1")), .done, .journal(.init()),
            .proposed(Samples.proposal(plan)), .recorded(1), .lockHeld(true), .done,
            .ran(milliseconds: 1), .recorded(2), .done,
            .inspected(.init(all: live, managed: live)))
        guard case .recordApplied = command else {
            Issue.record("\(command)")
            return
        }
    }

    @Test func aLaterPhaseFirstIsOutOfOrder() throws {
        var machine = Samples.machine(.contract)
        let command = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15.1")), .done, .journal(.init()),
            .proposed(Samples.proposal(plan)))
        #expect(command == .finish(.outOfOrder(first: .expand, asked: .contract)))
        var rested = try rested(.contract)
        #expect(
            rested.event(.proposed(Samples.proposal(plan, live: afterA)))
                == .finish(.outOfOrder(first: .backfill, asked: .contract)))
    }

    @Test func theNextPhaseRunsFromTheRest() throws {
        var machine = try rested(.backfill)
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: afterA)))
                == .record([.attemptResumed(attempt: 1, actor: "me")]))
        #expect(machine.event(.recorded(9)) == .checkLock)
        #expect(machine.events(.lockHeld(true), .done) == .run(plan.steps[1]))
    }

    @Test func withoutAPhaseAllThatAreLeftRun() throws {
        var machine = try rested(nil)
        var command = machine.events(
            .proposed(Samples.proposal(plan, live: afterA)), .recorded(9))
        var run: [String] = []
        loop: while true {
            switch command {
            case .checkLock: command = machine.event(.lockHeld(true))
            case .run(let step):
                run.append(step.id)
                command = machine.event(.ran(milliseconds: 1))
            case .begin, .commit: command = machine.event(.done)
            case .record: command = machine.event(.recorded(10))
            default: break loop
            }
        }
        #expect(run == ["make:b", "make:c"])
        #expect(command == .inspect)
    }

    @Test func aPhaseThatIsDoneIsDone() throws {
        var machine = try rested(.expand)
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: afterA)))
                == .finish(.phaseDone(place(ended: .expand, next: .backfill, done: 1))))
    }

    @Test func anotherPlanHasToWait() throws {
        var machine = try rested(nil)
        let other = Samples.plan([Samples.step("z")], live: afterA)
        #expect(
            machine.event(.proposed(Samples.proposal(other, live: afterA)))
                == .finish(.inFlight(place(ended: .expand, next: .backfill, done: 1))))
    }

    @Test func thePlanThatTakesItBackTakesItsPlace() throws {
        var machine = try rested(nil)
        let back = Samples.plan(
            [Samples.step("a", from: "new", to: nil)], live: afterA,
            undoes: .init(plan: plan.digest, desired: plan.desiredDigest))
        #expect(
            machine.event(.proposed(Samples.proposal(back, live: afterA, replaces: 1)))
                == .record([
                    .attemptEnded(attempt: 1, result: .abandoned, fingerprint: nil)
                ]))
        #expect(machine.event(.recorded(9)) == .record([.attemptStarted(Samples.started(back))]))
    }

    @Test func whatChangedBetweenPhasesIsStale() throws {
        var machine = try rested(.backfill)
        var live = afterA
        live[Samples.id("a")] = Samples.digest("other")
        live[Samples.id("x")] = Samples.digest("new")
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: live)))
                == .finish(
                    .stale(
                        PlanStale(
                            .betweenPhases,
                            differences: [
                                .init(object: Samples.id("a"), kind: .changed),
                                .init(object: Samples.id("x"), kind: .unexpected),
                            ]))))
    }

    @Test func theNextPhaseNeedsItsOwnConsent() throws {
        var machine = try rested(.backfill)
        let refusal = Authorization.Refusal(missing: ["make:b"], needed: nil, unknown: [])
        #expect(
            machine.event(
                .proposed(
                    Samples.proposal(plan, live: afterA, authorization: .refused(refusal))))
                == .finish(.refused(refusal)))
    }

    @Test func aStepThatFailsInALaterPhaseLeavesTheAttemptInFlight() throws {
        var machine = try rested(.backfill)
        let command = machine.events(
            .proposed(Samples.proposal(plan, live: afterA)), .recorded(9), .lockHeld(true), .done,
            .failed(Samples.error(.refused)), .done)
        #expect(
            command
                == .record([
                    .stepFailed(
                        attempt: 1, step: "make:b", code: "XX000", message: "refused")
                ]))
        guard case .finish(.failed(let failure)) = machine.event(.recorded(10)) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.isResumable)
    }

    @Test func aLaterPhaseThatWasCutOffGoesOnWhateverManifestsSay() throws {
        let cut =
            rest + [
                .attemptResumed(attempt: 1, actor: "me"),
                .stepDone(attempt: 1, step: "make:b", milliseconds: 1),
            ]
        let live = afterA.merging([Samples.id("b"): Samples.digest("new")]) { $1 }
        var machine = try machine(.contract, after: cut, applied: state(afterA))
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: live)))
                == .record([.attemptResumed(attempt: 1, actor: "me")]))
        #expect(machine.events(.recorded(9), .lockHeld(true), .done) == .run(plan.steps[2]))
        var other = try self.machine(nil, after: cut, applied: state(afterA))
        let new = Samples.plan([Samples.step("z")], live: live)
        #expect(
            other.event(.proposed(Samples.proposal(new, live: live)))
                == .finish(.inFlight(place(ended: .expand, next: .contract, done: 2))))
    }

    @Test func whatWasTakenBackIsHeldUntilItIsReleased() throws {
        let undone = Plan.Undone(plan: plan.digest, desired: plan.desiredDigest)
        let back = Samples.plan([Samples.step("a", from: "new", to: nil)], undoes: undone)
        let ended: [JournalEvent] = [.attemptEnded(attempt: 1, result: .applied, fingerprint: nil)]
        var machine = try machine(nil, after: ended, plan: back)
        #expect(machine.event(.proposed(Samples.proposal(plan))) == .finish(.held(by: 1)))
        var released = try self.machine(nil, after: ended, plan: back)
        #expect(
            released.event(.proposed(Samples.proposal(plan, isReleased: true)))
                == .record([.attemptStarted(Samples.started(plan))]))
        var changed = try self.machine(nil, after: ended, plan: back)
        let other = Samples.plan([Samples.step("z")])
        #expect(
            changed.event(.proposed(Samples.proposal(other)))
                == .record([.attemptStarted(Samples.started(other))]))
    }
}

extension JournalEvent {
    fileprivate var isEnd: Bool {
        if case .attemptEnded = self { true } else { false }
    }
}
