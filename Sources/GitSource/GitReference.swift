/// Which revision of a repository is read.
public enum GitReference: Hashable, Codable, Sendable, CustomStringConvertible {
    /// What the repository itself calls its default branch.
    case head
    /// A branch or, if there is none of that name, a tag.
    case named(String)
    /// A branch.
    case branch(String)
    /// A tag, light or annotated.
    case tag(String)
    /// The highest version among the tags that lie in a range.
    case versions(VersionRange, prereleases: Bool)
    /// Exactly one commit, by its 40 digits.
    case commit(String)

    /// Reads what a person writes: `main`, `branch:main`, `tag:v1.2.0`, `semver:~1.2`,
    /// `commit:` and 40 digits, or the digits alone; `HEAD` is the default branch.
    public init(_ text: String) throws(GitError) {
        if text == "HEAD" {
            self = .head
            return
        }
        if Self.isCommit(text) {
            self = .commit(text)
            return
        }
        for (prefix, make) in Self.prefixes where text.hasPrefix(prefix) {
            self = try make(String(text.dropFirst(prefix.count)))
            return
        }
        self = .named(try Self.checked(text))
    }

    private static let prefixes: [(String, @Sendable (String) throws(GitError) -> GitReference)] = [
        ("refs/heads/", { text throws(GitError) in .branch(try checked(text)) }),
        ("refs/tags/", { text throws(GitError) in .tag(try checked(text)) }),
        ("branch:", { text throws(GitError) in .branch(try checked(text)) }),
        ("tag:", { text throws(GitError) in .tag(try checked(text)) }),
        (
            "semver:",
            { text throws(GitError) in .versions(try VersionRange(text), prereleases: false) }
        ),
        (
            "commit:",
            { text throws(GitError) in
                guard isCommit(text) else {
                    throw GitError(
                        .badReference, "\"\(cleaned(text, limit: 80))\" is not a commit",
                        help: "give all 40 hexadecimal digits, in lower case")
                }
                return .commit(text)
            }
        ),
    ]

    /// As `init(_:)` reads it.
    public var description: String {
        switch self {
        case .head: "HEAD"
        case .named(let name): name
        case .branch(let name): "branch:\(name)"
        case .tag(let name): "tag:\(name)"
        case .versions(let range, _): "semver:\(range)"
        case .commit(let id): "commit:\(id)"
        }
    }

    /// Throws unless the names in it are ones that git allows.
    func check() throws(GitError) {
        switch self {
        case .head, .versions: break
        case .named(let name), .branch(let name), .tag(let name): _ = try Self.checked(name)
        case .commit(let id): if !Self.isCommit(id) { _ = try GitReference("commit:\(id)") }
        }
    }

    static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }

    /// The rules of `git check-ref-format`.
    static func checked(_ name: String) throws(GitError) -> String {
        let forbidden = "~^:?*[\\ ".unicodeScalars
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let bad =
            name.isEmpty || name == "@" || name.hasPrefix("-") || name.hasSuffix(".")
            || name.contains("..") || name.contains("@{") || name.utf8.count > 255
            || name.unicodeScalars.contains {
                $0.value < 0x20 || $0.value == 0x7f || forbidden.contains($0)
            }
            || parts.contains { $0.isEmpty || $0.hasPrefix(".") || $0.hasSuffix(".lock") }
        if bad {
            throw GitError(
                .badReference, "\"\(cleaned(name, limit: 80))\" is not a name of a branch or tag",
                help: "write NAME, branch:NAME, tag:NAME, semver:RANGE or a commit of 40 digits")
        }
        return name
    }
}
