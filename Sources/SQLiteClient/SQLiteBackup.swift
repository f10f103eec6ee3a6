/// A backup that was taken and looked over.
public struct SQLiteBackup: Hashable, Sendable {
    /// How far the copying has come.
    public struct Progress: Hashable, Sendable {
        /// Pages that are copied.
        public let done: Int
        /// Pages of the database.
        public let total: Int
    }

    /// The file that holds it.
    public let path: String
    /// How many pages it has.
    public let pages: Int
    /// How many rows each table has, the same in the database and in the backup.
    public let rows: [String: Int64]
    /// Why tables could not be looked over, by their names: they use what only an application
    /// knows.
    public let unchecked: [String: String]
}
