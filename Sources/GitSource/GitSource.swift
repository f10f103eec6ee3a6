import Foundation
import Glibc
public import Manifest
import SchemaCore

/// The manifests of one revision of a git repository.
///
/// The network is only touched by a short-lived process (`FetchProcess`); files are read here,
/// from a bare mirror in the cache, by walking the tree of a commit.
public struct GitSource: ManifestSource {
    /// What is read.
    public let settings: GitSettings
    /// Where repositories are kept.
    public let cache: GitCache
    /// Starts fetching processes.
    public let process: FetchProcess
    private let environment: [String: String]
    private let progress: (@Sendable (FetchProgress) -> Void)?

    /// Makes a source; nothing is read yet.
    ///
    /// - Parameters:
    ///   - environment: where secrets are looked up that the credentials name.
    ///   - progress: is told how far a fetch is, some ten times a second at most.
    /// - Throws: what the settings do not allow.
    public init(
        _ settings: GitSettings, cache: GitCache, process: FetchProcess = FetchProcess(),
        environment: [String: String], progress: (@Sendable (FetchProgress) -> Void)? = nil
    ) throws(GitError) {
        try settings.check()
        self.settings = settings
        self.cache = cache
        self.process = process
        self.environment = environment
        self.progress = progress
    }

    /// Asks the server where the reference is now, and fetches if it moved. Nothing is read.
    public func resolve() async throws(GitError) -> GitRevision {
        let credentials = try settings.credentials.resolved(environment: environment)
        try cache.prepare()
        let entry = cache.entry(settings.url, depth: settings.depth)
        let lock = try await acquire(entry)
        defer { close(lock) }
        let scratch = try cache.makeScratch()
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        var record = try cache.read(entry)
        let request = FetchRequest(
            url: settings.url, reference: settings.reference, mirror: entry.mirror,
            scratch: scratch, seen: record.seen, allowRewrite: settings.allowRewrite,
            transport: settings.transport, depth: settings.depth, credentials: credentials,
            caFile: settings.caFile, proxy: settings.proxy, gitProgram: settings.gitProgram,
            limits: settings.limits)
        let outcome = try await process.run(request, holding: lock, progress: progress)
        if let name = outcome.referenceName, record.seen[name] != outcome.commit {
            record.seen[name] = outcome.commit
            try cache.write(record, entry)
        }
        return GitRevision(referenceName: outcome.referenceName, commit: outcome.commit)
    }

    /// Resolves the reference and reads its files.
    public func load() async throws -> ManifestTree {
        do {
            return try await load(try await resolve())
        } catch let error as GitError {
            throw DiagnosticsError([error.diagnostic])
        }
    }

    /// Reads the files of a revision that was fetched before, without the network.
    ///
    /// - Throws: `DiagnosticsError` with all that is wrong with the tree, `GitError` if it cannot
    ///   be read at all.
    public func load(_ revision: GitRevision) async throws -> ManifestTree {
        let mirror = cache.entry(settings.url, depth: settings.depth).mirror
        let path = settings.path
        let checks = TreeGuard(selection: settings.selection, limits: settings.treeLimits)
        let result = try await BlockingThread.run { () throws(GitError) in
            try TreeReader.read(
                revision, path: path, in: Mirror(opening: mirror), checks: checks)
        }
        return try result.get()
    }

    /// What a commit that was fetched before says about itself.
    public func commitInfo(_ commit: String) async throws(GitError) -> GitCommit {
        let mirror = cache.entry(settings.url, depth: settings.depth).mirror
        return try await BlockingThread.run { () throws(GitError) in
            try Mirror(opening: mirror).info(of: commit)
        }
    }

    /// The commits in the history of `commit` that are not in that of `base`, newest first.
    ///
    /// - Parameter limit: how many at most.
    public func commits(
        after base: String?, upTo commit: String, limit: Int = 1_000
    ) async throws(GitError) -> [GitCommit] {
        let mirror = cache.entry(settings.url, depth: settings.depth).mirror
        return try await BlockingThread.run { () throws(GitError) in
            try Mirror(opening: mirror).commits(after: base, upTo: commit, limit: limit)
        }
    }

    private func acquire(_ entry: GitCache.Entry) async throws(GitError) -> Int32 {
        let isCancelled = CancelFlag()
        let cache = cache
        let seconds = settings.limits.lockSeconds
        let result: Result<Int32, GitError> = await withTaskCancellationHandler {
            do throws(GitError) {
                return .success(
                    try await BlockingThread.run { () throws(GitError) in
                        try cache.lock(entry, seconds: seconds, isCancelled: isCancelled)
                    })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            isCancelled.set()
        }
        return try result.get()
    }
}
