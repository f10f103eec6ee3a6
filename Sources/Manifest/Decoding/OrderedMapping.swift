/// Names with values in the order of the file.
public struct OrderedMapping<Value: Sendable>: Sendable {
    /// One name with its value.
    public struct Entry: Sendable {
        /// The name, with the place of the key.
        public let name: Spanned<String>
        /// The value.
        public let value: Value

        /// Makes an entry.
        public init(name: Spanned<String>, value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// The entries in the order of the file; the names are distinct.
    public let entries: [Entry]

    /// Takes entries with distinct names.
    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// The names in order.
    public var names: [String] { entries.map(\.name.value) }

    /// The value of a name.
    public subscript(name: String) -> Value? {
        entries.first { $0.name.value == name }?.value
    }
}

extension OrderedMapping: RandomAccessCollection {
    /// Always 0.
    public var startIndex: Int { 0 }
    /// How many entries there are.
    public var endIndex: Int { entries.count }
    /// The entry at a position of the file.
    public subscript(position: Int) -> Entry { entries[position] }
}

extension OrderedMapping.Entry: Equatable where Value: Equatable {}
extension OrderedMapping.Entry: Hashable where Value: Hashable {}
extension OrderedMapping: Equatable where Value: Equatable {}
extension OrderedMapping: Hashable where Value: Hashable {}
