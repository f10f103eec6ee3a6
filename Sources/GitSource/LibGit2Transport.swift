internal import CGit2
import Foundation

/// Fetches with libgit2, over one connection for the poll and the fetch.
///
/// The remote is anonymous and made without the `insteadOf` look-up, which leaks in the library
/// versions that we meet; redirects to another host are never followed, because credentials
/// would follow them.
final class LibGit2Transport: GitTransport {
    private let mirror: Mirror
    private let request: FetchRequest
    private let context: TransferContext
    private let remote: OpaquePointer

    init(
        _ request: FetchRequest, mirror: Mirror, report: @escaping (FetchProgress) -> Void
    ) throws(GitError) {
        self.request = request
        self.mirror = mirror
        context = try TransferContext(request, report: report)
        var options = git_remote_create_options()
        git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
        options.repository = mirror.handle
        options.flags =
            GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue
            | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        var remote: OpaquePointer?
        let code = git_remote_create_with_opts(&remote, request.url.description, &options)
        guard code == 0, let remote else {
            throw GitError(
                .transport,
                "libgit2 refuses the address \(request.url): "
                    + LibGit2.lastError().text, help: "check the address")
        }
        self.remote = remote
    }

    deinit { git_remote_free(remote) }

    func close() { git_remote_disconnect(remote) }

    func references() throws(GitError) -> [RemoteReference] {
        var options = git_remote_connect_options()
        git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        context.install(in: &options.callbacks)
        try withProxy { proxy throws(GitError) in
            options.proxy_opts = proxy
            try check(git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options))
        }
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&heads, &count, remote))
        if count > request.limits.references {
            throw GitError(
                .objectLimit,
                "\(request.url) advertises \(count) references; the limit is "
                    + "\(request.limits.references)",
                help: "raise the limit on references, or read another repository")
        }
        var lines: [(name: String, id: String, target: String?)] = []
        for index in 0..<count {
            guard let head = heads?[index], let name = head.pointee.name else { continue }
            var id = head.pointee.oid
            lines.append(
                (
                    String(cString: name), LibGit2.text(&id),
                    head.pointee.symref_target.map { String(cString: $0) }
                ))
        }
        return .joined(lines)
    }

    func fetch(_ refspecs: [String]) throws(GitError) {
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.prune = GIT_FETCH_NO_PRUNE
        options.update_fetchhead = 0
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        context.install(in: &options.callbacks)
        var specs = refspecs.map { strdup($0) }
        defer { for spec in specs { free(spec) } }
        try withProxy { proxy throws(GitError) in
            options.proxy_opts = proxy
            let code = specs.withUnsafeMutableBufferPointer { buffer in
                var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
                return git_remote_fetch(remote, &array, &options, "fetch")
            }
            try check(code)
        }
    }

    func descends(_ commit: String, from ancestor: String) throws(GitError) -> Bool {
        try mirror.descends(commit, from: ancestor)
    }

    private func withProxy(
        _ body: (git_proxy_options) throws(GitError) -> Void
    ) throws(GitError) {
        var options = git_proxy_options()
        git_proxy_options_init(&options, UInt32(GIT_PROXY_OPTIONS_VERSION))
        options.type = GIT_PROXY_NONE
        guard let proxy = request.proxy else { return try body(options) }
        let text = strdup(proxy)
        defer { free(text) }
        options.type = GIT_PROXY_SPECIFIED
        options.url = UnsafePointer(text)
        options.certificate_check = context.certificateCheck
        options.payload = context.payload
        try body(options)
    }

    /// A callback's own words go before those of the library, which may be stale.
    private func check(_ code: Int32) throws(GitError) {
        if code >= 0 { return }
        let (kind, text) = LibGit2.lastError()
        if let failure = context.failure { throw failure }
        throw TransportFailure.libgit2(code: code, kind: kind, text: text, request: request)
    }
}
