/// Something that only its author can make and remove, for example a virtual table.
public struct StatementDefinition: Hashable, Codable, Sendable {
    /// What says that it is another one: a new text with the same identity is no difference.
    public var identity: String
    /// What makes it.
    public var create: ComparableSQL
    /// What removes it; nil if nothing can.
    public var drop: ComparableSQL?

    /// Makes the definition.
    public init(identity: String, create: ComparableSQL, drop: ComparableSQL? = nil) {
        self.identity = identity
        self.create = create
        self.drop = drop
    }
}
