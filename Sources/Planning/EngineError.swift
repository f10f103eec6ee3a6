/// Why an engine could not do something, as far as generic code has to know.
public struct EngineError: Error, Hashable, Sendable {
    /// What sort of failure it was, and so what comes next.
    public enum Kind: String, Hashable, Codable, Sendable {
        /// A lock was not had in time; trying again may help.
        case lockTimeout
        /// The server chose this transaction to end a deadlock or a conflict; another try may help.
        case conflict
        /// A statement ran too long or was cancelled.
        case cancelled
        /// The connection is gone; what became of the action is read from the catalog.
        case connectionLost
        /// The target cannot be reached or refuses the login.
        case unreachable
        /// The server refused the statement.
        case refused
        /// The role may not do it.
        case privilege
        /// The server is not one that Lockstep supports, or lacks something that it needs.
        case unsupported
    }

    /// What sort of failure it was.
    public var kind: Kind
    /// What happened, in the server's words where it has any, without values of rows.
    public var message: String
    /// The engine's code: the SQLSTATE.
    public var code: String?
    /// What to do next.
    public var help: String?
    /// The statement that failed.
    public var statement: String?

    /// Makes the error.
    public init(
        _ kind: Kind, _ message: String, code: String? = nil, help: String? = nil,
        statement: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.code = code
        self.help = help
        self.statement = statement
    }

    /// Whether the same action may succeed when it is tried again after a pause.
    public var isTransient: Bool {
        switch kind {
        case .lockTimeout, .conflict: true
        case .cancelled, .connectionLost, .unreachable, .refused, .privilege, .unsupported: false
        }
    }
}
