// Owns the words between the machine and what drives it.

public import Planning
public import SchemaCore

extension ApplyMachine {
    /// What is to be done next. Each is answered by exactly one event.
    public enum Command: Hashable, Sendable {
        /// Take the target's lock. Answer: `locked`.
        case acquireLock
        /// Read what the server is. Answer: `capabilities`.
        case readCapabilities
        /// Make the journal where it is missing. Answer: `done`.
        case prepareJournal
        /// Check the journal's chain; read the last attempt and what was applied.
        /// Answer: `journal`.
        case readJournal
        /// Inspect the target and ask the caller for the plan. Answer: `proposed`.
        case makePlan
        /// Inspect the target. Answer: `inspected`.
        case inspect
        /// Read what became of the step's action. Answer: `outcome`.
        case examine(Step)
        /// Run these outside a transaction. Answer: `done`.
        case repair([Statement])
        /// Append to the journal, in the open transaction or all in one. Answer: `recorded`.
        case record([JournalEvent])
        /// Record what is applied now and append to the journal, in one transaction.
        /// Answer: `recorded`.
        case recordApplied(AppliedState, [JournalEvent])
        /// Keep what the plan's steps may lose. Answer: `safeguarded`.
        case safeguard(Plan, attempt: Int64)
        /// Check that the lock is still held, and look for old transactions that keep the next
        /// steps from their locks. Answer: `lockHeld` or `obstructed`.
        case checkLock
        /// Open a transaction. Answer: `done`.
        case begin
        /// Run the step's action. Answer: `ran`.
        case run(Step)
        /// Commit. Answer: `done`.
        case commit
        /// Roll back. Answer: `done`.
        case rollback
        /// Read who holds locks on what the step touches. Answer: `blockers`.
        case findBlockers(Step)
        /// Pause as long as is right before this try. Answer: `done`.
        case pause(beforeTry: Int)
        /// Connect anew. Answer: `done`.
        case reconnect
        /// Stop; this is the result.
        case finish(ApplyResult)
    }

    /// What has happened.
    public enum Event: Hashable, Sendable {
        /// Begin.
        case start
        /// The command was carried out.
        case done
        /// The lock was taken, or somebody holds it.
        case locked(holder: LockHolder?)
        /// What the server is.
        case capabilities(Capabilities)
        /// What the journal holds.
        case journal(JournalState)
        /// The caller's plan.
        case proposed(Proposal)
        /// The digests of all live objects and of the managed ones.
        case inspected(LiveState)
        /// What became of an action.
        case outcome(Outcome)
        /// The number of the first entry that was written.
        case recorded(Int64)
        /// What was kept; nil for nothing.
        case safeguarded(Safeguard?)
        /// Whether the lock is held.
        case lockHeld(Bool)
        /// The lock is held, and these transactions are in the way of the steps' own locks.
        case obstructed([LockHolder])
        /// The action was run in so many milliseconds.
        case ran(milliseconds: Int64)
        /// Who holds locks.
        case blockers([LockHolder])
        /// The command failed.
        case failed(EngineError)
        /// Somebody wants the run to end; instead of carrying the command out.
        case cancelled
    }

    /// What the journal holds.
    public struct JournalState: Hashable, Sendable {
        /// Where its chain is broken.
        public var firstBreak: JournalBreak?
        /// The newest attempt.
        public var lastAttempt: JournalAttempt?
        /// What was last applied.
        public var applied: AppliedState?

        /// Makes the value.
        public init(
            firstBreak: JournalBreak? = nil, lastAttempt: JournalAttempt? = nil,
            applied: AppliedState? = nil
        ) {
            self.firstBreak = firstBreak
            self.lastAttempt = lastAttempt
            self.applied = applied
        }
    }

    /// The digests of what is there.
    public struct LiveState: Hashable, Sendable {
        /// Of all objects in scope.
        public var all: [ObjectID: Digest]
        /// Of the managed ones.
        public var managed: [ObjectID: Digest]

        /// Makes the value.
        public init(all: [ObjectID: Digest], managed: [ObjectID: Digest]) {
            self.all = all
            self.managed = managed
        }
    }

    /// What the caller wants applied, without the engine's types.
    public struct Proposal: Hashable, Sendable {
        /// The plan.
        public var plan: Plan
        /// What of it is allowed.
        public var authorization: Authorization
        /// What the journal says of it when it begins.
        public var attempt: JournalEvent.AttemptStarted
        /// The digests of the desired objects, where they are at hand.
        public var desired: [ObjectID: Digest]?
        /// What is there now.
        public var live: LiveState
        /// What is desired without being declared, which is not recorded as applied.
        public var implied: Set<ObjectID>
        /// What the manifests have read beside the schema; nil if they are not at hand.
        public var reads: Set<ObjectID>?
        /// The attempt in flight that it takes the place of.
        public var replaces: Int64?
        /// Whether a person wants again what was taken back last.
        public var isReleased: Bool

        /// Makes the value.
        public init(
            authorization: Authorization, attempt: JournalEvent.AttemptStarted,
            desired: [ObjectID: Digest]?, live: LiveState, implied: Set<ObjectID> = [],
            reads: Set<ObjectID>? = nil, replaces: Int64? = nil, isReleased: Bool = false
        ) {
            self.replaces = replaces
            self.isReleased = isReleased
            self.implied = implied
            self.reads = reads
            plan = attempt.plan
            self.authorization = authorization
            self.attempt = attempt
            self.desired = desired
            self.live = live
        }
    }

    /// Where the machine stands: what it waits for.
    public enum State: Hashable, Sendable {
        /// It has not begun.
        case idle
        /// For the lock.
        case locking
        /// For what the server is.
        case readingCapabilities
        /// For the journal's tables.
        case preparingJournal
        /// For what the journal holds.
        case readingJournal
        /// For what became of an interrupted step, before and after a repair.
        case examining(Step, isRepaired: Bool)
        /// For the repair of what it left.
        case repairing(Step)
        /// For the record that it is done.
        case recordingOutcome
        /// For the caller's plan.
        case planning
        /// For the live state, in order to go on after a lost connection.
        case reinspecting
        /// For the record that an attempt is given up.
        case abandoning
        /// For the record that an attempt begins.
        case starting
        /// For the record that an attempt goes on.
        case resuming
        /// For what is kept before steps that lose data.
        case safeguarding
        /// For whether the lock is held, before each group of steps.
        case checkingLock
        /// For a transaction.
        case beginning
        /// For the record that a step outside a transaction begins.
        case recordingStart
        /// For a step.
        case running
        /// For the record that it is done.
        case recordingDone
        /// For the commit.
        case committing
        /// For the rollback after this failure; nil after a cancellation.
        case rollingBack(EngineError?)
        /// For what a failed step outside a transaction left, before and after a repair.
        case examiningFailure(EngineError, isRepaired: Bool)
        /// For its repair.
        case repairingFailure(EngineError)
        /// For who holds the locks.
        case findingBlockers(EngineError)
        /// For the end of a pause before another try of a step.
        case pausing
        /// For the record that the step failed.
        case recordingFailure(ApplyFailure)
        /// For the live state at the end of the run.
        case verifying
        /// For the record of what is applied now.
        case recordingApplied
        /// For the record that a phase has ended and the attempt rests here.
        case recordingPhase(InFlight)
        /// For a new connection.
        case reconnecting
        /// For the end of a pause before the next try to connect or to lock.
        case pausingReconnect
        /// For nothing.
        case finished
    }
}
