public import SchemaCore

/// Something that happened to a target.
public enum JournalEvent: Hashable, Codable, Sendable {
    /// A plan begins to be applied. The number of its entry names the attempt.
    case attemptStarted(AttemptStarted)
    /// A step that runs outside a transaction begins.
    case stepStarted(attempt: Int64, step: String)
    /// A step is done.
    case stepDone(attempt: Int64, step: String, milliseconds: Int64)
    /// A step failed; nothing of it is left unless the engine says so.
    case stepFailed(attempt: Int64, step: String, code: String?, message: String)
    /// An attempt that was cut off, or rested between two phases, goes on.
    case attemptResumed(attempt: Int64, actor: String)
    /// All steps up to this phase are done and the attempt rests. The fingerprint is that of what
    /// was recorded as applied with it.
    case phaseEnded(attempt: Int64, phase: Phase, fingerprint: Digest)
    /// An attempt has ended.
    case attemptEnded(attempt: Int64, result: AttemptResult, fingerprint: Digest?)

    /// What is to be applied, by whom, from where.
    public struct AttemptStarted: Hashable, Codable, Sendable {
        /// The whole plan, so that it can be resumed and audited.
        public var plan: Plan
        /// The plan's digest.
        public var planDigest: Digest
        /// The highest risk that it was assessed with.
        public var risk: Risk
        /// The ids of the destructive steps that were acknowledged.
        public var acknowledged: [String]
        /// Who runs it: the operating system's user and host.
        public var actor: String
        /// The revision of the manifests, if they have one.
        public var revision: String?
        /// The version of Lockstep.
        public var toolVersion: String
        /// What later phases and the way back need; nil in a journal of a version without them.
        public var context: AttemptContext?

        /// Makes the value.
        public init(
            plan: Plan, risk: Risk, acknowledged: [String], actor: String, revision: String?,
            toolVersion: String, context: AttemptContext? = nil
        ) {
            self.context = context
            self.plan = plan
            planDigest = plan.digest
            self.risk = risk
            self.acknowledged = acknowledged
            self.actor = actor
            self.revision = revision
            self.toolVersion = toolVersion
        }
    }
}

/// How an attempt ended.
public enum AttemptResult: String, Codable, Sendable {
    /// All steps are done and the catalog is the desired one.
    case applied
    /// A step failed; those before it are done.
    case failed
    /// It was cut off or rested, and another plan took its place.
    case abandoned
}
