/// Where scratch databases come from.
public struct ScratchSettings: Hashable, Sendable {
    /// Who gives a scratch database.
    public enum Provider: Hashable, Sendable {
        /// A private server of the target's major version from installed binaries; where there are
        /// none, the target's own server.
        case automatic
        /// A private server from installed binaries.
        case local
        /// A dedicated server.
        case url(String)
        /// A database made and dropped on the target's server.
        case sameServer
    }
    /// Who gives it.
    public var provider: Provider
    /// The folder in which canonical catalogs are kept between runs; nil keeps none.
    public var cacheDirectory: String?

    /// Makes the value.
    public init(provider: Provider = .automatic, cacheDirectory: String? = nil) {
        self.provider = provider
        self.cacheDirectory = cacheDirectory
    }
}
