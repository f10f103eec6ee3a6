import Foundation
import Testing

@testable import GitSource

@Suite struct KnownHostsTests {
    private let key = Self.key("ssh-ed25519", "a key")
    private var key64: String { Data(key).base64EncodedString() }
    private let other = Data(Self.key("ssh-ed25519", "another key")).base64EncodedString()
    private let rsa = Data(Self.key("ssh-rsa", "a third key")).base64EncodedString()

    /// A key on the wire: strings with their lengths in four bytes before them.
    private static func key(_ type: String, _ text: String) -> [UInt8] {
        [type, text].flatMap { part in
            withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian) { Array($0) } + Array(part.utf8)
        }
    }

    private func verdict(_ text: String, _ host: String = "example.com", _ port: Int? = nil)
        -> KnownHosts.Verdict
    {
        KnownHosts(text).verdict(host: host, port: port, key: key)
    }

    @Test func `plain entries`() {
        let text = "# hosts\n\nexample.com,192.0.2.1 ssh-ed25519 \(key64) a comment\n"
        #expect(verdict(text) == .trusted)
        #expect(verdict(text, "EXAMPLE.com") == .trusted)
        #expect(verdict(text, "192.0.2.1", 22) == .trusted)
        #expect(verdict(text, "example.org") == .unknown)
        // A host that is known without its port is the same host, but never a proof of another key.
        #expect(verdict(text, "example.com", 2222) == .trusted)
        #expect(verdict("example.com ssh-ed25519 \(other)\n", "example.com", 2222) == .unknown)
        #expect(verdict("example.com ssh-ed25519 \(other)\n") == .mismatch)
    }

    @Test func `ports stand in brackets`() {
        let text = "[example.com]:2222 ssh-ed25519 \(key64)\n"
        #expect(verdict(text, "example.com", 2222) == .trusted)
        #expect(verdict(text, "example.com", 22) == .unknown)
        #expect(verdict(text, "example.com") == .unknown)
    }

    @Test func `wildcards and negations`() {
        let text = "*.example.com,!bad.example.com ssh-ed25519 \(key64)\n"
        #expect(verdict(text, "git.example.com") == .trusted)
        #expect(verdict(text, "a.b.example.com") == .trusted)
        #expect(verdict(text, "bad.example.com") == .unknown)
        #expect(verdict(text, "example.com") == .unknown)
        #expect(verdict("ex?mple.c* ssh-ed25519 \(key64)\n") == .trusted)
    }

    @Test func `revoked keys are refused whoever trusts them`() {
        let text = "example.com ssh-ed25519 \(key64)\n@revoked * ssh-ed25519 \(key64)\n"
        #expect(verdict(text) == .revoked)
        #expect(verdict("@cert-authority * ssh-ed25519 \(key64)\n") == .unknown)
    }

    @Test func `broken lines are no entries`() {
        for text in [
            "", "example.com", "example.com ssh-ed25519", "example.com t %%%", "|1|x| t k",
            "example.com ssh-ed25519 AAAA", "example.com ssh-rsa \(key64)",
            "example.com ssh-ed25519 \(Data(key.prefix(15)).base64EncodedString())",
        ] {
            #expect(verdict(text) == .unknown)
        }
    }

    @Test func `key types of a host`() {
        let text = "a ssh-rsa \(rsa)\na ssh-ed25519 \(key64)\nb ssh-rsa \(rsa)\n"
        #expect(KnownHosts(text).keyTypes(host: "a", port: nil) == ["ssh-rsa", "ssh-ed25519"])
        #expect(KnownHosts(text).keyTypes(host: "b", port: 22) == ["ssh-rsa"])
    }

    @Test func `entries that ssh-keygen hashed, ports included`() async throws {
        let sandbox = try Sandbox()
        _ = try await Program.run(
            "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", sandbox.path("k")])
        let fields = try String(contentsOfFile: sandbox.path("k.pub"), encoding: .utf8)
            .split(separator: " ")
        let hosts = try sandbox.write(
            "hosts",
            "example.com \(fields[0]) \(fields[1])\n[x.org]:2222 \(fields[0]) \(fields[1])\n")
        _ = try await Program.run("/usr/bin/ssh-keygen", ["-H", "-f", hosts])
        let text = try String(contentsOfFile: hosts, encoding: .utf8)
        #expect(text.hasPrefix("|1|"))
        let known = KnownHosts(text)
        let raw = try #require(Data(base64Encoded: String(fields[1])))
        #expect(known.verdict(host: "example.com", port: nil, key: Array(raw)) == .trusted)
        #expect(known.verdict(host: "x.org", port: 2222, key: Array(raw)) == .trusted)
        #expect(known.verdict(host: "x.org", port: nil, key: Array(raw)) == .unknown)
        #expect(known.verdict(host: "example.com", port: nil, key: key) == .mismatch)
    }

    @Test(arguments: [
        (["-t", "ed25519"], SSHKeyFile.Kind.ed25519), (["-t", "ecdsa"], .ecdsa),
        (["-t", "rsa", "-b", "2048"], .rsa), (["-t", "rsa", "-b", "2048", "-m", "PEM"], .rsa),
        (["-t", "rsa", "-b", "2048", "-m", "PKCS8"], .rsa), (["-t", "ecdsa", "-m", "PEM"], .ecdsa),
        (["-t", "ecdsa", "-m", "PKCS8"], .ecdsa),
    ])
    func `kinds of key files are told apart`(
        _ options: [String], _ kind: SSHKeyFile.Kind
    ) async throws {
        let sandbox = try Sandbox()
        for passphrase in ["", "a passphrase"] {
            let path = sandbox.path("k\(passphrase.count)")
            _ = try await Program.run(
                "/usr/bin/ssh-keygen", ["-q", "-N", passphrase, "-f", path] + options)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let key = try #require(SSHKeyFile(text))
            #expect(key.isEncrypted == !passphrase.isEmpty)
            if passphrase.isEmpty { #expect(key.kind == kind) }
        }
        #expect(SSHKeyFile("ssh-ed25519 AAAA") == nil)
        #expect(SSHKeyFile("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END") == nil)
    }
}
