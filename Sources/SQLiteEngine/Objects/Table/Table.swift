/// An ordinary table without its children, which are objects of their own.
public struct TableDefinition: Hashable, Codable, Sendable {
    /// The name as it is spelled.
    public var name: String
    /// `STRICT`: values have to be of their column's type.
    public var isStrict: Bool
    /// `WITHOUT ROWID`: the primary key is the table's own order.
    public var isWithoutRowID: Bool

    /// Makes the definition.
    public init(name: String, isStrict: Bool = false, isWithoutRowID: Bool = false) {
        self.name = name
        self.isStrict = isStrict
        self.isWithoutRowID = isWithoutRowID
    }
}
