public import Planning

/// What a run is told beside its plan.
public struct ApplyRequest: Sendable {
    /// How long steps may wait and run.
    public var limits: ExecutionLimits
    /// Who runs it: the operating system's user and host.
    public var actor: String
    /// The version of Lockstep.
    public var toolVersion: String
    /// The phase that is run; nil for all that are left, one after the other.
    public var phase: Phase?

    /// Makes the value.
    public init(
        limits: ExecutionLimits = ExecutionLimits(), actor: String, toolVersion: String,
        phase: Phase? = nil
    ) {
        self.phase = phase
        self.limits = limits
        self.actor = actor
        self.toolVersion = toolVersion
    }
}
