import Foundation
import Glibc

/// Writes the files from which the program `git` and its ssh read everything that they may know,
/// into the scratch folder of one fetch.
enum GitProgramFiles {
    /// Writes them and returns the environment that leads to them.
    static func write(for request: FetchRequest) throws(GitError) -> [String: String] {
        let scratch = request.scratch
        for path in [scratch, request.credentials.knownHostsFile ?? "", request.caFile ?? ""] {
            if path.contains(where: { "\"\\\n%".contains($0) }) {
                throw GitError(
                    .badSettings, "the path \(cleaned(path)) cannot be given to git",
                    help: "use a path without quotes, backslashes and percent signs")
            }
        }
        var environment = [
            "HOME": scratch,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": scratch + "/gitconfig",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/false",
            "GIT_ALLOW_PROTOCOL": request.url.scheme.rawValue,
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ATTR_NOSYSTEM": "1",
        ]
        try write(configuration(request), to: scratch + "/gitconfig")
        if request.url.scheme == .ssh {
            try write(try sshConfiguration(request), to: scratch + "/ssh_config")
            let quoted = scratch.replacing("'", with: "'\\''")
            environment["GIT_SSH_COMMAND"] = "ssh -F '\(quoted)/ssh_config'"
            environment["GIT_SSH_VARIANT"] = "ssh"
        }
        return environment
    }

    private static func configuration(_ request: FetchRequest) -> String {
        var http = "  followRedirects = false\n  lowSpeedLimit = 0\n"
        http += "  proxy = \"\(request.proxy ?? "")\"\n"
        if let file = request.caFile { http += "  sslCAInfo = \"\(file)\"\n" }
        if let password = request.credentials.password {
            let pair = Data("\(request.credentials.userName):\(password)".utf8)
            http += "  extraHeader = \"Authorization: Basic \(pair.base64EncodedString())\"\n"
        }
        let limits = request.limits
        return """
            [safe]
              directory = *
            [core]
              hooksPath = /dev/null
              fsmonitor = false
              bigFileThreshold = 4m
              packedGitLimit = \(limits.mappedBytes)
              packedGitWindowSize = 1m
              deltaBaseCacheLimit = 16m
            [fetch]
              unpackLimit = 1
              writeCommitGraph = false
            [transfer]
              bundleURI = false
            [gc]
              auto = 0
            [maintenance]
              auto = false
            [pack]
              threads = 1
            [protocol]
              allow = never
            [protocol "\(request.url.scheme.rawValue)"]
              allow = always
            [http]
            \(http)
            """
    }

    private static func sshConfiguration(_ request: FetchRequest) throws(GitError) -> String {
        guard let hosts = request.credentials.knownHostsFile else {
            _ = try KnownHosts.load(request)
            return ""
        }
        var identity = ""
        if let key = request.credentials.sshKeyFile {
            // ssh refuses a key that others can read, which mounted secrets often are.
            guard let data = FileManager.default.contents(atPath: key) else {
                throw TransportFailure.needsCredentials(request)
            }
            let copy = request.scratch + "/identity"
            try write(String(decoding: data, as: UTF8.self), to: copy)
            identity = "  IdentityFile \"\(copy)\"\n"
        }
        return """
            Host *
            \(identity)  IdentitiesOnly yes
              IdentityAgent none
              UserKnownHostsFile "\(hosts)"
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              UpdateHostKeys no
              CheckHostIP no
              BatchMode yes
              PreferredAuthentications publickey
              ForwardAgent no
              ForwardX11 no
              PermitLocalCommand no
              ControlMaster no
              ControlPath none
              ProxyCommand none
              LogLevel ERROR

            """
    }

    private static func write(_ text: String, to path: String) throws(GitError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8)
        let done = descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        if descriptor >= 0 { close(descriptor) }
        if !done {
            throw GitError(
                .cache, "the file \(path) cannot be written",
                help: "let the cache folder be writable and its disk not be full")
        }
    }
}
