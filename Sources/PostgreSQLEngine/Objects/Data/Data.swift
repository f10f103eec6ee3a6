// Owns what a managed row is. Invariant: it holds the columns that a manifest gives and no others,
// so what others keep in the row's other columns is neither compared nor written.

public import Planning
public import SchemaCore

/// One row of a table, by its key, with the columns that a manifest gives. Its table is the
/// beginning of its address.
public struct DataDefinition: Codable, Sendable {
    /// The columns that tell rows apart, as they are declared.
    public var key: [String]
    /// The columns that are managed, the key's among them, in the order of their names.
    public var columns: [String]
    /// A value for each of `columns`: as a manifest gives it; of what a server told, its text in a
    /// form that equal values share.
    public var values: [RowValue]
    /// Of what a server told, the values as the server writes them, which statements write.
    public var written: [String?]
    /// Of what a server told, the schema of the operator by which it compares each column of the
    /// key, where that is not the server's own.
    public var operators: [String?]

    /// Makes the definition.
    public init(
        key: [String], columns: [String], values: [RowValue], written: [String?] = [],
        operators: [String?] = []
    ) {
        self.key = key
        self.columns = columns
        self.values = values
        self.written = written
        self.operators = operators
    }

    private enum CodingKeys: CodingKey { case key, columns, values, written, operators }

    /// For a digest, as what it is.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key, forKey: .key)
        try container.encode(columns, forKey: .columns)
        try container.encode(values, forKey: .values)
        guard !encoder.makesCanonicalBytes else { return }
        try container.encode(written, forKey: .written)
        try container.encode(operators, forKey: .operators)
    }
}

extension DataDefinition: Hashable {
    /// Compares what is managed: two spellings of one value are no difference.
    public static func == (lhs: DataDefinition, rhs: DataDefinition) -> Bool {
        lhs.key == rhs.key && lhs.columns == rhs.columns && lhs.values == rhs.values
    }

    /// Hashes what is managed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(key)
        hasher.combine(columns)
        hasher.combine(values)
    }
}

extension DataDefinition {
    /// The values of the key, in its order.
    var keyValues: [RowValue] { key.map { valuesByColumn[$0] ?? .null } }

    /// The values by column.
    var valuesByColumn: [String: RowValue] {
        Dictionary(zip(columns, values).map { ($0, $1) }, uniquingKeysWith: { $1 })
    }

    /// What statements write, by column.
    var writtenByColumn: [String: String?] {
        Dictionary(zip(columns, written).map { ($0, $1) }, uniquingKeysWith: { $1 })
    }

    /// The address in a table.
    func id(in table: ObjectID) -> ObjectID {
        ObjectID(.data, table.path + keyValues.map(\.shown))
    }
}

extension ObjectID {
    /// The table of a managed row.
    var tableOfRow: ObjectID { .table(path[0], path[1]) }
}

extension RowValue {
    /// As an address has it: a column has values of one type, so that a text tells them apart.
    var shown: String {
        switch self {
        case .null: "NULL"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .real(let text), .text(let text): text
        case .blob(let digits): "\\x\(digits.lowercased())"
        }
    }

    /// As a literal, whose type a text leaves to the column.
    var literal: SQL {
        switch self {
        case .null: "NULL"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .real(let text): SQL(stringLiteral: text)
        case .text(let text): "\(literal: text)"
        case .blob(let digits): "\(literal: "\\x\(digits)")"
        }
    }
}

extension Encoder {
    /// Whether it makes the bytes of which a digest is taken.
    var makesCanonicalBytes: Bool {
        CodingUserInfoKey.canonicalBytes.map { userInfo[$0] != nil } == true
    }
}
