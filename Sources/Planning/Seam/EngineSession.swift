/// A connection to one database of an engine, as the generic code needs it.
///
/// Statements run one at a time. What a failed statement did is undone by the engine or, where it
/// cannot be, told by `Engine.outcome(of:in:)`.
public protocol EngineSession: Sendable {
    /// Where it leads, without secrets: `host:port/database as user`.
    var summary: String { get }
    /// Opens a transaction.
    func begin() async throws
    /// Ends a transaction and keeps what it did.
    func commit() async throws
    /// Ends a transaction and undoes what it did; quiet if there is none.
    func rollback() async
    /// Ends the connection; it is not used after.
    func close() async
}
