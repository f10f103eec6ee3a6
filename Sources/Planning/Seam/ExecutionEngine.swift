// Owns the part of the seam that the runner of steps needs.

public import SchemaCore

/// What reads a database and runs steps in it: an engine, as far as applying a plan goes.
public protocol ExecutionEngine: Sendable {
    associatedtype Object: CatalogObject
    associatedtype Session: EngineSession

    /// `postgresql`, `sqlite`: the word of the command line and of plans.
    var name: String { get }

    /// What the server can do and this session may.
    func capabilities(_ session: Session) async throws -> Capabilities

    /// Reads the catalog in one snapshot, with a number of queries that does not depend on the
    /// number of objects.
    func inspect(_ session: Session, scope: Scope, detail: InspectionDetail) async throws
        -> Inspection<Object>

    /// Keeps what the steps of a plan may lose, where the engine can, before the first of them is
    /// run and outside a transaction. If it throws, nothing is run.
    ///
    /// - Returns: nil where nothing is kept.
    func safeguard(_ plan: Plan, attempt: Int64, in session: Session) async throws -> Safeguard?

    /// Runs one action in the session's open transaction, or outside of one if it is of that sort.
    func run(_ action: Action, limits: ExecutionLimits, in session: Session) async throws
    /// Reads from the catalog what became of an action that may have been cut off.
    func outcome(of action: Action, in session: Session) async throws -> Outcome

    /// Runs what `outcome` says removes a part that was left, outside a transaction.
    func repair(_ statements: [Statement], limits: ExecutionLimits, in session: Session)
        async throws

    /// Who holds locks on what a step touches: those that it may have waited for. Empty where
    /// it cannot be known.
    func blockers(of step: Step, in session: Session) async throws -> [LockHolder]

    /// Who has held locks in a transaction for longer than so many milliseconds that conflict with
    /// those that steps are about to take: whoever waits for them makes all others wait behind.
    /// Empty where it cannot be known.
    func obstacles(
        to locks: [Effects.Lock], olderThan milliseconds: Int, in session: Session
    ) async throws -> [LockHolder]

    /// Whether another session can see how far a step is.
    var tellsProgress: Bool { get }
    /// How far the step is that one session runs, as another sees it; nil if it runs none.
    func progress(of session: Session, seenBy observer: Session) async throws -> StepProgress?

    /// The target's lock, held by this session until it ends.
    func lock(_ session: Session) -> any TargetLock
    /// The target's journal.
    func journal(_ session: Session) -> any Journal
}
