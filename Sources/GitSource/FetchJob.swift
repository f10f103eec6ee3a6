import Foundation

/// One poll and, where the wanted reference moved, one fetch; made in the fetching process.
///
/// A refused move of a branch leaves the mirror with objects more and the record of what was
/// seen as it was, so that every later poll refuses it too.
struct FetchJob {
    private let request: FetchRequest
    private let mirror: Mirror
    private let report: (FetchProgress) -> Void

    static func run(
        _ request: FetchRequest, report: @escaping (FetchProgress) -> Void
    ) throws(GitError) -> FetchOutcome {
        let mirror = try Mirror.openOrCreate(request.mirror)
        return try FetchJob(request: request, mirror: mirror, report: report).run()
    }

    /// A reference as it was chosen, and where the mirror keeps it.
    private struct Choice {
        let reference: RemoteReference
        var name: String { reference.name }
        var local: String { "refs/lockstep/" + name.dropFirst("refs/".count) }
        var isTag: Bool { name.hasPrefix("refs/tags/") }
    }

    private func run() throws(GitError) -> FetchOutcome {
        if case .commit(let id) = request.reference {
            // A commit never changes: what is here need not be asked for.
            if mirror.commit(of: id) == id {
                return FetchOutcome(referenceName: nil, commit: id, fetched: false)
            }
            return try fetchCommit(id)
        }
        let transport = try makeTransport()
        defer { transport.close() }
        let choice = try choose(try transport.references())
        var fetched = false
        if mirror.target(of: choice.local) != choice.reference.id
            || mirror.commit(of: choice.reference.id) == nil
        {
            try transport.fetch(["+\(choice.name):\(choice.local)"])
            fetched = true
        }
        guard let id = mirror.target(of: choice.local), let commit = mirror.commit(of: id) else {
            throw GitError(
                .referenceNotFound, "\(choice.name) of \(request.url) leads to no commit",
                help: "name a branch, or a tag of a commit")
        }
        try checkHistory(choice, commit, transport)
        return FetchOutcome(referenceName: choice.name, commit: commit, fetched: fetched)
    }

    private func makeTransport() throws(GitError) -> any GitTransport {
        switch try TransportChoice.make(for: request) {
        case .libgit2: try LibGit2Transport(request, mirror: mirror, report: report)
        case .git: try GitProgramTransport(request, mirror: mirror, report: report)
        }
    }

    private func fetchCommit(_ id: String) throws(GitError) -> FetchOutcome {
        let transport = try makeTransport()
        defer { transport.close() }
        let references = try transport.references()
        let tip = references.first { $0.commit == id && $0.name.hasPrefix("refs/") }
        if let tip {
            try transport.fetch(["+\(tip.name):refs/lockstep/commits/\(id)"])
        } else if transport is GitProgramTransport {
            // Most servers give any commit that a branch leads to.
            try? transport.fetch(["+\(id):refs/lockstep/commits/\(id)"])
        }
        if mirror.commit(of: id) != id {
            try transport.fetch([
                "+refs/heads/*:refs/lockstep/heads/*", "+refs/tags/*:refs/lockstep/tags/*",
            ])
        }
        guard mirror.commit(of: id) == id else {
            throw GitError(
                .commitNotFound, "no branch or tag of \(request.url) leads to commit \(id)",
                help: "check the commit, and that it was pushed to a branch or tag")
        }
        return FetchOutcome(referenceName: nil, commit: id, fetched: true)
    }

