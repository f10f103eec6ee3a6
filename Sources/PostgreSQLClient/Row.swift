// Owns the access to the values of one row.

/// One row of a result.
///
/// The subscript gives the server's text. The functions read it as a type and throw an error of
/// kind `decoding` that names the column; those named `optional…` give nil for NULL.
public struct Row: Sendable {
    let storage: Rows.Storage
    /// The number of the row, from 0.
    public let index: Int

    /// The number of values.
    public var count: Int { storage.columns.count }

    /// A value as the server wrote it; nil for NULL.
    public subscript(column: Int) -> String? { storage.text(row: index, column: column) }

    /// Whether a value is NULL.
    public func isNull(_ column: Int) -> Bool { storage.range(row: index, column: column) == nil }

    /// A value without making a String of it; nil for NULL.
    public func withBytes<Value>(
        _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value
    ) -> Value? {
        storage.range(row: index, column: column).map { range in
            storage.bytes.withUnsafeBufferPointer {
                body(UnsafeBufferPointer(rebasing: $0[range]))
            }
        }
    }

    /// A text that is not NULL.
    public func text(_ column: Int) throws(PostgreSQLError) -> String {
        try value(self[column], column)
    }

    /// A whole number: int2, int4, int8, oid and the like.
    public func int(_ column: Int) throws(PostgreSQLError) -> Int {
        try value(try optionalInt(column), column)
    }

    /// A whole number or NULL.
    public func optionalInt(_ column: Int) throws(PostgreSQLError) -> Int? {
        guard let text = self[column] else { return nil }
        guard let number = Int(text) else { throw unreadable(column, "a whole number") }
        return number
    }

    /// A floating-point number: float4, float8, or numeric with a loss of precision.
    public func double(_ column: Int) throws(PostgreSQLError) -> Double {
        try value(try optionalDouble(column), column)
    }

    /// A floating-point number or NULL.
    public func optionalDouble(_ column: Int) throws(PostgreSQLError) -> Double? {
        guard let text = self[column] else { return nil }
        guard let number = Double(text) else { throw unreadable(column, "a number") }
        return number
    }

    /// A boolean.
    public func bool(_ column: Int) throws(PostgreSQLError) -> Bool {
        try value(try optionalBool(column), column)
    }

    /// A boolean or NULL.
    public func optionalBool(_ column: Int) throws(PostgreSQLError) -> Bool? {
        switch self[column] {
        case nil: return nil
        case "t": return true
        case "f": return false
        default: throw unreadable(column, "a boolean")
        }
    }

    /// The elements of an array with one dimension, in which NULL may stand.
    public func optionalTexts(_ column: Int) throws(PostgreSQLError) -> [String?]? {
        guard let text = self[column] else { return nil }
        guard let elements = PostgreSQLArray(text)?.texts else {
            throw unreadable(column, "an array with one dimension")
        }
        return elements
    }

    /// The elements of an array with one dimension, none of which is NULL.
    public func texts(_ column: Int) throws(PostgreSQLError) -> [String] {
        let elements = try value(try optionalTexts(column), column)
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard let element else { throw unreadable(column, "an array without NULL") }
            texts.append(element)
        }
        return texts
    }

    /// The elements of an array with two dimensions (empty for an empty array).
    public func nestedTexts(_ column: Int) throws(PostgreSQLError) -> [[String?]] {
        let text = try text(column)
        guard let rows = PostgreSQLArray(text)?.nestedTexts else {
            throw unreadable(column, "an array with two dimensions")
        }
        return rows
    }

    /// Whole numbers: of an array (`{1,2}`) or of an `int2vector` or `oidvector` (`1 2`).
    public func ints(_ column: Int) throws(PostgreSQLError) -> [Int] {
        try value(try optionalInts(column), column)
    }

    /// Whole numbers or NULL.
    public func optionalInts(_ column: Int) throws(PostgreSQLError) -> [Int]? {
        guard let text = self[column] else { return nil }
        let parts: [String]
        if text.utf8.first == UInt8(ascii: "{") || text.utf8.first == UInt8(ascii: "[") {
            parts = try texts(column)
        } else {
            parts = text.split(separator: " ").map(String.init)
        }
        var numbers: [Int] = []
        numbers.reserveCapacity(parts.count)
        for part in parts {
            guard let number = Int(part) else { throw unreadable(column, "whole numbers") }
            numbers.append(number)
        }
        return numbers
    }

    private func value<Value>(
        _ value: Value?, _ column: Int
    ) throws(PostgreSQLError) -> Value {
        guard let value else { throw unreadable(column, "a value that is not NULL") }
        return value
    }

    private func unreadable(_ column: Int, _ wanted: String) -> PostgreSQLError {
        var error = PostgreSQLError(
            kind: .decoding,
            message: "row \(index), column \(column) (\(storage.columns[column])) is not \(wanted)")
        error.column = storage.columns[column]
        error.detail = "the value is \(self[column] ?? "NULL")"
        return error
    }
}
