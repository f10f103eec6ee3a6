// Owns what a server's error means to generic code. Invariant: no values of rows get out.

internal import Planning
internal import PostgreSQLClient

extension EngineError {
    /// The error of a statement.
    init(_ error: PostgreSQLError, statement: String?) {
        self.init(
            Self.kind(of: error), Self.words(of: error), code: error.sqlstate?.rawValue,
            help: Self.help(for: error), statement: statement)
    }

    /// The error of an attempt to connect.
    init(connecting error: PostgreSQLError) {
        self.init(error, statement: nil)
        if kind == .connectionLost || kind == .refused { kind = .unreachable }
        help =
            help ?? "Check the connection's host, port, database, user and password, "
            + "and that the server is running."
    }

    private static func kind(of error: PostgreSQLError) -> Kind {
        if error.isConnectionLost || error.outcomeUnknown { return .connectionLost }
        switch error.kind {
        case .configuration, .unexpectedReply, .decoding, .localServer, .server: break
        case .connection, .closed: return .connectionLost
        case .cancelled, .timedOut: return .cancelled
        }
        switch error.sqlstate {
        case .lockNotAvailable: return .lockTimeout
        case .deadlockDetected, .serializationFailure: return .conflict
        case .queryCanceled: return .cancelled
        case .insufficientPrivilege: return .privilege
        default: return .refused
        }
    }

    /// Errors on data (classes 22 and 23) quote it; only their code and the objects are told.
    private static func words(of error: PostgreSQLError) -> String {
        if let state = error.sqlstate, ["22", "23"].contains(state.errorClass) {
            return error.redactedDescription
        }
        let table = error.table.map { ($0, error.schema.map { "\($0)." } ?? "") }
        let objects = [
            table.map { "table \($0.1)\($0.0)" }, error.column.map { "column \($0)" },
            error.datatype.map { "type \($0)" }, error.constraint.map { "constraint \($0)" },
        ].compactMap { $0 }
        return error.message
            + (objects.isEmpty ? "" : " (" + objects.joined(separator: ", ") + ")")
    }

    /// What a function does not find, it finds where its callers have a search path.
    private static let missing: Set<SQLState> = [
        .undefinedTable, .undefinedColumn, .undefinedObject, .undefinedFunction,
        .invalidSchemaName,
    ]

    private static func help(for error: PostgreSQLError) -> String? {
        if let state = error.sqlstate, missing.contains(state), error.internalQuery != nil {
            return "A function was called that looks for this along the search path, which is "
                + "empty here, as it is for dumps and in index builds: name it with its schema in "
                + "the function's body, or give the function `settings: { search_path: … }`."
        }
        if let hint = error.hint { return hint }
        guard error.sqlstate == .insufficientPrivilege else { return nil }
        return "Grant the connecting role what the message names, or connect as the owner of "
            + "the objects."
    }
}
