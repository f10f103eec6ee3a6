import Foundation

/// Who we are to a server, and whom we trust to be that server. Secrets are named here, never
/// held: they are read right before a fetch.
public struct GitCredentials: Hashable, Codable, Sendable {
    /// Where a secret is kept.
    public enum Secret: Hashable, Codable, Sendable {
        /// In an environment variable.
        case environment(String)
        /// In a file; one line end behind it is not part of it.
        case file(String)
    }

    /// A private key without passphrase, for ssh.
    public var sshKeyFile: String?
    /// The hosts that are trusted, in the format of OpenSSH's `known_hosts`. Needed for ssh.
    public var knownHostsFile: String?
    /// The user's name for https. Hosts that take a token accept any; `git` if nil.
    public var userName: String?
    /// The password or token for https.
    public var password: Secret?

    /// No credentials unless given.
    public init(
        sshKeyFile: String? = nil, knownHostsFile: String? = nil, userName: String? = nil,
        password: Secret? = nil
    ) {
        self.sshKeyFile = sshKeyFile
        self.knownHostsFile = knownHostsFile
        self.userName = userName
        self.password = password
    }

    /// Reads the secrets.
    func resolved(environment: [String: String]) throws(GitError) -> ResolvedCredentials {
        var out = ResolvedCredentials(
            sshKeyFile: sshKeyFile, knownHostsFile: knownHostsFile, userName: userName ?? "git",
            password: nil)
        switch password {
        case nil: break
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw GitError(
                    .badSettings, "the environment variable \(name) for git's password is not set",
                    help: "set it, or name another one in the credentials")
            }
            out.password = value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path), data.count <= 65_536,
                let text = String(data: data, encoding: .utf8)
            else {
                throw GitError(
                    .badSettings, "the file \(path) for git's password cannot be read",
                    help: "let it exist, be readable and hold the password as text")
            }
            out.password = text.hasSuffix("\n") ? String(text.dropLast()) : text
            if out.password?.hasSuffix("\r") == true { out.password?.removeLast() }
        }
        let texts = [out.password ?? "", out.userName]
        if texts.contains(where: { $0.unicodeScalars.contains { $0.value < 0x20 } }) {
            throw GitError(
                .badSettings, "git's user name or password contains a control character",
                help: "keep nothing but the password, on one line, where it is kept")
        }
        return out
    }
}

/// Credentials with their secrets, as they travel to the fetching process through its standard
/// input.
struct ResolvedCredentials: Codable, Sendable {
    var sshKeyFile: String?
    var knownHostsFile: String?
    var userName: String
    var password: String?
}
