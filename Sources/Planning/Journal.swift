public import SchemaCore

/// The hash-chained record of attempts and steps, kept in the target.
///
/// Only the holder of the target's lock appends. An append joins the session's open transaction,
/// so that a step and its record are kept or undone together.
public protocol Journal: Sendable {
    /// Makes the journal's schema and tables where they are missing.
    func prepare() async throws
    /// Appends an event and gives the entry as it was written.
    @discardableResult
    func append(_ event: JournalEvent) async throws -> JournalEntry
    /// All entries in order; empty where there is no journal yet.
    func entries() async throws -> [JournalEntry]
    /// What was last applied; nil where nothing was.
    func applied() async throws -> AppliedState?
    /// Records what is now applied, in place of what was before.
    func record(_ applied: AppliedState) async throws
}

/// Something that happened to a target.
public enum JournalEvent: Hashable, Codable, Sendable {
    /// A plan begins to be applied.
    case attemptStarted(AttemptStarted)
    /// A step that runs outside a transaction begins.
    case stepStarted(attempt: Int64, step: String)
    /// A step is done.
    case stepDone(attempt: Int64, step: String, milliseconds: Int64)
    /// A step failed; nothing of it is left unless the engine says so.
    case stepFailed(attempt: Int64, step: String, code: String?, message: String)
    /// An attempt that was cut off goes on.
    case attemptResumed(attempt: Int64, actor: String)
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

        /// Makes the value.
        public init(
            plan: Plan, risk: Risk, acknowledged: [String], actor: String, revision: String?,
            toolVersion: String
        ) {
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
    /// It was cut off and the next run made a new plan.
    case abandoned
}

/// One row of the journal.
public struct JournalEntry: Hashable, Codable, Sendable {
    /// Its number, from 1 without gaps.
    public var sequence: Int64
    /// The server's clock when it was written, in ISO 8601 with microseconds, UTC.
    public var time: String
    /// What happened.
    public var event: JournalEvent
    /// The hash of the entry before; nil for the first.
    public var previous: Digest?
    /// SHA-256 over the canonical JSON of the fields above.
    public var hash: Digest

    /// Makes an entry and takes its hash.
    public init(
        sequence: Int64, time: String, event: JournalEvent, previous: Digest?
    ) throws {
        self.sequence = sequence
        self.time = time
        self.event = event
        self.previous = previous
        hash = try CanonicalJSON.digest(
            Hashed(sequence: sequence, time: time, event: event, previous: previous))
    }

    private struct Hashed: Encodable {
        let sequence: Int64
        let time: String
        let event: JournalEvent
        let previous: Digest?
    }

    /// Whether the hash is that of the fields.
    public var isIntact: Bool {
        let again = try? JournalEntry(
            sequence: sequence, time: time, event: event, previous: previous)
        return again?.hash == hash
    }
}

/// Checks the chain of hashes.
public enum JournalChain {
    /// The number of the first entry that does not follow from the one before, and why; nil if the
    /// chain is whole.
    public static func firstBreak(in entries: [JournalEntry]) -> (sequence: Int64, why: String)? {
        var previous: JournalEntry?
        for entry in entries {
            if entry.sequence != (previous?.sequence ?? 0) + 1 {
                return (entry.sequence, "an entry before it is missing")
            }
            if entry.previous != previous?.hash {
                return (entry.sequence, "it does not follow from the entry before")
            }
            if !entry.isIntact { return (entry.sequence, "its content was changed") }
            previous = entry
        }
        return nil
    }
}

/// What was last applied to a target: what is managed, and what drift is measured against.
public struct AppliedState: Hashable, Codable, Sendable {
    /// The fingerprint of the managed objects after the apply.
    public var fingerprint: Digest
    /// The digest of every managed object, in the order of the addresses.
    public var objects: [ManagedObject]
    /// The fingerprint of the canonical desired catalog.
    public var desiredDigest: Digest
    /// The revision of the manifests, if they had one.
    public var revision: String?
    /// The scope that was looked at.
    public var scope: Scope

    /// A managed object.
    public struct ManagedObject: Hashable, Codable, Sendable {
        /// Its address.
        public var id: ObjectID
        /// Its digest.
        public var digest: Digest

        /// Makes the value.
        public init(id: ObjectID, digest: Digest) {
            self.id = id
            self.digest = digest
        }
    }

    /// Makes the value.
    public init(
        objects: [ObjectID: Digest], desiredDigest: Digest, revision: String?, scope: Scope
    ) {
        fingerprint = Fingerprint.of(objects)
        self.objects = objects.sorted { $0.key < $1.key }.map {
            ManagedObject(id: $0.key, digest: $0.value)
        }
        self.desiredDigest = desiredDigest
        self.revision = revision
        self.scope = scope
    }
}
