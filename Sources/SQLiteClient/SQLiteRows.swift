/// The whole result of a statement.
public struct SQLiteRows: RandomAccessCollection, Hashable, Sendable {
    /// The names of the columns, as the statement gives them.
    public let columns: [String]
    /// How many rows the statement inserted, changed or deleted itself, without its triggers.
    public let changes: Int
    private let rows: [SQLiteRow]

    init(columns: [String], rows: [SQLiteRow], changes: Int) {
        self.columns = columns
        self.rows = rows
        self.changes = changes
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { rows.count }
    /// A row, by its number from 0.
    public subscript(position: Int) -> SQLiteRow { rows[position] }
}
