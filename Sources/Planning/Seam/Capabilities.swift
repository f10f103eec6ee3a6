/// What a server can do and a session may. It may steer which strategy is chosen.
public struct Capabilities: Hashable, Codable, Sendable {
    /// The major version, for example 15.
    public var majorVersion: Int
    /// The full version as the server prints it.
    public var version: String

    /// Makes the value.
    public init(majorVersion: Int, version: String) {
        self.majorVersion = majorVersion
        self.version = version
    }
}
