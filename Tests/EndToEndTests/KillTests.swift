import Foundation
import Glibc
import Testing

/// A killed run loses nothing: the next one goes on to the desired state.
@Suite("Kills")
struct KillTests {
    @Test("goes on after a kill at every step", arguments: 1...TwentySteps.count)
    func everyStep(number: Int) async throws {
        try await TwentySteps.with { steps in
            let table = TwentySteps.table(ofStep: number)
            try await steps.holding(table) {
                let killed = try await Program.lockstep(steps.apply, in: steps.place) { pid in
                    try await steps.waitUntilBlocked(on: table)
                    kill(pid, SIGKILL)
                }
                #expect(killed.status == 128 + SIGKILL, "\(killed.all)")
                #expect(killed.errors.contains("[\(number)/20]"), "\(killed.all)")
            }
            try await expectWhole(steps)
        }
    }

    @Test("goes on after five kills at random moments", arguments: 1...4)
    func randomMoments(round: Int) async throws {
        try await TwentySteps.with { steps in
            var delays: [Int] = []
            for _ in 1...5 {
                let delay = Int.random(in: 0...1_500)
                delays.append(delay)
                let outcome = try await Program.lockstep(steps.apply, in: steps.place) { pid in
                    try await Task.sleep(for: .milliseconds(delay))
                    kill(pid, SIGKILL)
                }
                // It may be through, or find the session of the one before.
                #expect([0, 6, 128 + SIGKILL].contains(outcome.status), "\(delays) \(outcome.all)")
            }
            try await expectWhole(steps)
        }
    }

    @Test("ends at a safe place when it is interrupted, and is the only one meanwhile")
    func interruption() async throws {
        try await TwentySteps.with { steps in
            try await steps.holding("t10") {
                let first = try await Program.lockstep(steps.apply, in: steps.place) { pid in
                    try await steps.waitUntilBlocked(on: "t10")
                    let second = try await Program.lockstep(steps.apply, in: steps.place)
                    #expect(second.status == 6, "\(second.all)")
                    #expect(second.errors.contains("somebody else works on the target"))
                    kill(pid, SIGINT)
                }
                #expect(first.status == 1, "\(first.all)")
                #expect(first.errors.contains("interrupted after 14 of 20 steps"), "\(first.all)")
            }
            try await expectWhole(steps)
        }
    }

    private func expectWhole(_ steps: TwentySteps) async throws {
        let again = try await steps.applyAgain()
        #expect(again.status == 0, "\(again.all)")
        let plan = try await Program.lockstep(
            ["plan"] + steps.target + ["--exit-code"], in: steps.place)
        #expect(plan.status == 0, "\(plan.all)")
        let history = try await Program.lockstep(["history"] + steps.target, in: steps.place)
        #expect(history.output.contains("The journal's chain of hashes is whole."))
        let drift = try await Program.lockstep(["drift"] + steps.target, in: steps.place)
        #expect(drift.status == 0, "\(drift.all)")
    }
}
