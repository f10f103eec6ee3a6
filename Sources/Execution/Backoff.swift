public import Planning

/// How long to pause before a step is tried again.
public struct Backoff: Sendable {
    private let limits: ExecutionLimits

    /// Takes the pauses from the limits.
    public init(_ limits: ExecutionLimits) { self.limits = limits }

    /// The longest pause before try `number` (the second try is 2), in milliseconds.
    public func ceiling(beforeTry number: Int) -> Int {
        // Beyond 30 doublings every sensible limit is reached.
        let doublings = min(max(number - 2, 0), 30)
        let (pause, overflow) = limits.firstPause.multipliedReportingOverflow(by: 1 << doublings)
        return overflow ? limits.longestPause : min(pause, limits.longestPause)
    }

    /// A pause of between half and the whole of the ceiling, so that two that wait for each other
    /// do not meet again.
    public func pause(
        beforeTry number: Int, using random: inout some RandomNumberGenerator
    ) -> Int {
        let ceiling = max(ceiling(beforeTry: number), 0)
        return Int.random(in: (ceiling / 2)...ceiling, using: &random)
    }
}
