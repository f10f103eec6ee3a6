internal import CGit2

/// Owns the words for what goes wrong between us and a server, whichever transport met it.
enum TransportFailure {
    static func needsCredentials(_ request: FetchRequest) -> GitError {
        let isSSH = request.url.scheme == .ssh
        return GitError(
            .authenticationRequired,
            "\(request.url) asks who we are"
                + (isSSH ? ", and no ssh key that it accepts is given" : ""),
            help: isSSH
                ? "name the file of a private key that the server knows"
                : "give a user name and a password or token for this server")
    }

    static func refusedCredentials(_ request: FetchRequest) -> GitError {
        GitError(
            .authenticationFailed, "\(request.url) refuses the given credentials",
            help: request.url.scheme == .ssh
                ? "let the server know the public half of the key, and check the user name"
                : "check the user name and whether the password or token is still valid")
    }

    static func certificate(_ request: FetchRequest) -> GitError {
        GitError(
            .certificateRefused, "the certificate of \(request.url.host) is not trusted",
            help: "if the server has a certificate of your own authority, name that "
                + "authority's file (PEM) as the CA file; check the clock and the host name")
    }

    static func hostKey(_ request: FetchRequest, _ verdict: KnownHosts.Verdict) -> GitError {
        let host = request.url.host
        let file = request.credentials.knownHostsFile ?? "the file of known hosts"
        switch verdict {
        case .trusted, .unknown:
            return GitError(
                .hostKeyUnknown, "the ssh key of \(host) is not in \(file)",
                help: "compare the host's key (ssh-keyscan \(host)) with the one that it "
                    + "publishes, then add it to that file")
        case .mismatch:
            return GitError(
                .hostKeyMismatch, "\(host) shows another ssh key than \(file) holds for it",
                help: "somebody may be in between; only if the host says that it changed its "
                    + "key, replace it in that file")
        case .revoked:
            return GitError(
                .hostKeyMismatch, "\(host) shows an ssh key that \(file) marks as revoked",
                help: "somebody may be in between; ask who runs the host")
        }
    }

    static func notFound(_ request: FetchRequest) -> GitError {
        GitError(
            .repositoryNotFound, "there is no repository at \(request.url), or none for us",
            help: "check the address; servers also answer so where credentials are missing")
    }

    static func memory(_ request: FetchRequest) -> GitError {
        GitError(
            .memoryLimit,
            "fetching \(request.url) took more than \(request.limits.memoryBytes) bytes of memory",
            help: "raise the limit on memory, fetch less history (depth), or read a smaller "
                + "repository")
    }

    static func redirected(_ request: FetchRequest) -> GitError {
        GitError(
            .redirected, "\(request.url) redirects elsewhere, which is never followed",
            help: "open the address in a browser and use the one where it ends")
    }

    /// An error of libgit2 in our words.
    static func libgit2(
        code: Int32, kind: Int32, text: String, request: FetchRequest
    ) -> GitError {
        if code == GIT_EAUTH.rawValue { return refusedCredentials(request) }
        if code == GIT_ECERTIFICATE.rawValue { return certificate(request) }
        if let error = known(text, request) { return error }
        if code == GIT_ENOTFOUND.rawValue, request.url.scheme == .file {
            return notFound(request)
        }
        return other(text, request)
    }

    /// What `git` wrote to its standard error, in our words.
    static func git(_ lines: [String], _ request: FetchRequest) -> GitError {
        let text = lines.joined(separator: "\n")
        if text.contains("Host key verification failed") {
            let known = try? KnownHosts.load(request)
            let types = known?.keyTypes(host: request.url.host, port: request.url.port) ?? []
            return hostKey(request, types.isEmpty ? .unknown : .mismatch)
        }
        if let error = known(text, request) { return error }
        let last = lines.last { $0.hasPrefix("fatal:") || $0.hasPrefix("error:") } ?? lines.last
        return other(cleaned(last ?? "no reason was given"), request)
    }

    private static func other(_ text: String, _ request: FetchRequest) -> GitError {
        GitError(
            .transport, "\(request.url) could not be fetched: \(text)",
            help: "check the address, the network and whether the server is up; the next poll "
                + "tries again")
    }

    /// Words that the transports and servers use, each with what it means.
    private static func known(_ text: String, _ request: FetchRequest) -> GitError? {
        let words = text.lowercased()
        func says(_ phrases: String...) -> Bool { phrases.contains { words.contains($0) } }
        if says("permission denied", "authentication failed", "failed to authenticate") {
            return request.credentials.sshKeyFile == nil && request.url.scheme == .ssh
                ? needsCredentials(request) : refusedCredentials(request)
        }
        if says("could not read username", "terminal prompts disabled") {
            return request.credentials.password == nil
                ? needsCredentials(request) : refusedCredentials(request)
        }
        if says("status code: 401", "error: 401", "status code: 403", "error: 403") {
            return refusedCredentials(request)
        }
        if says("status code: 404", "error: 404", "repository not found", "' not found") {
            return notFound(request)
        }
        // What libgit2 says of a folder that is not there.
        if request.url.scheme == .file, says("unsupported url protocol") {
            return notFound(request)
        }
        if says("does not appear to be a git repository", "not a git repository") {
            return notFound(request)
        }
        if says("status code: 30", "error: 30", "unable to update url base", "redirect") {
            return redirected(request)
        }
        if says("certificate", "ssl is invalid") { return certificate(request) }
        if says("overly large object", "object exceeds the maximum") {
            return GitError(
                .objectLimit,
                "\(request.url) sends an object of more than "
                    + "\(request.limits.objectBytes) bytes",
                help: "remove the large file from the repository's history, or raise the limit "
                    + "on the bytes of an object")
        }
        if says("out of memory", "malloc failed", "cannot allocate") { return memory(request) }
        if says("too many objects", "object count") {
            return request.exceeded(by: FetchProgress(totalObjects: .max))
        }
        return nil
    }
}

extension FetchRequest {
    /// The error if a fetch got further than its limits allow.
    func exceeded(by progress: FetchProgress) -> GitError? {
        if progress.bytes > limits.receivedBytes {
            return GitError(
                .byteLimit, "\(url) sends more than \(limits.receivedBytes) bytes",
                help: "raise the limit on received bytes, fetch less history (depth), or read a "
                    + "smaller repository")
        }
        if max(progress.totalObjects, 0) > limits.receivedObjects {
            return GitError(
                .objectLimit,
                "\(url) sends \(progress.totalObjects) objects; the limit is "
                    + "\(limits.receivedObjects)",
                help: "raise the limit on received objects, fetch less history (depth), or read "
                    + "a smaller repository")
        }
        return nil
    }
}
