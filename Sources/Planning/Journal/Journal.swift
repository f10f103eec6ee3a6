// Owns the seam between the runner and the record of what was done to a target.

/// The hash-chained record of attempts and steps, kept in the target.
///
/// Only the holder of the target's lock appends. An append joins the session's open transaction,
/// so that a step and its record are kept or undone together. Reading needs no journal to be there
/// and writes nothing.
public protocol Journal: Sendable {
    /// Makes the journal's schema and tables where they are missing.
    ///
    /// - Throws: `EngineError` of kind `privilege` that says what to grant, or of kind
    ///   `unsupported` if a newer Lockstep made the journal.
    func prepare() async throws
    /// Appends an event and gives the entry as it was written.
    @discardableResult
    func append(_ event: JournalEvent) async throws -> JournalEntry
    /// The newest entry; nil where there is none.
    func head() async throws -> JournalEntry?
    /// The entries behind a number, in order, at most `limit` of them; all of them from 0.
    func entries(after sequence: Int64, limit: Int?) async throws -> [JournalEntry]
    /// The entries from the newest `attemptStarted` on; empty where nothing was attempted.
    func lastAttemptEntries() async throws -> [JournalEntry]
    /// The first place at which the chain of hashes does not hold; nil if it is whole. Fetches no
    /// events where the engine can take the hashes itself.
    func firstBreak() async throws -> JournalBreak?
    /// What was last applied; nil where nothing was.
    func applied() async throws -> AppliedState?
    /// Records what is now applied, in place of what was before.
    func record(_ applied: AppliedState) async throws
}

extension Journal {
    /// All entries in order; empty where there is no journal yet.
    public func entries() async throws -> [JournalEntry] {
        try await entries(after: 0, limit: nil)
    }

    /// The attempt of a number and how far it came; nil if no attempt has it.
    public func attempt(_ number: Int64) async throws -> JournalAttempt? {
        let entries = try await entries(after: number - 1, limit: nil)
        guard let first = entries.first, first.sequence == number else { return nil }
        let own = entries.dropFirst().prefix { entry in
            if case .attemptStarted = entry.event { false } else { true }
        }
        return JournalAttempt([first] + own)
    }

    /// The newest attempt and how far it came; nil where nothing was attempted.
    public func lastAttempt() async throws -> JournalAttempt? {
        JournalAttempt(try await lastAttemptEntries())
    }
}
