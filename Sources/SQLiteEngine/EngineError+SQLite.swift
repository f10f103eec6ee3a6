// Owns what SQLite's errors mean to generic code. Invariant: no values of rows get out.

internal import Planning
internal import SQLiteClient

extension EngineError {
    /// The error of a statement. SQLite's messages hold no values of rows: where a constraint
    /// refuses a row they name columns, or the text of a check, which is the schema's.
    init(_ error: SQLiteError, statement: String? = nil) {
        let kind = Self.kind(of: error)
        self.init(
            kind, error.message, code: error.code?.description,
            help: error.hint, statement: statement)
        guard kind == .lockTimeout, let file = error.file else { return }
        let holders = FileLockHolders.holders(of: file).map(\.summary)
        if !holders.isEmpty { message += "; it is used by " + holders.joined(separator: ", ") }
    }

    /// The error of a commit: whether it is done is read from the file.
    init(committing error: SQLiteError) {
        self.init(error, statement: "COMMIT")
        if error.code?.primary == .inputOutput { kind = .connectionLost }
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
        default: return .refused
        }
    }
}
