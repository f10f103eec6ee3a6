import Foundation
import Glibc
import Testing

/// A killed run loses nothing: the next one goes on to the desired state.
@Suite("Kills")
struct KillTests {
    /// The server's process ends with the program, so nothing of the step is there: the run was
    /// cut off exactly between two steps.
    @Test("goes on after a kill between any two of twenty steps", arguments: 1...20)
    func everyStep(number: Int) async throws {
        try await KillScene.with(.twentySteps) { scene in
            let table = KillScene.Script.table(ofStep: number)
            let seen = try await scene.kill(
                at: .init(step: number, relation: table, mode: "share update exclusive"))
            #expect(seen == .init(effects: number - 1, brokenIndexes: 0))
            try await expectWhole(scene)
        }
    }

    /// The build waits for a writer that came before it: its index is there and not valid.
    @Test("goes on after a kill in the midst of a concurrent build", arguments: [2, 10, 20])
    func withinBuild(number: Int) async throws {
        try await KillScene.with(.twentySteps) { scene in
            let table = KillScene.Script.table(ofStep: number)
            let seen = try await scene.kill(
                at: .init(step: number, relation: table, mode: "row exclusive"))
            #expect(seen == .init(effects: number - 1, brokenIndexes: 1))
            try await expectWhole(scene)
        }
    }

    @Test("goes on after a build whose end nobody heard of", arguments: [2, 10, 20])
    func unheard(number: Int) async throws {
        try await KillScene.with(.twentySteps) { scene in
            let table = KillScene.Script.table(ofStep: number)
            let seen = try await scene.kill(
                at: .init(
                    step: number, relation: table, mode: "row exclusive", endsServer: false))
            #expect(seen == .init(effects: number - 1, brokenIndexes: 1))
            #expect(try await scene.remains() == .init(effects: number, brokenIndexes: 0))
            try await expectWhole(scene)
        }
    }

    /// What came before in the same transaction goes with the step that was cut off.
    @Test(
        "undoes a shared transaction that is killed at any of its steps",
        arguments: zip(1...5, ["notes", "a1", "a2", "a3", "other"]))
    func withinTransaction(number: Int, relation: String) async throws {
        let isRead = relation == "other"
        try await KillScene.with(.sharedTransaction) { scene in
            let seen = try await scene.kill(
                at: .init(
                    step: number, relation: relation,
                    mode: isRead ? "access exclusive" : "access share",
                    after: isRead ? "a1" : nil))
            #expect(seen == .init(effects: 0, brokenIndexes: 0))
            try await expectWhole(scene)
        }
    }

    /// What a form needs for a while is gone in the end.
    @Test("goes on after a kill behind any step of the online forms", arguments: 0...11)
    func onlineForms(number: Int) async throws {
        try await KillScene.with(.onlineForms) { scene in
            try await scene.kill(afterSteps: number)
            try await expectWhole(scene)
        }
    }

    /// A dropped table is whole wherever the run was cut off, and undo brings all back.
    @Test("keeps what it drops after a kill behind any step", arguments: 0...5)
    func quarantine(number: Int) async throws {
        try await KillScene.with(.quarantine) { scene in
            let sums = "(select sum(hashtextextended(x::text, 0)) from "
            let before = try await scene.text("select \(sums)t x) || ' ' || \(sums)u x)")
            try await scene.kill(afterSteps: number)
            try await expectWhole(scene)
            let undo = try await Program.lockstep(
                ["undo"] + scene.target + ["--auto-approve", "destructive"], in: scene.place)
            #expect(undo.status == 0, "\(undo.all)")
            let after = try await scene.text("select \(sums)t x) || ' ' || \(sums)u x)")
            #expect(before == after)
            #expect(try await scene.remains() == .init(effects: 0, brokenIndexes: 0))
            let next = try await scene.text("select nextval('public.numbers')::text")
            #expect(next == "100001")
        }
    }

    @Test("goes on after five kills at random moments", arguments: 1...4)
    func randomMoments(round: Int) async throws {
        try await KillScene.with(.twentySteps) { scene in
            var delays: [Int] = []
            for _ in 1...5 {
                let delay = Int.random(in: 0...1_500)
                delays.append(delay)
                let outcome = try await Program.lockstep(scene.apply, in: scene.place) { pid in
                    try await Task.sleep(for: .milliseconds(delay))
                    kill(pid, SIGKILL)
                }
                // It may be through, or find the session of the one before.
                #expect([0, 6, 128 + SIGKILL].contains(outcome.status), "\(delays) \(outcome.all)")
            }
            try await expectWhole(scene)
        }
    }

    @Test("ends at a safe place when it is interrupted, and is the only one meanwhile")
    func interruption() async throws {
        try await KillScene.with(.twentySteps) { scene in
            let holder = try await scene.hold(
                KillScene.Script.table(ofStep: 10), mode: "share update exclusive")
            let first = try await Program.lockstep(scene.apply, in: scene.place) { pid in
                _ = try await scene.process(waitingFor: holder)
                let second = try await Program.lockstep(scene.apply, in: scene.place)
                #expect(second.status == 6, "\(second.all)")
                #expect(second.errors.contains("somebody else works on the target"))
                kill(pid, SIGINT)
            }
            await holder.release()
            #expect(first.status == 1, "\(first.all)")
            #expect(first.errors.contains("interrupted after 9 of 20 steps"), "\(first.all)")
            try await expectWhole(scene)
        }
    }

    private func expectWhole(_ scene: KillScene) async throws {
        let again = try await scene.applyAgain()
        #expect(again.status == 0, "\(again.all)")
        let plan = try await Program.lockstep(
            ["plan"] + scene.target + ["--exit-code"], in: scene.place)
        #expect(plan.status == 0, "\(plan.all)")
        let history = try await Program.lockstep(["history"] + scene.target, in: scene.place)
        #expect(history.output.contains("The journal's chain of hashes is whole."))
        let remains = try await scene.remains()
        #expect(remains == .init(effects: scene.script.allEffects, brokenIndexes: 0))
    }
}
