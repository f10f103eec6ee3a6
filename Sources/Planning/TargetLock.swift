/// The lock that keeps two runs from one target. It lives in the target and ends with its session.
public protocol TargetLock: Sendable {
    /// Takes the lock if it is free, without waiting.
    ///
    /// - Returns: nil if it was taken, else who holds it as far as it can be known.
    func acquire() async throws -> LockHolder?
    /// Whether this very session still holds it; false behind a pooler that gave the session
    /// another connection.
    func isHeld() async throws -> Bool
    /// Gives it back.
    func release() async throws
}

/// Who holds a target's lock.
public struct LockHolder: Hashable, Codable, Sendable {
    /// For people: process, user, application, since when.
    public var summary: String

    /// Makes the value.
    public init(summary: String) { self.summary = summary }
}
