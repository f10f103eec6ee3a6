// Owns what the server says beside results.

/// A message of the server that is no error: notices, warnings, and DEBUG lines if
/// `client_min_messages` asks for them.
public struct Notice: Hashable, Sendable {
    /// `WARNING`, `NOTICE`, `DEBUG`, `INFO` or `LOG`, not translated.
    public var severity: String
    /// The code; `00000` for most.
    public var sqlstate: SQLState?
    /// The words.
    public var message: String
    /// More words.
    public var detail: String?
    /// What to do.
    public var hint: String?
    /// The call stack on the server.
    public var context: String?

    /// Makes a notice.
    public init(
        severity: String, sqlstate: SQLState? = nil, message: String, detail: String? = nil,
        hint: String? = nil, context: String? = nil
    ) {
        self.severity = severity
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint
        self.context = context
    }
}
