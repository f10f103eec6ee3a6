/// A type as the server's catalog has it, in parts.
public struct TypeForm: Hashable, Codable, Sendable {
    /// Whose type it is.
    public enum Origin: String, Codable, Sendable, CaseIterable {
        /// The server's own.
        case server
        /// An extension's.
        case `extension`
        /// An enum of the user's.
        case enumeration
        /// Another type of the user's.
        case user
    }
    /// The catalog's name, without its schema; of an array, that of the elements: `int4`.
    public var name: String
    /// The server's number for length, precision or scale; nil without one.
    public var modifier: Int?
    /// Whether it is an array of that type.
    public var isArray: Bool
    /// Whose it is.
    public var origin: Origin

    /// Makes the value.
    public init(name: String, modifier: Int?, isArray: Bool, origin: Origin) {
        self.name = name
        self.modifier = modifier
        self.isArray = isArray
        self.origin = origin
    }
}
