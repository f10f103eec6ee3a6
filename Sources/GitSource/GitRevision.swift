/// A commit, and the branch or tag that led to it.
public struct GitRevision: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The full name of the branch or tag; nil where a commit was asked for.
    public let referenceName: String?
    /// The commit's 40 digits.
    public let commit: String

    /// Makes a revision.
    public init(referenceName: String? = nil, commit: String) {
        self.referenceName = referenceName
        self.commit = commit
    }

    /// The name of the branch or tag without its folder.
    public var shortName: String? {
        guard let referenceName else { return nil }
        for prefix in ["refs/heads/", "refs/tags/"] where referenceName.hasPrefix(prefix) {
            return String(referenceName.dropFirst(prefix.count))
        }
        return referenceName
    }

    /// `main@sha1:…`, or `sha1:…` where a commit was asked for.
    public var description: String { (shortName.map { $0 + "@" } ?? "") + "sha1:\(commit)" }
}
