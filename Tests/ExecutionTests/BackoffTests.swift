import Execution
import Planning
import Testing

@Suite struct BackoffTests {
    /// SplitMix64 with a seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    @Test func pausesDoubleUpToTheLongest() {
        let backoff = Backoff(ExecutionLimits(firstPause: 200, longestPause: 1_000))
        #expect((2...6).map { backoff.ceiling(beforeTry: $0) } == [200, 400, 800, 1_000, 1_000])
        #expect(backoff.ceiling(beforeTry: 10_000) == 1_000)
    }

    @Test func aPauseIsHalfAtLeastAndNeverLonger() {
        let backoff = Backoff(ExecutionLimits(firstPause: 200, longestPause: 1_000))
        var random = Seeded(state: 1)
        let pauses = (0..<2_000).map { _ in backoff.pause(beforeTry: 3, using: &random) }
        #expect(pauses.allSatisfy { (200...400).contains($0) })
        #expect(pauses.min() == 200 && pauses.max() == 400)
    }

    @Test func limitsWithoutAPauseGiveNone() {
        var random = SystemRandomNumberGenerator()
        let backoff = Backoff(ExecutionLimits(firstPause: 0, longestPause: 0))
        #expect(backoff.pause(beforeTry: 2, using: &random) == 0)
    }

    @Test func hugePausesDoNotOverflow() {
        let backoff = Backoff(ExecutionLimits(firstPause: .max, longestPause: 5))
        #expect(backoff.ceiling(beforeTry: 40) == 5)
    }
}
