// Owns the quick reading of what system catalogs hold: oids, numbers, flags and vectors.

import PostgreSQLClient

/// The number by which the server knows an object inside one of its catalogs; 0 for none.
typealias OID = UInt32

extension Row {
    /// An oid; NULL is none.
    func oid(_ column: Int) -> OID {
        withBytes(column) { OID(truncatingIfNeeded: Digits.first(in: $0)) } ?? 0
    }

    /// A small number; NULL is 0.
    func number(_ column: Int) -> Int { withBytes(column) { Digits.first(in: $0) } ?? 0 }

    /// A `"char"`; NULL and the empty one are 0.
    func character(_ column: Int) -> UInt8 { withBytes(column) { $0.first ?? 0 } ?? 0 }

    /// A boolean; NULL is false.
    func flag(_ column: Int) -> Bool { character(column) == UInt8(ascii: "t") }

    /// The numbers of an array (`{1,2}`) or a vector (`1 2`); NULL is none.
    func numbers(_ column: Int) -> [Int] { withBytes(column) { Digits.all(in: $0) } ?? [] }

    /// The oids of an array or a vector; NULL is none.
    func oids(_ column: Int) -> [OID] { numbers(column).map { OID(truncatingIfNeeded: $0) } }

    /// Options stored as `name=value`; NULL is none.
    func options(_ column: Int) throws(PostgreSQLError) -> [String: String] {
        guard !isNull(column) else { return [:] }
        var options: [String: String] = [:]
        for entry in try texts(column) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        return options
    }
}

/// Reads whole numbers out of the server's text, whatever stands between them.
private enum Digits {
    static func first(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var position = 0
        return next(in: bytes, &position) ?? 0
    }

    static func all(in bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
        var numbers: [Int] = []
        var position = 0
        while let number = next(in: bytes, &position) { numbers.append(number) }
        return numbers
    }

    private static func next(
        in bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) -> Int? {
        var value = 0
        var isNegative = false
        var found = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte >= 0x30, byte <= 0x39 {
                value = value &* 10 &+ Int(byte &- 0x30)
                found = true
            } else if found {
                break
            } else {
                isNegative = byte == UInt8(ascii: "-")
            }
            position += 1
        }
        // The least number of 64 bits has wrapped by now, and wraps again to itself.
        return found ? (isNegative ? 0 &- value : value) : nil
    }
}
