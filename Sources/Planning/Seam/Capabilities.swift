/// What a server can do and a session may. It may steer which strategy is chosen.
public struct Capabilities: Hashable, Codable, Sendable {
    /// The major version, for example 15.
    public var majorVersion: Int
    /// The full version as the server prints it.
    public var version: String
    /// Whether readers go on while a transaction writes a lot.
    public var readersGoOn: Bool

    /// Makes the value.
    public init(majorVersion: Int, version: String, readersGoOn: Bool = true) {
        self.majorVersion = majorVersion
        self.version = version
        self.readersGoOn = readersGoOn
    }
}
