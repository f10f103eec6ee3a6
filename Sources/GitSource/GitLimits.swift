/// Every number that bounds what fetching may cost; what a tree may hold is bounded by
/// `ManifestLimits`. All of them end in a `GitError` that
/// names the limit; none of them is silently applied.
public struct GitLimits: Hashable, Codable, Sendable {
    /// Seconds that one poll and fetch may take together: 300.
    public var wallClockSeconds: Double = 300
    /// Seconds without any progress (bytes, objects, or words of the server): 30.
    public var idleSeconds: Double = 30
    /// Seconds to wait for another process that fetches into the same mirror: 60.
    public var lockSeconds: Double = 60
    /// Bytes that one fetch may receive: 512 MiB.
    public var receivedBytes: Int = 512 << 20
    /// Objects that one fetch may receive: 2 million.
    public var receivedObjects: Int = 2_000_000
    /// Bytes of one unpacked object in a received pack: 64 MiB.
    public var objectBytes: Int = 64 << 20
    /// Bytes of memory of the fetching process: 512 MiB, the program `git` included.
    public var memoryBytes: Int = 512 << 20
    /// Bytes of pack files that are mapped into memory at once: 256 MiB.
    public var mappedBytes: Int = 256 << 20
    /// References that a server may advertise: 100,000.
    public var references: Int = 100_000
    /// How often credentials are offered before a server's refusal is believed: 2.
    public var credentialAttempts: Int = 2
    /// The default limits.
    public init() {}
}
