public import Manifest

/// Everything about a repository that a caller decides: where it is, what is read of it, whom we
/// trust and how much it may cost.
public struct GitSettings: Sendable {
    /// What carries the bytes.
    public enum Transport: String, Codable, Sendable, CaseIterable {
        /// libgit2, or the program `git` for what libgit2 cannot do.
        case auto
        /// libgit2 only.
        case libgit2
        /// The program `git` only.
        case git
    }

    /// Where the repository is.
    public var url: GitURL
    /// Which revision is read.
    public var reference: GitReference
    /// The folder inside the repository that is read; empty for all of it.
    public var path = ""
    /// Who we are and whom we trust.
    public var credentials = GitCredentials()
    /// Certificates (PEM) that https servers may be signed by, instead of the system's.
    public var caFile: String?
    /// A proxy for https as `http://HOST:PORT`; none if nil, whatever the environment says.
    public var proxy: String?
    /// How much fetching may cost.
    public var limits = GitLimits()
    /// Which files are read.
    public var selection = FileSelection.manifests
    /// How much a tree may hold.
    public var treeLimits = ManifestLimits()
    /// What carries the bytes.
    public var transport = Transport.auto
    /// Commits of history to fetch; all if nil. Fewer need the program `git`.
    public var depth: Int?
    /// Whether a branch or tag may move to a commit that does not descend from the last seen one.
    public var allowRewrite = false
    /// Whether repositories on this machine's disk may be read.
    public var allowFiles = true
    /// Whether `http://` is allowed to other machines, where anybody on the way can change it.
    public var allowInsecureHTTP = false
    /// The program `git`, for what libgit2 cannot do.
    public var gitProgram = "/usr/bin/git"

    /// Settings with the defaults of a command line.
    public init(url: GitURL, reference: GitReference = .head, path: String = "") {
        self.url = url
        self.reference = reference
        self.path = path
    }

    /// Throws at what is not allowed.
    func check() throws(GitError) {
        try reference.check()
        switch url.scheme {
        case .https, .ssh: break
        case .file:
            if !allowFiles {
                throw GitError(
                    .badURL, "the repository \(url) is a folder, which is not allowed here",
                    help: "use an https or ssh address")
            }
        case .http:
            if !allowInsecureHTTP && !url.isLoopback {
                throw GitError(
                    .badURL, "the repository \(url) would be read over plain http",
                    help: "use https; anybody on the way could change what is read over http")
            }
        }
        if let depth, depth < 1 {
            throw GitError(
                .badSettings, "a history of \(depth) commits cannot be fetched",
                help: "ask for at least one commit, or for all by leaving the depth out")
        }
        if depth != nil, transport == .libgit2 {
            throw GitError(
                .badSettings, "libgit2 cannot fetch a shortened history",
                help: "leave the depth out, or use the transport git or auto")
        }
        try checkProxy()
        for part in path.split(separator: "/", omittingEmptySubsequences: false)
        where part == ".." || part == "." || (part.isEmpty && !path.isEmpty) {
            throw GitError(
                .badSettings, "\"\(cleaned(path))\" is not a folder inside a repository",
                help: "write names with a single / between, none of them . or ..")
        }
    }

    private func checkProxy() throws(GitError) {
        guard let proxy else { return }
        let ok =
            (proxy.hasPrefix("http://") || proxy.hasPrefix("https://"))
            && !proxy.contains("@")
            && proxy.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
        if !ok {
            throw GitError(
                .badSettings, "the proxy \"\(cleaned(proxy, limit: 100))\" is refused",
                help: "write http://HOST:PORT, without a user")
        }
    }
}
