/// What the fetching process is asked to do: one line of JSON on its standard input.
struct FetchRequest: Codable, Sendable {
    var url: GitURL
    var reference: GitReference
    /// The bare repository to fetch into.
    var mirror: String
    /// A folder of this fetch's own, which the caller removes.
    var scratch: String
    /// The commits that were seen last, by full reference name.
    var seen: [String: String]
    var allowRewrite: Bool
    var transport: GitSettings.Transport
    var depth: Int?
    var credentials: ResolvedCredentials
    var caFile: String?
    var proxy: String?
    var gitProgram: String
    var limits: GitLimits
}

/// What the fetching process answers: lines of JSON on its standard output.
enum FetchMessage: Codable, Sendable {
    /// It gets on: objects and bytes received so far.
    case progress(FetchProgress)
    /// It is done.
    case done(FetchOutcome)
    /// It failed.
    case failed(GitError)
}

/// How far a fetch is.
public struct FetchProgress: Hashable, Codable, Sendable {
    /// Objects received.
    public var objects = 0
    /// Objects to receive; 0 while unknown.
    public var totalObjects = 0
    /// Bytes received.
    public var bytes = 0
}

/// What became of a poll and, where something had moved, of the fetch.
struct FetchOutcome: Hashable, Codable, Sendable {
    /// The full name of the branch or tag; nil where a commit was asked for.
    var referenceName: String?
    var commit: String
    /// Whether anything was fetched.
    var fetched: Bool
}
