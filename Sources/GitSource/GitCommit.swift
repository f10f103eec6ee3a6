internal import CGit2

/// What a commit says about itself, and its signature with the bytes that were signed. Nothing
/// of it is verified here.
public struct GitCommit: Hashable, Codable, Sendable {
    /// Who did something, and when.
    public struct Person: Hashable, Codable, Sendable {
        /// The name.
        public let name: String
        /// The address.
        public let email: String
        /// Seconds since 1970 in UTC.
        public let seconds: Int64
        /// Minutes that the person's clock was ahead of UTC.
        public let offsetMinutes: Int
    }

    /// A signature as it stands in the commit.
    public struct Signature: Hashable, Codable, Sendable {
        /// The armoured signature (OpenPGP, ssh or X.509).
        public let text: String
        /// The bytes of the commit that it signs.
        public let payload: [UInt8]
    }

    /// The commit's 40 digits.
    public let id: String
    /// Its parents' digits, first the one that it was made on.
    public let parents: [String]
    /// Who wrote the change.
    public let author: Person
    /// Who made the commit.
    public let committer: Person
    /// The whole message.
    public let message: String
    /// Its signature, if it has one.
    public let signature: Signature?
}

extension Mirror {
    /// Reads what a commit says about itself.
    func info(of commit: String) throws(GitError) -> GitCommit {
        guard var id = LibGit2.id(commit) else { throw Mirror.missing(commit) }
        var object: OpaquePointer?
        guard git_commit_lookup(&object, handle, &id) == 0, let object else {
            throw Mirror.missing(commit)
        }
        defer { git_commit_free(object) }
        let parents = (0..<git_commit_parentcount(object)).compactMap { index in
            git_commit_parent_id(object, index).map { LibGit2.text($0) }
        }
        return GitCommit(
            id: commit, parents: parents, author: Self.person(git_commit_author(object)),
            committer: Self.person(git_commit_committer(object)),
            message: git_commit_message(object).map { String(cString: $0) } ?? "",
            signature: try signature(of: &id, commit))
    }

    static func missing(_ commit: String) -> GitError {
        GitError(
            .commitNotFound, "commit \(commit) is not in the cached repository",
            help: "fetch it first, and check its 40 digits")
    }

    private static func person(_ signature: UnsafePointer<git_signature>?) -> GitCommit.Person {
        guard let value = signature?.pointee else {
            return GitCommit.Person(name: "", email: "", seconds: 0, offsetMinutes: 0)
        }
        return GitCommit.Person(
            name: value.name.map { String(cString: $0) } ?? "",
            email: value.email.map { String(cString: $0) } ?? "", seconds: value.when.time,
            offsetMinutes: Int(value.when.offset))
    }

    private func signature(
        of id: inout git_oid, _ commit: String
    ) throws(GitError) -> GitCommit.Signature? {
        var text = git_buf()
        var payload = git_buf()
        defer {
            git_buf_dispose(&text)
            git_buf_dispose(&payload)
        }
        let code = git_commit_extract_signature(&text, &payload, handle, &id, nil)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try LibGit2.check(code, "the signature of commit \(commit) cannot be read")
        return GitCommit.Signature(
            text: String(decoding: Self.bytes(text), as: UTF8.self), payload: Self.bytes(payload))
    }

    private static func bytes(_ buffer: git_buf) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
    }
}
