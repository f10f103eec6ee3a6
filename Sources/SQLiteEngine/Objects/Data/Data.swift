/// The rows of a lookup table, as a manifest lists them by key.
public struct DataDefinition: Hashable, Codable, Sendable {
    /// A value of a row.
    public enum Value: Hashable, Codable, Sendable {
        case null
        case integer(Int64)
        /// As SQLite prints it with 17 digits, so that equal numbers have equal texts.
        case real(String)
        case text(String)
        /// In hexadecimal digits of upper case.
        case blob(String)
    }

    /// The table's name as it is spelled there.
    public var table: String
    /// The columns that tell rows apart, as they are declared.
    public var key: [String]
    /// The columns that are managed, as they are declared, the key's among them.
    public var columns: [String]
    /// The rows in the order of their keys, each with a value for each of `columns`.
    public var rows: [[Value]]

    /// Makes the definition.
    public init(table: String, key: [String], columns: [String], rows: [[Value]]) {
        self.table = table
        self.key = key
        self.columns = columns
        self.rows = rows
    }
}
