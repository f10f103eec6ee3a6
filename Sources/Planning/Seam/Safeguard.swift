/// What was kept of a target before steps that lose data.
public struct Safeguard: Hashable, Sendable {
    /// What it is and where it lies, for people: `backup: /data/app.db.lockstep-7.backup`.
    public var summary: String

    /// Makes the value.
    public init(_ summary: String) { self.summary = summary }
}
