/// What a server can do and a session may. It may steer which strategy is chosen.
public struct Capabilities: Hashable, Codable, Sendable {
    /// The major version, for example 15.
    public var majorVersion: Int
    /// The full version as the server prints it.
    public var version: String
    /// Whether readers go on while a transaction writes a lot.
    public var readersGoOn: Bool
    /// The tables in which statistics are kept that go with the table that they are about.
    public var statistics: [String]

    /// Makes the value.
    public init(
        majorVersion: Int, version: String, readersGoOn: Bool = true, statistics: [String] = []
    ) {
        self.statistics = statistics
        self.majorVersion = majorVersion
        self.version = version
        self.readersGoOn = readersGoOn
    }
}
