import Foundation
import Manifest
import Testing

@testable import GitSource

/// http and https, with git's own server program behind a small web server.
@Suite struct WebTests {
    private static let transports: [GitSettings.Transport] = [.libgit2, .git]

    @Test(arguments: transports)
    func `http works, and a poll asks only for references`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        let first = try await origin.commit(["a.yaml": "1"])
        let server = try await WebServer(sandbox)
        let source = try sandbox.source("http://127.0.0.1:\(server.port)/o.git") {
            $0.transport = transport
        }
        #expect(try await source.load()["a.yaml"]?.bytes == [0x31])
        let before = WebServer.requests(sandbox).count
        #expect(try await source.resolve().commit == first)
        let polls = WebServer.requests(sandbox)[before...]
        // Protocol 2 of the program lists references by a POST; objects it does not ask for.
        #expect(polls.count == (transport == .libgit2 ? 1 : 2))
        let second = try await origin.commit(["a.yaml": "2"], parents: [first])
        #expect(try await source.resolve().commit == second)
    }

    @Test(arguments: transports)
    func `a password is given when it is asked for`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        try await origin.commit(["a.yaml": "1"])
        let server = try await WebServer(sandbox, login: "me:s3cret: \"x\"")
        let url = "http://127.0.0.1:\(server.port)/o.git"
        let source = try sandbox.source(url, environment: ["PASSWORD": "s3cret: \"x\""]) {
            $0.transport = transport
            $0.credentials.userName = "me"
            $0.credentials.password = .environment("PASSWORD")
        }
        #expect(try await source.load().files.count == 1)
        let file = try sandbox.write("password", "s3cret: \"x\"\n")
        let other = try sandbox.source(url) {
            $0.transport = transport
            $0.credentials.userName = "me"
            $0.credentials.password = .file(file)
        }
        #expect(try await other.resolve().shortName == "main")
    }

    @Test(arguments: transports)
    func `wrong and missing credentials end at once`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        try await origin.commit(["a.yaml": "1"])
        let server = try await WebServer(sandbox, login: "me:right")
        let url = "http://127.0.0.1:\(server.port)/o.git"
        let missing = try sandbox.source(url) { $0.transport = transport }
        let error = try await failure { try await missing.resolve() }
        #expect(error.code == .authenticationRequired, "\(error)")
        let wrong = try sandbox.source(url, environment: ["P": "wr0ng"]) {
            $0.transport = transport
            $0.credentials.userName = "me"
            $0.credentials.password = .environment("P")
        }
        let refused = try await failure { try await wrong.resolve() }
        #expect(refused.code == .authenticationFailed, "\(refused)")
        #expect(!refused.description.contains("wr0ng"))
        #expect(WebServer.requests(sandbox).count < 12)
        let unset = try sandbox.source(url) { $0.credentials.password = .environment("NOT_SET") }
        #expect(try await failure { try await unset.resolve() }.code == .badSettings)
    }

    @Test(arguments: transports)
    func `a missing repository and a redirect are told apart`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        try await origin.commit(["a.yaml": "1"])
        let server = try await WebServer(sandbox)
        let base = "http://127.0.0.1:\(server.port)"
        let missing = try sandbox.source(base + "/none.git") { $0.transport = transport }
        let error = try await failure { try await missing.resolve() }
        #expect(error.code == .repositoryNotFound, "\(error)")
        let inner = try Sandbox()
        let elsewhere = "http://localhost:\(server.port)"
        let redirecting = try await WebServer(inner, redirect: elsewhere)
        let source = try sandbox.source("http://127.0.0.1:\(redirecting.port)/o.git") {
            $0.transport = transport
        }
        let before = WebServer.requests(sandbox).count
        let redirected = try await failure { try await source.resolve() }
        #expect(redirected.code == .redirected, "\(redirected)")
        #expect(WebServer.requests(sandbox).count == before)
    }

    @Test(arguments: transports)
    func `a certificate is trusted only through its authority`(
        _ transport: GitSettings.Transport
    ) async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository("o.git")
        try await origin.commit(["a.yaml": "1"])
        let certificate = try await WebServer.certificate(sandbox)
        let server = try await WebServer(sandbox, certificate: certificate.pair)
        let url = "https://localhost:\(server.port)/o.git"
        let strange = try sandbox.source(url) { $0.transport = transport }
        let error = try await failure { try await strange.resolve() }
        #expect(error.code == .certificateRefused, "\(error)")
        let trusted = try sandbox.source(url) {
            $0.transport = transport
            $0.caFile = certificate.ca
        }
        #expect(try await trusted.load().files.count == 1)
        // The right authority, but another host.
        let wrongHost = try sandbox.source("https://127.0.0.1:\(server.port)/o.git") {
            $0.transport = transport
            $0.caFile = certificate.ca
        }
        let host = try await failure { try await wrongHost.resolve() }
        #expect(host.code == .certificateRefused, "\(host)")
        let junk = try sandbox.source(url) {
            $0.transport = transport
            $0.caFile = sandbox.path("missing.pem")
        }
        #expect(try await failure { try await junk.resolve() }.code == .badSettings)
    }

    @Test(arguments: transports)
    func `a server that is not there`(_ transport: GitSettings.Transport) async throws {
        let sandbox = try Sandbox()
        let source = try sandbox.source("http://127.0.0.1:\(try Loopback.freePort())/o.git") {
            $0.transport = transport
        }
        let error = try await failure { try await source.resolve() }
        #expect(error.code == .transport)
        #expect(error.help.contains("network"))
    }
}
