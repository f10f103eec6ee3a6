import Foundation
import GitSource
import Manifest

/// How the command line reads a git repository: with the user's own keys and known hosts.
enum Repository {
    /// A source for `--repo`, `--ref` and `--path`.
    static func source(
        _ url: String, ref: String?, path: String?, selection: FileSelection,
        allowRewrite: Bool
    ) throws -> GitSource {
        let folder = FileManager.default.currentDirectoryPath
        var settings = GitSettings(
            url: try GitURL(url, relativeTo: folder),
            reference: try ref.map { text throws(GitError) in try GitReference(text) } ?? .head,
            path: path ?? "")
        settings.credentials = credentials()
        settings.allowRewrite = allowRewrite
        settings.selection = selection
        return try GitSource(
            settings, cache: GitCache(Folders.cache("git")),
            environment: ProcessInfo.processInfo.environment)
    }

    /// `LOCKSTEP_GIT_SSH_KEY` and `LOCKSTEP_GIT_KNOWN_HOSTS`, else the user's usual files;
    /// `LOCKSTEP_GIT_USER` with the password in `LOCKSTEP_GIT_PASSWORD`.
    private static func credentials() -> GitCredentials {
        let environment = ProcessInfo.processInfo.environment
        let home = NSHomeDirectory()
        func existing(_ paths: [String]) -> String? {
            paths.first { FileManager.default.isReadableFile(atPath: $0) }
        }
        return GitCredentials(
            sshKeyFile: environment["LOCKSTEP_GIT_SSH_KEY"]
                ?? existing(["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(home)/.ssh/\($0)" }),
            knownHostsFile: environment["LOCKSTEP_GIT_KNOWN_HOSTS"]
                ?? existing(["\(home)/.ssh/known_hosts"]),
            userName: environment["LOCKSTEP_GIT_USER"],
            password: environment["LOCKSTEP_GIT_PASSWORD"] == nil
                ? nil : .environment("LOCKSTEP_GIT_PASSWORD"))
    }
}
