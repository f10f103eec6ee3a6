import Foundation
import Manifest
import Testing

@testable import GitSource

/// ssh with a real sshd.
@Suite struct SSHTests {
    private static let transports: [GitSettings.Transport] = [.libgit2, .git]

    /// A server with one repository, and a client whose keys it knows.
    private struct World {
        let sandbox: Sandbox
        let origin: TestRepository
        let server: SSHServer

        init(keys: [String], hostKeyTypes: [String] = ["ed25519"]) async throws {
            sandbox = try Sandbox()
            origin = try await sandbox.repository("o.git")
            try await origin.commit(["a.yaml": "1"])
            for type in keys { try await SSHServer.makeKey(sandbox.path("id_\(type)"), type) }
            server = try await SSHServer(
                sandbox, authorized: keys.map { [sandbox] in sandbox.path("id_\($0).pub") },
                hostKeyTypes: hostKeyTypes)
        }

        func source(
            key: String?, knownHosts: String? = nil, transport: GitSettings.Transport = .auto,
            path: String? = nil
        ) throws -> GitSource {
            let hosts = try sandbox.write("known_hosts", knownHosts ?? server.knownHosts)
            return try sandbox.source(server.url(path ?? origin.path)) {
                $0.credentials.sshKeyFile = key.map { sandbox.path("id_\($0)") }
                $0.credentials.knownHostsFile = hosts
                $0.transport = transport
            }
        }
    }

    @Test(arguments: transports)
    func `an ed25519 key works`(_ transport: GitSettings.Transport) async throws {
        let world = try await World(keys: ["ed25519"])
        let source = try world.source(key: "ed25519", transport: transport)
        #expect(try await source.load()["a.yaml"]?.bytes == [0x31])
        let error = try await failure {
            try await world.source(key: "ed25519", transport: transport, path: "/nothing")
                .resolve()
        }
        #expect(error.code == .repositoryNotFound, "\(error)")
    }

    @Test func `an ecdsa key works, a host with several keys too`() async throws {
        let world = try await World(
            keys: ["ecdsa"], hostKeyTypes: ["ed25519", "ecdsa", "rsa"])
        let source = try world.source(key: "ecdsa")
        #expect(try await source.load().files.count == 1)
    }

    @Test func `an RSA key and a host with only an RSA key go through git`() async throws {
        let world = try await World(keys: ["rsa", "ed25519"], hostKeyTypes: ["rsa"])
        for key in ["rsa", "ed25519"] {
            #expect(try await world.source(key: key).load().files.count == 1)
        }
        var request = try InProcess.request(world.sandbox, world.server.url("/o")) {
            $0.credentials.sshKeyFile = world.sandbox.path("id_rsa")
            $0.transport = .auto
        }
        #expect(try TransportChoice.make(for: request) == .git)
        request.credentials.sshKeyFile = world.sandbox.path("id_ed25519")
        request.credentials.knownHostsFile = world.sandbox.path("known_hosts")
        #expect(try TransportChoice.make(for: request) == .git)
        request.credentials.knownHostsFile = try world.sandbox.write(
            "others", "[127.0.0.1]:\(world.server.port) ssh-ed25519 AAAA\n")
        #expect(try TransportChoice.make(for: request) == .libgit2)
        request.url = try GitURL("https://example.com/a")
        #expect(try TransportChoice.make(for: request) == .libgit2)
        let none = try world.sandbox.source(world.server.url(world.origin.path)) {
            $0.credentials.sshKeyFile = world.sandbox.path("id_rsa")
            $0.credentials.knownHostsFile = world.sandbox.path("known_hosts")
            $0.gitProgram = "/nonexistent/git"
        }
        #expect(try await failure { try await none.resolve() }.code == .gitProgramMissing)
    }

    @Test(arguments: transports)
    func `an unknown or another host key is refused`(
        _ transport: GitSettings.Transport
    ) async throws {
        let world = try await World(keys: ["ed25519"])
        try await SSHServer.makeKey(world.sandbox.path("other"), "ed25519")
        let other = try SSHServer.publicKey(world.sandbox.path("other"))
        let port = world.server.port
        for (hosts, code) in [
            ("", GitError.Code.hostKeyUnknown),
            ("127.0.0.2 \(world.server.hostKey)\n", .hostKeyUnknown),
            ("[127.0.0.1]:\(port) \(other)\n", .hostKeyMismatch),
            ("\(world.server.knownHosts)@revoked * \(world.server.hostKey)\n", .hostKeyMismatch),
        ] {
            let source = try world.source(
                key: "ed25519", knownHosts: hosts, transport: transport)
            let error = try await failure { try await source.resolve() }
            #expect(error.code == code, "\(hosts) \(error)")
        }
        let none = try world.sandbox.source(world.server.url(world.origin.path)) {
            $0.transport = transport
            $0.credentials.sshKeyFile = world.sandbox.path("id_ed25519")
        }
        #expect(try await failure { try await none.resolve() }.code == .knownHostsMissing)
    }

    @Test(arguments: transports)
    func `a wrong or missing key ends at once`(_ transport: GitSettings.Transport) async throws {
        let world = try await World(keys: ["ed25519"])
        try await SSHServer.makeKey(world.sandbox.path("id_stranger"), "ed25519")
        let stranger = try world.source(key: "stranger", transport: transport)
        let error = try await failure { try await stranger.resolve() }
        #expect(error.code == .authenticationFailed, "\(error)")
        let nobody = try world.source(key: nil, transport: transport)
        let missing = try await failure { try await nobody.resolve() }
        #expect(missing.code == .authenticationRequired, "\(missing)")
        let absent = try world.source(key: "absent", transport: transport)
        #expect(try await failure { try await absent.resolve() }.code == .badSettings)
    }
}
