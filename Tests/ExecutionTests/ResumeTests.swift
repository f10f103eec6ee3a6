import Execution
import Planning
import SchemaCore
import Testing

/// When an attempt that was cut off goes on.
@Suite struct ResumeTests {
    private let plan = Samples.plan([
        Samples.step("a"), Samples.step("b", in: .none),
        Samples.step("a", from: "new", to: "newer"),
    ])
    private let new = Samples.digest("new")

    private func decide(
        _ done: [String], live: [String: String], desired: Digest? = nil, broken: String? = nil
    ) throws -> ResumeDecision {
        let events = done.map { JournalEvent.stepDone(attempt: 1, step: $0, milliseconds: 0) }
        let attempt = try #require(try Samples.attempt(plan, events))
        return ResumeDecision.of(
            attempt, desired: desired ?? plan.desiredDigest,
            live: Dictionary(
                uniqueKeysWithValues: live.map { (Samples.id($0.key), Samples.digest($0.value)) }),
            broken: broken)
    }

    @Test func itGoesOnWhereItsStepsFindWhatTheyExpect() throws {
        #expect(try decide([], live: [:]) == .resume(from: 0))
        #expect(try decide(["make:a"], live: ["a": "new"]) == .resume(from: 1))
        #expect(
            try decide(["make:a", "make:b"], live: ["a": "new", "b": "new"]) == .resume(from: 2))
        #expect(
            try decide(["make:a", "make:b", "make:a"], live: ["a": "newer", "b": "new"])
                == .resume(from: 3))
    }

    @Test func otherObjectsDoNotMatter() throws {
        #expect(try decide(["make:a"], live: ["a": "new", "x": "1"]) == .resume(from: 1))
    }

    @Test func anotherDesiredStateNeedsAnotherPlan() throws {
        #expect(
            try decide([], live: [:], desired: Samples.digest("else"))
                == .replan(.desiredChanged))
    }

    @Test func whatADoneStepLeftMustStillBeThere() throws {
        #expect(
            try decide(["make:a"], live: [:])
                == .replan(.objectsChanged([.init(object: Samples.id("a"), kind: .missing)])))
        #expect(
            try decide(["make:a", "make:b"], live: ["a": "new", "b": "by hand"])
                == .replan(.objectsChanged([.init(object: Samples.id("b"), kind: .changed)])))
    }

    @Test func whatAStepToComeMakesMustNotBeThere() throws {
        #expect(
            try decide(["make:a"], live: ["a": "new", "b": "by hand"])
                == .replan(.objectsChanged([.init(object: Samples.id("b"), kind: .unexpected)])))
    }

    @Test func whatABrokenStepLeftIsRemovedByIt() throws {
        #expect(
            try decide(["make:a"], live: ["a": "new", "b": "half"], broken: "make:b")
                == .resume(from: 1))
    }

    @Test func aJournalWithOtherStepsDoesNotFit() throws {
        #expect(try decide(["make:b"], live: ["b": "new"]) == .replan(.journalDoesNotFit))
        #expect(
            try decide(Array(repeating: "make:a", count: 4), live: [:])
                == .replan(.journalDoesNotFit))
    }

    @Test func anInterruptedBuildIsExaminedFirst() throws {
        var machine = Samples.machine()
        _ = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15")), .done)
        let attempt = try Samples.attempt(
            plan,
            [
                .stepDone(attempt: 1, step: "make:a", milliseconds: 1),
                .stepStarted(attempt: 1, step: "make:b"),
            ])
        #expect(machine.event(.journal(.init(lastAttempt: attempt))) == .examine(plan.steps[1]))

        var done = machine
        #expect(
            done.event(.outcome(.done))
                == .record([.stepDone(attempt: 1, step: "make:b", milliseconds: 0)]))
        #expect(done.event(.recorded(4)) == .makePlan)
        let both = [Samples.id("a"): new, Samples.id("b"): new]
        // The caller's own plan for the state between: only its desired state matters.
        let rest = Samples.plan([plan.steps[2]], live: both)
        #expect(
            done.event(.proposed(Samples.proposal(rest, live: both)))
                == .record([.attemptResumed(attempt: 1, actor: "me")]))
        #expect(done.event(.recorded(5)) == .checkLock)
        #expect(done.events(.lockHeld(true), .done) == .run(plan.steps[2]))

        var half = machine
        let clean = [Statement("clean b")]
        #expect(half.event(.outcome(.partial(repair: clean))) == .repair(clean))
        guard case .examine = half.event(.done) else {
            Issue.record("what the repair left has to be seen")
            return
        }
        #expect(half.event(.outcome(.notStarted)) == .makePlan)
        let one = [Samples.id("a"): new]
        _ = half.event(
            .proposed(
                Samples.proposal(
                    Samples.plan(
                        [], live: one,
                        desired: [
                            Samples.id("a"): Samples.digest("newer"), Samples.id("b"): new,
                        ]), live: one)))
        #expect(half.event(.recorded(4)) == .checkLock)
        #expect(
            half.event(.lockHeld(true)) == .record([.stepStarted(attempt: 1, step: "make:b")]))

        var none = machine
        #expect(none.event(.outcome(.notStarted)) == .makePlan)
    }

    @Test func whatDoesNotFitIsGivenUpForTheNewPlan() throws {
        var machine = Samples.machine()
        _ = machine.events(
            .start, .locked(holder: nil),
            .capabilities(.init(majorVersion: 15, version: "15")), .done)
        _ = machine.event(.journal(.init(lastAttempt: try Samples.attempt(plan))))
        let fresh = Samples.plan([Samples.step("z")])
        #expect(
            machine.event(.proposed(Samples.proposal(fresh)))
                == .record([.attemptEnded(attempt: 1, result: .abandoned, fingerprint: nil)]))
        #expect(machine.takeNews() == [.abandoned(attempt: 1, .desiredChanged)])
        #expect(
            machine.event(.recorded(2)) == .record([.attemptStarted(Samples.started(fresh))]))
    }

    @Test func anAttemptThatEndedIsNotGoneOnWith() throws {
        for result in [AttemptResult.applied, .failed, .abandoned] {
            var machine = Samples.machine()
            _ = machine.events(
                .start, .locked(holder: nil),
                .capabilities(.init(majorVersion: 15, version: "15")), .done)
            let ended = JournalEvent.attemptEnded(attempt: 1, result: result, fingerprint: nil)
            #expect(
                machine.event(.journal(.init(lastAttempt: try Samples.attempt(plan, [ended]))))
                    == .makePlan)
        }
    }
}
