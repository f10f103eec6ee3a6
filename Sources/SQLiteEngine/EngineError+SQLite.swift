// Owns what SQLite's errors mean to generic code. Invariant: no values of rows get out.

internal import Planning
internal import SQLiteClient

extension EngineError {
    /// The error of a statement. SQLite's messages hold no values of rows: where a constraint
    /// refuses a row they name columns, or the text of a check, which is the schema's.
    init(_ error: SQLiteError, statement: String? = nil) {
        self.init(
            Self.kind(of: error), error.message, code: error.code?.description,
            help: error.hint, statement: statement)
    }

    /// The error of an attempt to open a database.
    init(opening error: SQLiteError) {
        self.init(error)
        if kind == .refused || kind == .connectionLost { kind = .unreachable }
    }

    private static func kind(of error: SQLiteError) -> Kind {
        switch error.kind {
        case .cancelled, .timedOut: return .cancelled
        case .closed: return .connectionLost
        case .usage, .decoding, .unsoundBackup: return .refused
        case .sqlite: break
        }
        switch error.code?.primary {
        case .busy:
            // A reader that wants to write sees an old state, and only a new transaction helps.
            return error.code == .busySnapshot ? .conflict : .lockTimeout
        case .locked, .schema: return .conflict
        case .interrupted: return .cancelled
        case .readOnly, .permission, .auth: return .privilege
        // What became of a commit is read from the file.
        case .inputOutput: return .connectionLost
        default: return .refused
        }
    }
}
