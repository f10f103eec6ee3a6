// Owns the rows of a result. Invariant: one buffer holds all bytes; a String is made only when
// a value is asked for.

/// The result of a statement. A cheap value, whatever its size.
public struct Rows: Sendable, RandomAccessCollection {
    final class Storage: Sendable {
        let columns: [String]
        let columnTypes: [UInt32]
        let commandTag: String
        let affectedRows: Int
        let height: Int
        let bytes: [UInt8]
        /// Where each cell ends in `bytes`, row by row; the complement of it for NULL.
        let ends: [Int]

        init(
            columns: [String], columnTypes: [UInt32], commandTag: String, affectedRows: Int,
            height: Int, bytes: [UInt8], ends: [Int]
        ) {
            self.columns = columns
            self.columnTypes = columnTypes
            self.commandTag = commandTag
            self.affectedRows = affectedRows
            self.height = height
            self.bytes = bytes
            self.ends = ends
        }

        /// The bytes of a cell, or nil for NULL.
        func range(row: Int, column: Int) -> Range<Int>? {
            precondition(column >= 0 && column < columns.count, "no column \(column)")
            let cell = row * columns.count + column
            let end = ends[cell]
            guard end >= 0 else { return nil }
            guard cell > 0 else { return 0..<end }
            let before = ends[cell - 1]
            return (before >= 0 ? before : ~before)..<end
        }

        func text(row: Int, column: Int) -> String? {
            range(row: row, column: column).map { range in
                bytes.withUnsafeBufferPointer {
                    String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
                }
            }
        }
    }

    let storage: Storage

    init(storage: Storage) { self.storage = storage }

    /// The names of the columns.
    public var columns: [String] { storage.columns }
    /// The type of each column, by its oid in `pg_type`.
    public var columnTypes: [UInt32] { storage.columnTypes }
    /// What the server calls the statement that it ran, such as `INSERT 0 3` or `CREATE TABLE`.
    public var commandTag: String { storage.commandTag }
    /// How many rows were written or read, if the statement does such a thing; else 0.
    public var affectedRows: Int { storage.affectedRows }

    /// 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { storage.height }

    /// A row, by its number from 0.
    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < storage.height, "no row \(position)")
        return Row(storage: storage, index: position)
    }

    /// The number of a column, or nil if there is none of that name.
    public func column(named name: String) -> Int? { storage.columns.firstIndex(of: name) }
}
