/// A comment on another object.
public struct CommentDefinition: Hashable, Codable, Sendable {
    /// The text; never empty.
    public var text: String

    /// Makes the definition.
    public init(text: String) { self.text = text }
}
