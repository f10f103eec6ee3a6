/// An enum type: its labels in order.
public struct EnumDefinition: Hashable, Codable, Sendable {
    /// The labels in order.
    public var labels: [String]

    /// Makes the definition.
    public init(labels: [String]) { self.labels = labels }
}
