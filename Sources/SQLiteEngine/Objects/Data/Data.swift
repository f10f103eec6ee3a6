// Owns what a managed row is. Invariant: it holds the columns that a manifest gives and no others,
// so what others keep in the row's other columns is neither compared nor written.

internal import SchemaCore

/// One row of a table, by its key, with the columns that a manifest gives.
public struct DataDefinition: Hashable, Codable, Sendable {
    /// A value of a row. Texts are the same only if their bytes are, as SQLite compares them.
    public enum Value: Codable, Sendable {
        case null
        case integer(Int64)
        /// The shortest text that reads as the same number, so that equal numbers are equal.
        case real(String)
        case text(String)
        /// In hexadecimal digits of upper case.
        case blob(String)
    }

    /// The table's name as it is spelled there.
    public var table: String
    /// The columns that tell rows apart, as they are declared.
    public var key: [String]
    /// The columns that are managed, the key's among them, in the order of their folded names.
    public var columns: [String]
    /// A value for each of `columns`.
    public var values: [Value]

    /// Makes the definition.
    public init(table: String, key: [String], columns: [String], values: [Value]) {
        self.table = table
        self.key = key
        self.columns = columns
        self.values = values
    }

    /// The values of the key, in its order.
    var keyValues: [Value] {
        key.map { name in
            let place = columns.firstIndex { $0.asciiFolded == name.asciiFolded }
            return place.map { values[$0] } ?? .null
        }
    }

    /// Its address.
    var id: ObjectID { .data(table, keyValues) }
}

extension DataDefinition.Value: Hashable {
    /// Compares the sort and the bytes.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.integer(let one), .integer(let other)): one == other
        case (.real(let one), .real(let other)), (.text(let one), .text(let other)),
            (.blob(let one), .blob(let other)):
            one.isSameBytes(as: other)
        case (.null, _), (.integer, _), (.real, _), (.text, _), (.blob, _): false
        }
    }

    /// Hashes the value; two spellings of one text have one hash.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let number): hasher.combine(number)
        case .real(let text), .text(let text), .blob(let text): hasher.combine(text)
        }
    }
}

extension ObjectID {
    /// A managed row.
    static func data(_ table: String, _ key: [DataDefinition.Value]) -> ObjectID {
        ObjectID(.data, [table.asciiFolded] + key.map(\.shown))
    }
}

extension DataDefinition.Value {
    /// As an address has it: a text as it is, unless it would read as something else.
    var shown: String {
        switch self {
        case .null: "NULL"
        case .integer(let number): String(number)
        case .real(let text): text
        case .blob(let digits): "x'\(digits)'"
        case .text(let text):
            text.isEmpty || text == "NULL" || text.contains("'") || Double(text) != nil
                ? SQLDialect.sqlite.quoted(literal: text) : text
        }
    }
}
