import Foundation
import Glibc

@testable import GitSource

/// A real sshd of this user's own on a loopback port, with keys of its own.
final class SSHServer: Sendable {
    private let program: ServerProgram
    let port: Int
    let user: String
    /// The server's public host key: type and base64.
    let hostKey: String

    /// - Parameters:
    ///   - hostKeyType: the only sort of host key that it has.
    ///   - authorized: public key files of those who may come in.
    init(_ sandbox: Sandbox, authorized: [String], hostKeyTypes: [String] = ["ed25519"])
        async throws
    {
        let sshd = "/usr/sbin/sshd"
        guard FileManager.default.isExecutableFile(atPath: sshd) else {
            throw ProgramFailed(description: "no \(sshd): install openssh-server")
        }
        // Only as root does sshd want its folder.
        if getuid() == 0 { mkdir("/run/sshd", 0o755) }
        var keyLines = ""
        for type in hostKeyTypes {
            try await Self.makeKey(sandbox.path("host_\(type)"), type)
            keyLines += "HostKey \(sandbox.path("host_\(type)"))\n"
        }
        let publicKeys = try authorized.map { try String(contentsOfFile: $0, encoding: .utf8) }
        let keys = try sandbox.write("authorized_keys", publicKeys.joined())
        port = try Loopback.freePort()
        user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "nobody"
        let configuration = try sandbox.write(
            "sshd_config",
            """
            ListenAddress 127.0.0.1:\(port)
            \(keyLines)AuthorizedKeysFile \(keys)
            PidFile none
            UsePAM no
            StrictModes no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            MaxAuthTries 4

            """)
        program = try await ServerProgram(sshd, ["-D", "-e", "-f", configuration], port: port)
        hostKey = try Self.publicKey(sandbox.path("host_\(hostKeyTypes[0])"))
    }

    /// The line of a file of known hosts for this server.
    var knownHosts: String { "[127.0.0.1]:\(port) \(hostKey)\n" }

    func url(_ path: String) -> String { "ssh://\(user)@127.0.0.1:\(port)\(path)" }

    static func publicKey(_ path: String) throws -> String {
        let text = try String(contentsOfFile: path + ".pub", encoding: .utf8)
        return text.split(separator: " ").prefix(2).joined(separator: " ")
    }

    static func makeKey(_ path: String, _ type: String) async throws {
        let bits = type == "rsa" ? ["-b", "2048"] : []
        try await Program.run(
            "/usr/bin/ssh-keygen", ["-q", "-t", type, "-N", "", "-f", path] + bits)
    }
}
