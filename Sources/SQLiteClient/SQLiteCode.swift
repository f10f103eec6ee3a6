/// One of SQLite's result codes, extended where it is (<https://sqlite.org/rescode.html>).
public struct SQLiteCode: RawRepresentable, Hashable, Sendable {
    /// The number: the primary code in its lowest byte.
    public let rawValue: Int32

    /// Makes a code from its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    private init(_ primary: Int32, _ detail: Int32 = 0) { rawValue = primary | detail << 8 }

    /// The code without its extension.
    public var primary: SQLiteCode { SQLiteCode(rawValue: rawValue & 0xff) }

    /// The statement is wrong, or names what is not there.
    public static let error = SQLiteCode(1)
    /// It may not be done: by the authorizer.
    public static let auth = SQLiteCode(23)
    /// The file may not be read or written.
    public static let permission = SQLiteCode(3)
    /// Another connection has a lock that is in the way.
    public static let busy = SQLiteCode(5)
    /// Another connection has to undo an unfinished transaction first.
    public static let busyRecovery = SQLiteCode(5, 1)
    /// A transaction that read an old state may not write.
    public static let busySnapshot = SQLiteCode(5, 2)
    /// This connection itself has a lock that is in the way.
    public static let locked = SQLiteCode(6)
    /// The file or the connection is read-only.
    public static let readOnly = SQLiteCode(8)
    /// An unfinished transaction has to be undone, which needs the right to write.
    public static let readOnlyRollback = SQLiteCode(8, 3)
    /// The file was moved or removed since it was opened.
    public static let readOnlyMoved = SQLiteCode(8, 4)
    /// The folder cannot be written, so there can be no journal.
    public static let readOnlyDirectory = SQLiteCode(8, 6)
    /// It was interrupted.
    public static let interrupted = SQLiteCode(9)
    /// The system could not read or write.
    public static let inputOutput = SQLiteCode(10)
    /// The file's bytes are not those of a sound database.
    public static let corrupt = SQLiteCode(11)
    /// The disk is full, or a limit of the file's size is reached.
    public static let full = SQLiteCode(13)
    /// The file cannot be opened.
    public static let cannotOpen = SQLiteCode(14)
    /// The schema changed while a statement was made.
    public static let schema = SQLiteCode(17)
    /// A value or a text is too long.
    public static let tooBig = SQLiteCode(18)
    /// A constraint refuses a row.
    public static let constraint = SQLiteCode(19)
    /// The file is no database, or an encrypted one.
    public static let notADatabase = SQLiteCode(26)

    private static let primaryNames: [Int32: String] = [
        1: "ERROR", 2: "INTERNAL", 3: "PERM", 4: "ABORT", 5: "BUSY", 6: "LOCKED", 7: "NOMEM",
        8: "READONLY", 9: "INTERRUPT", 10: "IOERR", 11: "CORRUPT", 12: "NOTFOUND", 13: "FULL",
        14: "CANTOPEN", 15: "PROTOCOL", 16: "EMPTY", 17: "SCHEMA", 18: "TOOBIG",
        19: "CONSTRAINT", 20: "MISMATCH", 21: "MISUSE", 22: "NOLFS", 23: "AUTH", 24: "FORMAT",
        25: "RANGE", 26: "NOTADB",
    ]

    private static let details: [Int32: [String]] = [
        1: ["MISSING_COLLSEQ", "RETRY", "SNAPSHOT"],
        4: ["", "ROLLBACK"],
        5: ["RECOVERY", "SNAPSHOT", "TIMEOUT"],
        6: ["SHAREDCACHE", "VTAB"],
        8: ["RECOVERY", "CANTLOCK", "ROLLBACK", "DBMOVED", "CANTINIT", "DIRECTORY"],
        10: [
            "READ", "SHORT_READ", "WRITE", "FSYNC", "DIR_FSYNC", "TRUNCATE", "FSTAT", "UNLOCK",
            "RDLOCK", "DELETE", "BLOCKED", "NOMEM", "ACCESS", "CHECKRESERVEDLOCK", "LOCK", "CLOSE",
            "DIR_CLOSE", "SHMOPEN", "SHMSIZE", "SHMLOCK", "SHMMAP", "SEEK", "DELETE_NOENT", "MMAP",
            "GETTEMPPATH", "CONVPATH", "VNODE", "AUTH", "BEGIN_ATOMIC", "COMMIT_ATOMIC",
            "ROLLBACK_ATOMIC", "DATA", "CORRUPTFS",
        ],
        11: ["VTAB", "SEQUENCE", "INDEX"],
        14: ["NOTEMPDIR", "ISDIR", "FULLPATH", "CONVPATH", "DIRTYWAL", "SYMLINK"],
        19: [
            "CHECK", "COMMITHOOK", "FOREIGNKEY", "FUNCTION", "NOTNULL", "PRIMARYKEY", "TRIGGER",
            "UNIQUE", "VTAB", "ROWID", "PINNED", "DATATYPE",
        ],
        23: ["USER"],
    ]
}

extension SQLiteCode: CustomStringConvertible {
    /// As the documentation names it: `SQLITE_BUSY_SNAPSHOT`.
    public var description: String {
        guard let name = Self.primaryNames[rawValue & 0xff] else { return "SQLITE \(rawValue)" }
        let detail = Int(rawValue >> 8)
        guard detail > 0 else { return "SQLITE_\(name)" }
        let names = Self.details[rawValue & 0xff] ?? []
        guard detail <= names.count, !names[detail - 1].isEmpty else {
            return "SQLITE_\(name) (\(rawValue))"
        }
        return "SQLITE_\(name)_\(names[detail - 1])"
    }
}
