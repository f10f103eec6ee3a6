/// Why a database could not be opened, or a statement or the reading of a value failed.
public struct SQLiteError: Error, Hashable, Sendable {
    /// What sort of failure it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The location or the call is wrong; nothing was tried.
        case usage
        /// SQLite refused it; `code` says why.
        case sqlite
        /// A value could not be read as the type that was asked for.
        case decoding
        /// The task was cancelled.
        case cancelled
        /// The time that the caller gave ran out.
        case timedOut
        /// The connection was closed before.
        case closed
        /// A backup does not hold what it was taken of.
        case unsoundBackup
    }

    /// What sort of failure it is.
    public var kind: Kind
    /// SQLite's code, with its extension.
    public var code: SQLiteCode?
    /// The message, in SQLite's words where it spoke.
    public var message: String
    /// What to do.
    public var hint: String?
    /// Where in the statement: characters (Unicode scalars), from 1.
    public var position: Int?
    /// The path of the file whose failure it is; nil for what is wrong with a statement.
    public var file: String?

    /// Makes an error.
    public init(
        _ kind: Kind, _ message: String, code: SQLiteCode? = nil, hint: String? = nil,
        position: Int? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.hint = hint
        self.position = position
    }

    /// Whether the message may quote values of rows.
    public var quotesRows: Bool { code?.primary == .constraint }
}

extension SQLiteError: CustomStringConvertible {
    /// Everything that helps a person, on several lines.
    public var description: String {
        var lines = [(code.map { "[\($0)] " } ?? "") + message]
        if let hint { lines.append("hint: \(hint)") }
        if let position { lines.append("at character \(position) of the statement") }
        return lines.joined(separator: "\n")
    }
}
