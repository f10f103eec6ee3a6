// Owns the way from a caller to the machine and its driver.

public import Planning
internal import SchemaCore

/// Applies plans to one target: the only way in which steps are run.
///
/// The target's lock is taken before the caller is asked for the plan, so that nothing comes
/// between the look at the target and the steps. Cancelling the task ends a run at a place from
/// which the next one goes on.
public struct Applier<E: ExecutionEngine>: Sendable {
    let engine: E
    let connect: @Sendable () async throws -> E.Session
    let clock: any Clock<Duration>
    let random: any RandomNumberGenerator & Sendable

    /// Makes an applier.
    ///
    /// - Parameters:
    ///   - connect: opens a session to the target; called again if the connection is lost.
    ///   - clock: measures steps and times the pauses between tries.
    ///   - random: spreads the pauses.
    public init(
        engine: E, clock: any Clock<Duration>, random: any RandomNumberGenerator & Sendable,
        connect: @escaping @Sendable () async throws -> E.Session
    ) {
        self.engine = engine
        self.clock = clock
        self.random = random
        self.connect = connect
    }

    /// Locks the target, asks for the plan, applies it or goes on with an attempt that was cut off.
    ///
    /// - Parameters:
    ///   - progress: told what happens, in order.
    ///   - makePlan: gives the plan; its errors are thrown on after the lock was given back. Where
    ///     a plan was made before, it gives that one, and the gate decides.
    /// - Throws: what `makePlan` throws, and `EngineError` if there is no connection at first.
    public func apply(
        _ request: ApplyRequest,
        progress: @escaping @Sendable (ApplyEvent) -> Void = { _ in },
        makePlan: @escaping @Sendable (LockedTarget<E>) async throws -> PlannedTarget<E.Object>
    ) async throws -> ApplyResult {
        var driver = ApplyDriver(
            applier: self, request: request, session: try await connect(), progress: progress,
            makePlan: makePlan)
        do {
            let result = try await driver.drive()
            await driver.end()
            return result
        } catch {
            await driver.end()
            throw error
        }
    }
}
