import Execution
import Planning
import SchemaCore
import Testing

/// Steps that fail, locks that are not had, connections that are lost, and runs that are cancelled.
@Suite struct ApplyFailureTests {
    private let plan = Samples.plan([
        Samples.step("a"), Samples.step("b", in: .shared(1)), Samples.step("c", in: .shared(1)),
        Samples.step("d", in: .none),
    ])

    /// A machine that waits for the run of the step of this number.
    private func running(_ number: Int) -> ApplyMachine {
        var (machine, command) = Samples.running(plan)
        while command != .run(plan.steps[number]) {
            switch command {
            case .checkLock: command = machine.event(.lockHeld(true))
            case .run: command = machine.event(.ran(milliseconds: 1))
            case .record: command = machine.event(.recorded(9))
            case .begin, .commit: command = machine.event(.done)
            default: preconditionFailure("\(command) on the way")
            }
        }
        return machine
    }

    @Test(arguments: [EngineError.Kind.refused, .privilege, .cancelled, .unsupported])
    func whatCannotHelpToTryAgainFails(_ kind: EngineError.Kind) {
        var machine = running(0)
        let error = Samples.error(kind)
        #expect(machine.event(.failed(error)) == .rollback)
        #expect(
            machine.event(.done)
                == .record([
                    .stepFailed(attempt: 1, step: "make:a", code: "XX000", message: "\(kind)"),
                    .attemptEnded(attempt: 1, result: .failed, fingerprint: nil),
                ]))
        #expect(
            machine.event(.recorded(3))
                == .finish(
                    .failed(
                        ApplyFailure(
                            step: plan.steps[0], error: error, done: 0, total: 4,
                            isResumable: false))))
    }

    /// Where there is one writer for a whole database, the waiting is before the first statement.
    @Test func aTransactionThatCannotBeginIsTriedAgain() {
        var (machine, command) = Samples.running(plan)
        let error = Samples.error(.lockTimeout)
        for next in 2...3 {
            #expect(command == .checkLock)
            if next == 3 { #expect(machine.event(.lockHeld(true)) == .begin) }
            #expect(machine.event(.failed(error)) == .rollback)
            #expect(machine.event(.done) == .findBlockers(plan.steps[0]))
            #expect(machine.event(.blockers([])) == .pause(beforeTry: next))
            command = machine.event(.done)
        }
        #expect(machine.event(.lockHeld(true)) == .begin)
        #expect(machine.event(.failed(error)) == .rollback)
        #expect(machine.event(.done) == .findBlockers(plan.steps[0]))
        guard case .record = machine.event(.blockers([])) else {
            Issue.record("there are three tries")
            return
        }
    }

    /// Nothing has been begun, so that nothing has to be rolled back.
    @Test func oldTransactionsInTheWayAreWaitedForOutsideOfOne() {
        var (machine, command) = Samples.running(plan)
        let holder = LockHolder(summary: "process 5")
        for next in 2...3 {
            #expect(command == .checkLock)
            #expect(machine.event(.obstructed([holder])) == .pause(beforeTry: next))
            guard case .retry(plan.steps[0], let error, [holder], next, 3) = machine.takeNews().last
            else {
                Issue.record("who is in the way is told")
                return
            }
            #expect(error.kind == .lockTimeout)
            command = machine.event(.done)
        }
        guard case .record(let events) = machine.event(.obstructed([holder])),
            case .finish(.failed(let failure)) = machine.event(.recorded(3))
        else {
            Issue.record("there are three tries")
            return
        }
        #expect(events.count == 2 && failure.blockers == [holder] && failure.done == 0)
    }

    @Test(arguments: [EngineError.Kind.lockTimeout, .conflict])
    func aLockThatIsNotHadIsTriedAgainAFewTimes(_ kind: EngineError.Kind) {
        var machine = running(2)
        _ = machine.takeNews()
        let error = Samples.error(kind)
        let holder = LockHolder(summary: "process 5")
        for next in 2...3 {
            #expect(machine.event(.failed(error)) == .rollback)
            #expect(machine.event(.done) == .findBlockers(plan.steps[2]))
            #expect(machine.event(.blockers([holder])) == .pause(beforeTry: next))
            #expect(
                machine.takeNews().last
                    == .retry(
                        plan.steps[2], after: error, blockers: [holder], nextTry: next, of: 3))
            // The whole group runs again, after another look at the lock.
            #expect(machine.event(.done) == .checkLock)
            #expect(machine.events(.lockHeld(true), .done) == .run(plan.steps[1]))
            #expect(machine.events(.ran(milliseconds: 1), .recorded(4)) == .run(plan.steps[2]))
        }
        #expect(machine.events(.failed(error), .done) == .findBlockers(plan.steps[2]))
        #expect(
            machine.event(.blockers([holder]))
                == .record([
                    .stepFailed(attempt: 1, step: "make:c", code: "XX000", message: "\(kind)"),
                    .attemptEnded(attempt: 1, result: .failed, fingerprint: nil),
                ]))
        #expect(
            machine.event(.recorded(5))
                == .finish(
                    .failed(
                        ApplyFailure(
                            step: plan.steps[2], error: error, blockers: [holder], done: 1,
                            total: 4, isResumable: false))))
    }

    @Test func triesAreCountedForEachGroup() {
        var machine = running(0)
        let error = Samples.error(.lockTimeout)
        #expect(machine.events(.failed(error), .done, .blockers([])) == .pause(beforeTry: 2))
        _ = machine.events(
            .done, .lockHeld(true), .done, .ran(milliseconds: 1), .recorded(3), .done)
        _ = machine.events(.lockHeld(true), .done)
        #expect(machine.events(.failed(error), .done, .blockers([])) == .pause(beforeTry: 2))
    }

    @Test func blockersThatCannotBeReadAreNotNamed() {
        var machine = running(0)
        _ = machine.events(.failed(Samples.error(.lockTimeout)), .done)
        #expect(machine.event(.failed(Samples.error(.privilege))) == .pause(beforeTry: 2))
    }

    @Test func aRefusedCommitIsAFailureOfTheGroup() {
        var machine = running(2)
        #expect(machine.events(.ran(milliseconds: 1), .recorded(3)) == .commit)
        #expect(machine.event(.failed(Samples.error(.refused))) == .rollback)
        guard case .record(let events) = machine.event(.done) else {
            Issue.record("the failure has to be recorded")
            return
        }
        #expect(
            events.first
                == .stepFailed(attempt: 1, step: "make:c", code: "XX000", message: "refused"))
    }

    @Test func whatAFailedBuildLeftIsRemoved() {
        var machine = running(3)
        let clean = [Statement("clean d")]
        #expect(machine.event(.failed(Samples.error(.refused))) == .examine(plan.steps[3]))
        #expect(machine.event(.outcome(.partial(repair: clean))) == .repair(clean))
        #expect(machine.takeNews().last == .repairing(plan.steps[3]))
        #expect(machine.event(.done) == .examine(plan.steps[3]))
        guard case .record(let events) = machine.event(.outcome(.notStarted)) else {
            Issue.record("the failure has to be recorded")
            return
        }
        #expect(
            events.first
                == .stepFailed(attempt: 1, step: "make:d", code: "XX000", message: "refused"))
    }

    @Test func whatARepairHasFinishedIsDone() {
        var machine = running(3)
        let finish = Outcome.partial(repair: [Statement("finish d")])
        let done = ApplyMachine.Command.record([
            .stepDone(attempt: 1, step: "make:d", milliseconds: 0)
        ])
        _ = machine.event(.failed(Samples.error(.refused)))
        _ = machine.events(.outcome(finish), .done)
        #expect(machine.event(.outcome(.done)) == done)
    }

    @Test func whatARepairDoesNotMendIsNotRepairedAgain() {
        var machine = running(3)
        let half = Outcome.partial(repair: [Statement("finish d")])
        _ = machine.event(.failed(Samples.error(.conflict)))
        _ = machine.events(.outcome(half), .done)
        #expect(machine.event(.outcome(half)) == .findBlockers(plan.steps[3]))
    }

    @Test func aBuildThatIsThereAfterAFailureIsDone() {
        var machine = running(3)
        _ = machine.event(.failed(Samples.error(.cancelled)))
        #expect(
            machine.event(.outcome(.done))
                == .record([.stepDone(attempt: 1, step: "make:d", milliseconds: 0)]))
        #expect(machine.event(.recorded(3)) == .inspect)
    }

    @Test func aBuildInConflictIsTriedAgain() {
        var machine = running(3)
        _ = machine.event(.failed(Samples.error(.conflict)))
        #expect(machine.event(.outcome(.notStarted)) == .findBlockers(plan.steps[3]))
        #expect(machine.event(.blockers([])) == .pause(beforeTry: 2))
    }

    @Test func aLostLockEndsTheRunWithoutAWord() {
        var (machine, _) = Samples.running(plan)
        guard case .finish(.failed(let failure)) = machine.event(.lockHeld(false)) else {
            Issue.record("the run has to fail")
            return
        }
        #expect(failure.isResumable && failure.done == 0)
    }

    @Test func aLossInACommitIsLookedUpInTheJournal() throws {
        var machine = running(0)
        #expect(machine.events(.ran(milliseconds: 1), .recorded(2)) == .commit)
        let error = Samples.error(.connectionLost)
        #expect(machine.event(.failed(error)) == .reconnect)
        #expect(machine.takeNews().last == .reconnecting(error))
        #expect(machine.event(.done) == .acquireLock)
        #expect(machine.event(.locked(holder: nil)) == .readJournal)
        let done = JournalEvent.stepDone(attempt: 1, step: "make:a", milliseconds: 1)
        #expect(
            machine.event(.journal(.init(lastAttempt: try Samples.attempt(plan, [done]))))
                == .inspect)
        let live = [Samples.id("a"): Samples.digest("new")]
        #expect(
            machine.event(.inspected(.init(all: live, managed: live)))
                == .record([.attemptResumed(attempt: 1, actor: "me")]))
        #expect(machine.event(.recorded(3)) == .checkLock)
        #expect(machine.events(.lockHeld(true), .done) == .run(plan.steps[1]))
    }

    @Test func aSecondLossAtOnePlaceEndsTheRun() throws {
        var machine = running(0)
        _ = machine.events(.failed(Samples.error(.connectionLost)), .done, .locked(holder: nil))
        _ = machine.event(.journal(.init(lastAttempt: try Samples.attempt(plan))))
        _ = machine.events(.inspected(.init(all: [:], managed: [:])), .recorded(2))
        #expect(machine.events(.lockHeld(true), .done) == .run(plan.steps[0]))
        guard
            case .finish(.failed(let failure)) = machine.event(
                .failed(Samples.error(.connectionLost)))
        else {
            Issue.record("the run has to fail")
            return
        }
        #expect(failure.isResumable && failure.step == plan.steps[0])
    }

    @Test func theOldProcessMayHoldTheLockForAWhile() {
        var machine = running(0)
        let holder = LockHolder(summary: "process 1")
        _ = machine.events(.failed(Samples.error(.connectionLost)), .done)
        #expect(machine.event(.locked(holder: holder)) == .pause(beforeTry: 2))
        #expect(machine.takeNews().last == .waitingForLock(holder))
        #expect(machine.events(.done, .done) == .acquireLock)
        #expect(machine.event(.locked(holder: holder)) == .pause(beforeTry: 3))
        _ = machine.events(.done, .done)
        guard case .finish(.failed(let failure)) = machine.event(.locked(holder: holder)) else {
            Issue.record("the run has to fail")
            return
        }
        #expect(failure.error.message.contains("process 1"))
    }

    @Test func aServerThatComesBackIsWaitedFor() {
        var machine = running(0)
        _ = machine.event(.failed(Samples.error(.connectionLost)))
        #expect(machine.event(.failed(Samples.error(.unreachable))) == .pause(beforeTry: 2))
        #expect(machine.event(.done) == .reconnect)
        #expect(machine.event(.failed(Samples.error(.unreachable))) == .pause(beforeTry: 3))
        #expect(machine.event(.done) == .reconnect)
        guard
            case .finish(.failed(let failure)) = machine.event(.failed(Samples.error(.unreachable)))
        else {
            Issue.record("the run has to fail")
            return
        }
        #expect(failure.error.kind == .unreachable && failure.isResumable)
    }

    @Test func whatAnotherRunDidAfterALossIsNotTouched() throws {
        var machine = running(0)
        _ = machine.events(.failed(Samples.error(.connectionLost)), .done, .locked(holder: nil))
        let ended = JournalEvent.attemptEnded(attempt: 1, result: .abandoned, fingerprint: nil)
        guard
            case .finish(.failed(let failure)) = machine.event(
                .journal(.init(lastAttempt: try Samples.attempt(plan, [ended]))))
        else {
            Issue.record("the run has to fail")
            return
        }
        #expect(!failure.isResumable)
    }

    @Test func aLossWhileTheEndIsRecordedIsLookedUp() throws {
        let plan = Samples.plan([Samples.step("a")])
        var (machine, _) = Samples.running(plan)
        let live = [Samples.id("a"): Samples.digest("new")]
        _ = machine.events(.lockHeld(true), .done, .ran(milliseconds: 1), .recorded(2), .done)
        _ = machine.event(.inspected(.init(all: live, managed: live)))
        #expect(machine.event(.failed(Samples.error(.connectionLost))) == .reconnect)
        #expect(machine.events(.done, .locked(holder: nil)) == .readJournal)
        let ended = JournalEvent.attemptEnded(
            attempt: 1, result: .applied, fingerprint: plan.desiredDigest)
        #expect(
            machine.event(.journal(.init(lastAttempt: try Samples.attempt(plan, [ended]))))
                == .finish(.applied(attempt: 1, steps: 1)))
    }

    @Test func aLossBeforeAnythingBeganIsAFailure() {
        var machine = Samples.machine()
        _ = machine.event(.start)
        guard
            case .finish(.failed(let failure)) = machine.event(
                .failed(Samples.error(.connectionLost)))
        else {
            Issue.record("the run has to fail")
            return
        }
        #expect(failure.step == nil && !failure.isResumable)
    }

    @Test func aCancelledStepIsRolledBackAndItsAttemptStaysOpen() {
        var machine = running(2)
        #expect(machine.event(.cancelled) == .rollback)
        #expect(machine.event(.done) == .finish(.interrupted(done: 1, of: 4)))
    }

    @Test func aCancelledBuildIsLeftToTheNextRun() {
        var machine = running(3)
        #expect(machine.event(.cancelled) == .finish(.interrupted(done: 3, of: 4)))
    }

    @Test func cancellingBeforeAPlanEndsAtOnce() {
        var machine = Samples.machine()
        _ = machine.event(.start)
        #expect(machine.event(.cancelled) == .finish(.interrupted(done: 0, of: 0)))
    }

    @Test func cancellingAPauseEndsAtOnce() {
        var machine = running(0)
        _ = machine.events(.failed(Samples.error(.lockTimeout)), .done, .blockers([]))
        #expect(machine.event(.cancelled) == .finish(.interrupted(done: 0, of: 4)))
    }
}
