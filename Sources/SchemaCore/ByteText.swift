/// A text whose identity is its UTF-8: for keys of dictionaries and sets of names.
public struct ByteText: Hashable, Sendable {
    /// The text.
    public let text: String

    /// Takes a text.
    public init(_ text: String) { self.text = text }

    /// Compares the bytes.
    public static func == (lhs: ByteText, rhs: ByteText) -> Bool {
        lhs.text.isSameBytes(as: rhs.text)
    }

    /// Hashes the text; two spellings of one have one hash.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
