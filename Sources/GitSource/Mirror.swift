internal import CGit2

/// Owns one open bare repository of the cache. It is used by the thread that opened it.
final class Mirror {
    let path: String
    let handle: OpaquePointer

    /// Opens the repository.
    init(opening path: String) throws(GitError) {
        LibGit2.ready
        var handle: OpaquePointer?
        let code = git_repository_open_bare(&handle, path)
        guard code == 0, let handle else {
            let reason = LibGit2.lastError().text
            throw GitError(
                .repositoryDamaged, "the cached repository \(path) cannot be opened: \(reason)",
                help: "delete that folder; it is fetched again")
        }
        self.path = path
        self.handle = handle
    }

    /// Makes an empty bare repository unless one is there, and opens it.
    static func openOrCreate(_ path: String) throws(GitError) -> Mirror {
        LibGit2.ready
        if let mirror = try? Mirror(opening: path) { return mirror }
        var handle: OpaquePointer?
        let code = git_repository_init(&handle, path, 1)
        git_repository_free(handle)
        guard code == 0 else {
            let reason = LibGit2.lastError().text
            throw GitError(
                .cache, "the cached repository \(path) cannot be made: \(reason)",
                help: "let the cache folder be writable, or name another one")
        }
        return try Mirror(opening: path)
    }

    deinit { git_repository_free(handle) }

    /// The object that a reference of the mirror names.
    func target(of name: String) -> String? {
        var id = git_oid()
        return git_reference_name_to_id(&id, handle, name) == 0 ? LibGit2.text(&id) : nil
    }

    /// The commit that an object is or, for a tag, leads to; nil if it is not here.
    func commit(of object: String) -> String? {
        guard var id = LibGit2.id(object) else { return nil }
        var any: OpaquePointer?
        guard git_object_lookup(&any, handle, &id, GIT_OBJECT_ANY) == 0 else { return nil }
        defer { git_object_free(any) }
        var commit: OpaquePointer?
        guard git_object_peel(&commit, any, GIT_OBJECT_COMMIT) == 0 else { return nil }
        defer { git_object_free(commit) }
        return git_object_id(commit).map { LibGit2.text($0) }
    }

    /// Whether `ancestor` is in the history of `commit`. What is not here is in no history.
    func descends(_ commit: String, from ancestor: String) throws(GitError) -> Bool {
        guard var id = LibGit2.id(commit), var wanted = LibGit2.id(ancestor),
            self.commit(of: ancestor) != nil
        else { return false }
        let code = git_graph_descendant_of(handle, &id, &wanted)
        try LibGit2.check(code, "the history of \(commit) cannot be read")
        return code == 1
    }

    /// The commits in the history of one that are not in that of another, newest first.
    func commits(
        after base: String?, upTo commit: String, limit: Int
    ) throws(GitError) -> [GitCommit] {
        guard var id = LibGit2.id(commit) else { throw Mirror.missing(commit) }
        var walk: OpaquePointer?
        try LibGit2.check(git_revwalk_new(&walk, handle), "the history cannot be read")
        defer { git_revwalk_free(walk) }
        git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue)
        guard git_revwalk_push(walk, &id) == 0 else { throw Mirror.missing(commit) }
        if let base {
            guard var hidden = LibGit2.id(base), git_revwalk_hide(walk, &hidden) == 0 else {
                throw Mirror.missing(base)
            }
        }
        var out: [GitCommit] = []
        while out.count < limit {
            let code = git_revwalk_next(&id, walk)
            if code == GIT_ITEROVER.rawValue { break }
            try LibGit2.check(code, "the history of \(commit) cannot be read")
            out.append(try info(of: LibGit2.text(&id)))
        }
        return out
    }
}
