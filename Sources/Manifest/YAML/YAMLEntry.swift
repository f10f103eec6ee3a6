/// One key of a mapping with its value.
public struct YAMLEntry: Sendable {
    /// The key; always a scalar.
    public let key: YAMLNode
    /// What stands behind it; a null where nothing does.
    public let value: YAMLNode

    /// Makes an entry.
    public init(key: YAMLNode, value: YAMLNode) {
        self.key = key
        self.value = value
    }
}
