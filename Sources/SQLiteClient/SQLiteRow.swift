/// One row of a result.
public struct SQLiteRow: Hashable, Sendable {
    /// The values, in the order of the columns.
    public let values: [SQLiteValue]

    init(_ values: [SQLiteValue]) { self.values = values }

    /// The value of a column, by its number from 0.
    public subscript(column: Int) -> SQLiteValue { values[column] }

    /// Whether it is NULL.
    public func isNull(_ column: Int) -> Bool { values[column] == .null }

    /// A text; NULL and other types are an error.
    public func text(_ column: Int) throws(SQLiteError) -> String {
        guard case .text(let text) = values[column] else { throw misfit(column, "a text") }
        return text
    }

    /// A text or NULL.
    public func optionalText(_ column: Int) throws(SQLiteError) -> String? {
        isNull(column) ? nil : try text(column)
    }

    /// A whole number; NULL and other types are an error.
    public func integer(_ column: Int) throws(SQLiteError) -> Int64 {
        guard case .integer(let number) = values[column] else {
            throw misfit(column, "a whole number")
        }
        return number
    }

    /// A whole number that is not 0; NULL and other types are an error.
    public func bool(_ column: Int) throws(SQLiteError) -> Bool { try integer(column) != 0 }

    /// Does not tell the value, which may be a secret.
    private func misfit(_ column: Int, _ wanted: String) -> SQLiteError {
        let found =
            switch values[column] {
            case .null: "NULL"
            case .integer: "a whole number"
            case .real: "a real number"
            case .text: "a text"
            case .blob: "a blob"
            }
        return SQLiteError(.decoding, "column \(column) is \(found), not \(wanted)")
    }
}
