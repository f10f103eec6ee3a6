// Time budget: 5 s

import Execution
import Planning
import SchemaCore
import Testing

/// The way of a plan without trouble, and every reason not to begin.
@Suite struct ApplyMachineTests {
    private let plan = Samples.plan([Samples.step("a"), Samples.step("b", in: .none)])
    private let capabilities = Capabilities(majorVersion: 15, version: "15.1")

    @Test func whatStepsMayLoseIsKeptBeforeTheFirstIsRun() {
        var step = Samples.step("a")
        step.data = .destroyed
        let plan = Samples.plan([step])
        var machine = Samples.machine()
        _ = machine.event(.start)
        _ = machine.event(.locked(holder: nil))
        _ = machine.event(.capabilities(capabilities))
        _ = machine.event(.done)
        _ = machine.event(.journal(.init()))
        _ = machine.event(.proposed(Samples.proposal(plan)))
        #expect(machine.event(.recorded(7)) == .safeguard(plan, attempt: 7))
        var failing = machine
        #expect(machine.event(.safeguarded(Safeguard("kept"))) == .checkLock)
        #expect(machine.takeNews().last == .safeguarded(Safeguard("kept")))
        let command = failing.event(.failed(EngineError(.refused, "no room")))
        guard case .record(let events) = command else {
            Issue.record("it goes on without: \(command)")
            return
        }
        #expect(events.last == .attemptEnded(attempt: 7, result: .failed, fingerprint: nil))
    }