    private func choose(_ references: [RemoteReference]) throws(GitError) -> Choice {
        func find(_ name: String) -> Choice? {
            references.first { $0.name == name }.map { Choice(reference: $0) }
        }
        switch request.reference {
        case .branch(let name):
            if let choice = find("refs/heads/\(name)") { return choice }
        case .tag(let name):
            if let choice = find("refs/tags/\(name)") { return choice }
        case .named(let name):
            if let choice = find("refs/heads/\(name)") ?? find("refs/tags/\(name)") {
                return choice
            }
        case .head:
            if let choice = head(references) { return choice }
        case .versions(let range, let prereleases):
            return try choose(range, prereleases, of: references)
        case .commit: preconditionFailure("a commit is not chosen among references")
        }
        throw GitError(
            .referenceNotFound, "\(request.url) has no \(request.reference.kindAndName)",
            help: "check the spelling, and that it was pushed: git ls-remote \(request.url)")
    }

    private func head(_ references: [RemoteReference]) -> Choice? {
        guard let head = references.first(where: { $0.name == "HEAD" }) else { return nil }
        let name =
            head.target
            ?? references.first { $0.name.hasPrefix("refs/heads/") && $0.id == head.id }?.name
        guard let name, name.hasPrefix("refs/heads/") else { return nil }
        return Choice(reference: RemoteReference(name: name, id: head.id))
    }

    private func choose(
        _ range: VersionRange, _ prereleases: Bool, of references: [RemoteReference]
    ) throws(GitError) -> Choice {
        let prefix = "refs/tags/"
        let tags = references.lazy.filter { $0.name.hasPrefix(prefix) }
        let names = tags.map { String($0.name.dropFirst(prefix.count)) }
        if let best = range.best(of: Array(names), prereleases: prereleases),
            let tag = tags.first(where: { $0.name == prefix + best })
        {
            return Choice(reference: tag)
        }
        throw GitError(
            .noMatchingVersion, "no tag of \(request.url) is a version in \(range)",
            help: "push a tag such as v1.2.0, or widen the range; pre-releases count only "
                + "if they are asked for")
    }

    private func checkHistory(
        _ choice: Choice, _ commit: String, _ transport: any GitTransport
    ) throws(GitError) {
        guard !request.allowRewrite, let seen = request.seen[choice.name], seen != commit
        else { return }
        if choice.isTag {
            throw GitError(
                .historyRewritten,
                "\(choice.name) of \(request.url) was moved: it named commit "
                    + "\(seen) and now names \(commit)",
                help: "tags are not supposed to move; if this one was moved on purpose, allow "
                    + "the rewrite once: --allow-rewrite")
        }
        if try transport.descends(commit, from: seen) { return }
        throw GitError(
            .historyRewritten,
            "\(choice.name) of \(request.url) was rewritten: the last seen "
                + "commit \(seen) is not in the history of \(commit)",
            help: "if somebody force-pushed on purpose, compare the two commits and allow the "
                + "rewrite once (--allow-rewrite); otherwise restore the branch")
    }
}

extension GitReference {
    /// For messages: `branch "main"`.
    var kindAndName: String {
        switch self {
        case .head: "default branch"
        case .named(let name): "branch or tag \"\(name)\""
        case .branch(let name): "branch \"\(name)\""
        case .tag(let name): "tag \"\(name)\""
        case .versions(let range, _): "version in \(range)"
        case .commit(let id): "commit \(id)"
        }
    }
}

/// Which transport a request needs.
enum TransportChoice: Equatable, Sendable {
    case libgit2
    case git

    /// Decides; a key file is read for it.
    static func make(for request: FetchRequest) throws(GitError) -> TransportChoice {
        let key =
            try request.url.scheme == .ssh
            ? request.credentials.sshKeyFile.map { path throws(GitError) in
                try SSHKeyFile.read(path)
            } : nil
        switch request.transport {
        case .git: return .git
        case .libgit2: return .libgit2
        case .auto:
            if request.depth != nil { return .git }
            guard request.url.scheme == .ssh else { return .libgit2 }
            if let key, !key.worksWithLibGit2 { return .git }
            // Signatures of a host's RSA key are as old as those of ours.
            let types = try KnownHosts.load(request).keyTypes(
                host: request.url.host, port: request.url.port)
            return types == ["ssh-rsa"] ? .git : .libgit2
        }
    }
}
