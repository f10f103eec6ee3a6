// Owns the one error type of the client. Invariant: no password of the connection stands in it.

/// Why a connection, a statement or the reading of a value failed.
public struct PostgreSQLError: Error, Hashable, Sendable {
    /// What sort of failure it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The connection string or a setting is wrong; nothing was tried.
        case configuration
        /// No connection could be made, or it was lost.
        case connection
        /// The server refused the statement; `sqlstate` says why.
        case server
        /// The server or libpq did something that the call cannot go on with.
        case unexpectedReply
        /// A value could not be read as the type that was asked for.
        case decoding
        /// The task was cancelled.
        case cancelled
        /// The time that the caller gave ran out.
        case timedOut
        /// The connection was closed before.
        case closed
        /// A server of our own could not be started or stopped.
        case localServer
    }

    /// What sort of failure it is.
    public var kind: Kind
    /// The server's code, if the server or the protocol gave one.
    public var sqlstate: SQLState?
    /// The main message, in the server's words where it spoke.
    public var message: String
    /// More, which may hold values of rows.
    public var detail: String?
    /// What to do.
    public var hint: String?
    /// Where in the statement: characters, from 1.
    public var position: Int?
    /// Where in `internalQuery`: characters, from 1.
    public var internalPosition: Int?
    /// The text of a statement that the server made itself, as in a PL/pgSQL function.
    public var internalQuery: String?
    /// The call stack on the server.
    public var context: String?
    /// The schema of the object concerned.
    public var schema: String?
    /// The table concerned.
    public var table: String?
    /// The column concerned.
    public var column: String?
    /// The data type concerned.
    public var datatype: String?
    /// The constraint concerned.
    public var constraint: String?
    /// `ERROR`, `FATAL` or `PANIC`, not translated.
    public var severity: String?
    /// Whether the connection is of no more use.
    public var isConnectionLost: Bool
    /// Whether the statement may have taken effect although it failed for us: the connection was
    /// lost after it was sent and it may have committed. Look at the catalog before going on.
    public var outcomeUnknown: Bool

    /// Makes an error of our own.
    public init(
        kind: Kind, sqlstate: SQLState? = nil, message: String, detail: String? = nil,
        hint: String? = nil, isConnectionLost: Bool = false, outcomeUnknown: Bool = false
    ) {
        self.kind = kind
        self.sqlstate = sqlstate
        self.message = message
        self.detail = detail
        self.hint = hint
        self.isConnectionLost = isConnectionLost
        self.outcomeUnknown = outcomeUnknown
    }

    /// Whether the same statement may well succeed if it is tried again later, on a new connection
    /// if this one is lost. Look at `outcomeUnknown` first.
    public var isTransient: Bool {
        switch kind {
        case .connection:
            // A wrong password or database name does not mend itself.
            guard let sqlstate else { return true }
            return Self.isTransient(sqlstate)
        case .server: return sqlstate.map(Self.isTransient) ?? false
        case .timedOut: return true
        case .configuration, .unexpectedReply, .decoding, .cancelled, .closed, .localServer:
            return false
        }
    }

    private static func isTransient(_ state: SQLState) -> Bool {
        switch state {
        case .lockNotAvailable, .deadlockDetected, .serializationFailure, .queryCanceled,
            .objectInUse, .adminShutdown, .crashShutdown, .cannotConnectNow,
            .idleInTransactionTimeout, .idleSessionTimeout:
            return true
        default:
            // Connection exceptions and insufficient resources.
            return state.errorClass == "08" || state.errorClass == "53"
        }
    }
}

extension PostgreSQLError: CustomStringConvertible {
    /// Everything that helps a person, on several lines.
    public var description: String {
        var lines = [headline(message)]
        if let detail { lines.append("detail: \(detail)") }
        if let hint { lines.append("hint: \(hint)") }
        if let position { lines.append("at character \(position) of the statement") }
        if let context { lines.append("context: \(context)") }
        if outcomeUnknown {
            lines.append("it is not known whether the statement took effect")
        }
        return lines.joined(separator: "\n")
    }

    /// Says what happened without the server's words where these may hold values of rows: for logs,
    /// conditions and notifications. Names of objects stay.
    ///
    /// Any server message may quote data (a raised exception, a failed cast in a check), so only
    /// errors that are ours, or that concern connections, keep their words.
    public var redactedDescription: String {
        switch kind {
        case .server, .decoding: headline(Self.neutralText(sqlstate, kind))
        case .configuration, .connection, .unexpectedReply, .cancelled, .timedOut, .closed,
            .localServer:
            headline(message)
        }
    }

    private func headline(_ words: String) -> String {
        var text = sqlstate.map { "[\($0)] " } ?? ""
        text += words
        let objects = [
            ("table", schema.flatMap { schema in table.map { "\(schema).\($0)" } } ?? table),
            ("column", column), ("type", datatype), ("constraint", constraint),
        ].compactMap { name, value in value.map { "\(name) \($0)" } }
        if !objects.isEmpty { text += " (" + objects.joined(separator: ", ") + ")" }
        return text
    }

    private static func neutralText(_ state: SQLState?, _ kind: Kind) -> String {
        guard kind != .decoding else { return "a value could not be read" }
        switch state?.errorClass {
        case "22": return "a value does not fit"
        case "23": return "a row violates a constraint"
        case "40": return "the transaction was rolled back"
        case "42": return "the statement is not valid here"
        case "53": return "the server lacks resources"
        case "55": return "the object is not in the state that the statement needs"
        case "57": return "the statement was stopped"
        default: return "the server refused the statement"
        }
    }
}