    @Test func aPlanIsAppliedInOrder() {
        var machine = Samples.machine()
        #expect(machine.event(.start) == .acquireLock)
        #expect(machine.event(.locked(holder: nil)) == .readCapabilities)
        #expect(machine.event(.capabilities(capabilities)) == .prepareJournal)
        #expect(machine.event(.done) == .readJournal)
        #expect(machine.event(.journal(.init())) == .makePlan)
        #expect(
            machine.event(.proposed(Samples.proposal(plan)))
                == .record([.attemptStarted(Samples.started(plan))]))
        #expect(machine.event(.recorded(7)) == .checkLock)
        #expect(machine.event(.lockHeld(true)) == .begin)
        #expect(machine.event(.done) == .run(plan.steps[0]))
        #expect(
            machine.event(.ran(milliseconds: 5))
                == .record([.stepDone(attempt: 7, step: "make:a", milliseconds: 5)]))
        #expect(machine.event(.recorded(8)) == .commit)
        #expect(machine.event(.done) == .checkLock)
        #expect(
            machine.event(.lockHeld(true))
                == .record([.stepStarted(attempt: 7, step: "make:b")]))
        #expect(machine.event(.recorded(9)) == .run(plan.steps[1]))
        #expect(
            machine.event(.ran(milliseconds: 6))
                == .record([.stepDone(attempt: 7, step: "make:b", milliseconds: 6)]))
        #expect(machine.event(.recorded(10)) == .inspect)
        let live = [Samples.id("a"): Samples.digest("new"), Samples.id("b"): Samples.digest("new")]
        let state = AppliedState(
            objects: live, desiredDigest: plan.desiredDigest, revision: "r1", scope: plan.scope)
        #expect(
            machine.event(.inspected(.init(all: live, managed: live)))
                == .recordApplied(
                    state,
                    [
                        .attemptEnded(
                            attempt: 7, result: .applied, fingerprint: plan.desiredDigest)
                    ]))
        #expect(machine.event(.recorded(11)) == .finish(.applied(attempt: 7, steps: 2)))
        #expect(
            machine.takeNews() == [
                .started(attempt: 7, done: 0, of: 2),
                .stepStarted(plan.steps[0], number: 1, of: 2),
                .stepDone(plan.steps[0], milliseconds: 5),
                .stepStarted(plan.steps[1], number: 2, of: 2),
                .stepDone(plan.steps[1], milliseconds: 6), .verifying,
            ])
        #expect(machine.takeNews() == [])
    }

    @Test func neighboursOfOneTransactionAreCommittedTogether() {
        let plan = Samples.plan([
            Samples.step("a", in: .shared(1)), Samples.step("b", in: .shared(1)),
            Samples.step("c", in: .shared(2)),
        ])
        var (machine, command) = Samples.running(plan)
        #expect(command == .checkLock)
        #expect(machine.events(.lockHeld(true), .done) == .run(plan.steps[0]))
        #expect(machine.events(.ran(milliseconds: 1), .recorded(2)) == .run(plan.steps[1]))
        #expect(machine.takeNews().filter { if case .stepDone = $0 { true } else { false } } == [])
        #expect(machine.events(.ran(milliseconds: 1), .recorded(3)) == .commit)
        #expect(machine.event(.done) == .checkLock)
        #expect(machine.events(.lockHeld(true), .done) == .run(plan.steps[2]))
    }

    @Test func aHeldLockIsTold() {
        var machine = Samples.machine()
        let holder = LockHolder(summary: "process 1")
        #expect(machine.events(.start, .locked(holder: holder)) == .finish(.busy(holder)))
        #expect(machine.state == .finished)
    }

    @Test func aBrokenJournalEndsTheRun() {
        var machine = atJournal()
        let place = JournalBreak.changed(3)
        #expect(
            machine.event(.journal(.init(firstBreak: place))) == .finish(.journalBroken(place)))
    }

    @Test(arguments: [
        Samples.plan([Samples.step("a")], engine: "other"),
        Samples.plan([Samples.step("a")], majorVersion: 16),
    ])
    func aPlanForAnotherServerIsStale(_ plan: Plan) {
        var machine = atPlan()
        let reason = PlanStale.Reason.server(
            planned: "\(plan.engine) \(plan.majorVersion)", found: "sample 15")
        #expect(
            machine.event(.proposed(Samples.proposal(plan)))
                == .finish(.stale(PlanStale(reason))))
    }

    @Test func aPlanForAnotherDesiredStateIsStale() {
        var machine = atPlan()
        let proposal = Samples.proposal(
            plan, desired: [Samples.id("x"): Samples.digest("new")])
        #expect(machine.event(.proposed(proposal)) == .finish(.stale(PlanStale(.desired))))
    }

    @Test func aPlanForAnotherLiveStateNamesWhatItsStepsDoNotFind() {
        var machine = atPlan()
        let live = [Samples.id("a"): Samples.digest("by hand")]
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: live)))
                == .finish(
                    .stale(
                        PlanStale(
                            .live,
                            differences: [.init(object: Samples.id("a"), kind: .unexpected)]))))
    }

    @Test func aPlanForAnotherLiveStateNamesWhatDiffersFromTheLastApply() {
        var machine = atJournal()
        let applied = AppliedState(
            objects: [Samples.id("x"): Samples.digest("1")], desiredDigest: plan.desiredDigest,
            revision: nil, scope: plan.scope)
        _ = machine.event(.journal(.init(applied: applied)))
        let live = [Samples.id("x"): Samples.digest("2"), Samples.id("y"): Samples.digest("3")]
        #expect(
            machine.event(.proposed(Samples.proposal(plan, live: live)))
                == .finish(
                    .stale(
                        PlanStale(
                            .live,
                            differences: [
                                .init(object: Samples.id("x"), kind: .changed),
                                .init(object: Samples.id("y"), kind: .unexpected),
                            ]))))
    }

    @Test func whatIsNotAllowedIsRefused() {
        var machine = atPlan()
        let refusal = Authorization.Refusal(missing: ["make:a"], needed: nil, unknown: [])
        let proposal = Samples.proposal(plan, authorization: .refused(refusal))
        #expect(machine.event(.proposed(proposal)) == .finish(.refused(refusal)))
    }

    @Test func aStalePlanIsNotAskedToBeAllowed() {
        var machine = atPlan()
        let refusal = Authorization.Refusal(missing: ["make:a"], needed: nil, unknown: [])
        let live = [Samples.id("a"): Samples.digest("by hand")]
        let proposal = Samples.proposal(plan, live: live, authorization: .refused(refusal))
        guard case .finish(.stale) = machine.event(.proposed(proposal)) else {
            Issue.record("the plan is stale")
            return
        }
    }

    @Test func anEmptyPlanIsRecordedOnce() {
        let live = [Samples.id("x"): Samples.digest("1")]
        let empty = Samples.plan([], live: live)
        let state = AppliedState(
            objects: live, desiredDigest: empty.desiredDigest, revision: "r1", scope: empty.scope)

        var first = atPlan()
        #expect(
            first.event(.proposed(Samples.proposal(empty, live: live)))
                == .record([.attemptStarted(Samples.started(empty))]))
        #expect(first.event(.recorded(1)) == .inspect)
        #expect(
            first.event(.inspected(.init(all: live, managed: live)))
                == .recordApplied(
                    state,
                    [
                        .attemptEnded(
                            attempt: 1, result: .applied, fingerprint: empty.desiredDigest)
                    ]))
        #expect(first.event(.recorded(2)) == .finish(.nothingToDo))

        var second = atJournal()
        _ = second.event(.journal(.init(applied: state)))
        #expect(
            second.event(.proposed(Samples.proposal(empty, live: live)))
                == .finish(.nothingToDo))
    }

    @Test func anEndThatIsNotAsDesiredIsAFailure() {
        let plan = Samples.plan([Samples.step("a")])
        var (machine, _) = Samples.running(plan)
        _ = machine.events(
            .lockHeld(true), .done, .ran(milliseconds: 1), .recorded(2), .done)
        let live = [Samples.id("a"): Samples.digest("other")]
        let fingerprint = Fingerprint.of(live)
        #expect(
            machine.event(.inspected(.init(all: live, managed: live)))
                == .record([
                    .attemptEnded(attempt: 1, result: .failed, fingerprint: fingerprint)
                ]))
        guard case .finish(.failed(let failure)) = machine.event(.recorded(3)) else {
            Issue.record("the run has to fail")
            return
        }
        #expect(failure.differences == [.init(object: Samples.id("a"), kind: .changed)])
        #expect(failure.step == nil && failure.done == 1 && !failure.isResumable)
        #expect(failure.error.message.contains("table a: changed"))
    }

    private func atJournal() -> ApplyMachine {
        var machine = Samples.machine()
        _ = machine.events(.start, .locked(holder: nil), .capabilities(capabilities), .done)
        return machine
    }

    private func atPlan() -> ApplyMachine {
        var machine = atJournal()
        _ = machine.event(.journal(.init()))
        return machine
    }
}
