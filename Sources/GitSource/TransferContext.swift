internal import CGit2
import Foundation

/// What libgit2's callbacks may see and decide during one connection. A decision to stop leaves
/// its reason here, because the library keeps none.
final class TransferContext {
    private let request: FetchRequest
    private let knownHosts: KnownHosts?
    private let report: (FetchProgress) -> Void
    private var attempts = 0
    private(set) var failure: GitError?

    init(
        _ request: FetchRequest, report: @escaping (FetchProgress) -> Void
    ) throws(GitError) {
        self.request = request
        self.report = report
        knownHosts = request.url.scheme == .ssh ? try KnownHosts.load(request) : nil
    }

    var payload: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    let certificateCheck: git_transport_certificate_check_cb = { certificate, valid, _, payload in
        TransferContext.from(payload).checkCertificate(certificate, valid: valid == 1)
    }

    /// Sets all callbacks. The caller keeps this object alive as long as the connection.
    func install(in callbacks: inout git_remote_callbacks) {
        callbacks.payload = payload
        callbacks.certificate_check = certificateCheck
        callbacks.credentials = { out, _, user, allowed, payload in
            TransferContext.from(payload).credential(out, user, allowed)
        }
        callbacks.transfer_progress = { statistics, payload in
            guard let statistics else { return 0 }
            return TransferContext.from(payload).progress(statistics.pointee)
        }
        callbacks.sideband_progress = { _, _, payload in
            TransferContext.from(payload).report(FetchProgress())
            return 0
        }
    }

    private static func from(_ payload: UnsafeMutableRawPointer?) -> TransferContext {
        guard let payload else { preconditionFailure("libgit2 lost a callback's payload") }
        return Unmanaged<TransferContext>.fromOpaque(payload).takeUnretainedValue()
    }

    private func stop(_ error: GitError) -> Int32 {
        if failure == nil { failure = error }
        return GIT_EUSER.rawValue
    }

    private func progress(_ statistics: git_indexer_progress) -> Int32 {
        let now = FetchProgress(
            objects: Int(statistics.received_objects) + Int(statistics.indexed_deltas),
            totalObjects: Int(statistics.total_objects), bytes: statistics.received_bytes)
        if let error = request.exceeded(by: now) { return stop(error) }
        report(now)
        return 0
    }

    private func credential(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?,
        _ user: UnsafePointer<CChar>?, _ allowed: UInt32
    ) -> Int32 {
        if allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0 {
            return git_credential_username_new(out, request.url.user ?? "git")
        }
        // The library asks again and again while a server refuses: we count.
        attempts += 1
        let credentials = request.credentials
        if request.url.scheme == .ssh {
            guard let key = credentials.sshKeyFile,
                allowed & GIT_CREDENTIAL_SSH_KEY.rawValue != 0
            else { return stop(TransportFailure.needsCredentials(request)) }
            if attempts > 1 { return stop(TransportFailure.refusedCredentials(request)) }
            let name = user.map { String(cString: $0) } ?? request.url.user ?? "git"
            return git_credential_ssh_key_new(out, name, nil, key, nil)
        }
        guard let password = credentials.password,
            allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0
        else { return stop(TransportFailure.needsCredentials(request)) }
        if attempts > request.limits.credentialAttempts {
            return stop(TransportFailure.refusedCredentials(request))
        }
        return git_credential_userpass_plaintext_new(out, credentials.userName, password)
    }

    private func checkCertificate(
        _ certificate: UnsafeMutablePointer<git_cert>?, valid: Bool
    ) -> Int32 {
        if let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 {
            let raw = UnsafeRawPointer(certificate)
            return checkHostKey(raw.assumingMemoryBound(to: git_cert_hostkey.self).pointee)
        }
        // Plain http shows no certificate at all and is not asked about one.
        if valid { return 0 }
        return stop(TransportFailure.certificate(request))
    }

    private func checkHostKey(_ shown: git_cert_hostkey) -> Int32 {
        guard shown.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let hostkey = shown.hostkey
        else { return stop(TransportFailure.hostKey(request, .unknown)) }
        let key = UnsafeRawBufferPointer(start: hostkey, count: shown.hostkey_len).map { $0 }
        let verdict = knownHosts?.verdict(
            host: request.url.host, port: request.url.port, key: key)
        switch verdict {
        case .trusted: return 0
        case .mismatch, .unknown, .revoked, nil:
            return stop(TransportFailure.hostKey(request, verdict ?? .unknown))
        }
    }
}

extension KnownHosts {
    /// The hosts that a request trusts.
    static func load(_ request: FetchRequest) throws(GitError) -> KnownHosts {
        guard let path = request.credentials.knownHostsFile else {
            throw GitError(
                .knownHostsMissing, "no file of known hosts is given for \(request.url)",
                help: "write the output of ssh-keyscan \(request.url.host), once compared with "
                    + "the keys that the host publishes, to a file and name it")
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= 16 << 20 else {
            throw GitError(
                .knownHostsMissing, "the file of known hosts \(path) cannot be read",
                help: "let it exist and be readable for this user")
        }
        return KnownHosts(String(decoding: data, as: UTF8.self))
    }
}
