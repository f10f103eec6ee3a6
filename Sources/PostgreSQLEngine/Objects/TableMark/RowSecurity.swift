/// Whether policies rule a table.
public struct RowSecurityDefinition: Hashable, Codable, Sendable {
    /// Whether policies narrow what others than the owner see and write.
    public var isOn: Bool
    /// Whether they bind the owner, too.
    public var isForced: Bool
}
