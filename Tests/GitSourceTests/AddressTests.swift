import Testing

@testable import GitSource

@Suite struct AddressTests {
    @Test(arguments: [
        ("https://example.com/a/b.git", GitURL.Scheme.https, "example.com", "/a/b.git"),
        ("HTTPS://Example.com:8443/a", .https, "example.com", "/a"),
        ("ssh://git@example.com:2222/a", .ssh, "example.com", "/a"),
        ("git@example.com:a/b.git", .ssh, "example.com", "a/b.git"),
        ("example.com:a", .ssh, "example.com", "a"),
        ("ssh://git@[::1]:22/a", .ssh, "::1", "/a"),
        ("file:///srv/a%20b", .file, "", "/srv/a b"),
        ("/srv/./x/../a", .file, "", "/srv/a"),
        ("../a", .file, "", "/base/a"),
        ("a/b", .file, "", "/base/folder/a/b"),
    ])
    func `addresses are read`(
        _ text: String, _ scheme: GitURL.Scheme, _ host: String, _ path: String
    ) throws {
        let url = try GitURL(text, relativeTo: "/base/folder")
        #expect(url.scheme == scheme)
        #expect(url.host == host)
        #expect(url.path == path)
    }

    @Test(arguments: [
        "", "ext::sh -c touch /tmp/x", "ext://x", "git://example.com/a", "ftp://example.com/a",
        "https://user:secret@example.com/a", "https://token@example.com/a",
        "ssh://git:secret@example.com/a", "git:secret@example.com:a",
        "https://example.com/a\r\nX: y",
        "https://example.com/a\n", "https://example.com/\u{0}", "-oProxyCommand=x:y",
        "ssh://-oProxyCommand=x/a", "ssh://git@example.com/a'b", "git@example.com:-x",
        "git@example.com:a;b", "git@example.com:a`b`", "git@example.com:$(x)", "https:///a",
        "https://example.com", "https://example.com/", "https://exa mple.com/a",
        "https://example.com:0/a", "https://example.com:99999/a", "https://example.com:x/a",
        "file://host/a", "ssh://git@[::1/a", "ssh://-x@example.com/a", "fd::17/foo",
        "https://ex%61mple.com/a",
    ])
    func `dangerous addresses are refused`(_ text: String) async throws {
        let error = try await failure { try GitURL(text) }
        #expect(error.code == .badURL)
        #expect(!error.description.contains("secret"))
    }

    @Test func `plain http is for this machine only`() async throws {
        #expect(try GitURL("http://127.0.0.1:80/a").isLoopback)
        #expect(try GitURL("http://localhost/a").isLoopback)
        #expect(!(try GitURL("http://127.0.0.1.example.com/a").isLoopback))
        var settings = GitSettings(url: try GitURL("http://example.com/a"))
        let error = try await failure { try settings.check() }
        #expect(error.code == .badURL)
        settings.allowInsecureHTTP = true
        try settings.check()
    }

    @Test func `folders are read only where they are allowed`() async throws {
        var settings = GitSettings(url: try GitURL("/srv/a"))
        try settings.check()
        settings.allowFiles = false
        #expect(try await failure { try settings.check() }.code == .badURL)
    }

    @Test(arguments: ["..", "a/../b", "/a", "a/", "a//b", "."])
    func `a path stays inside the repository`(_ path: String) async throws {
        let settings = GitSettings(url: try GitURL("/srv/a"), path: path)
        #expect(try await failure { try settings.check() }.code == .badSettings)
    }

    @Test func `references are read`() throws {
        let id = String(repeating: "0a", count: 20)
        #expect(try GitReference("main") == .named("main"))
        #expect(try GitReference("HEAD") == .head)
        #expect(try GitReference("branch:feature/x") == .branch("feature/x"))
        #expect(try GitReference("refs/heads/x") == .branch("x"))
        #expect(try GitReference("refs/tags/v1") == .tag("v1"))
        #expect(try GitReference("tag:v1.0") == .tag("v1.0"))
        #expect(try GitReference(id) == .commit(id))
        #expect(try GitReference("commit:" + id) == .commit(id))
        let range = try VersionRange("~1.2")
        #expect(try GitReference("semver:~1.2") == .versions(range, prereleases: false))
    }

    @Test(arguments: [
        "", "-x", "a..b", "a b", "a~1", "a^", "a:b", ":/regex", "a\\b", "a.lock", ".a", "a//b",
        "/a", "a/", "@", "a@{1}", "a*", "a?", "a[", "a\n", "a.", "commit:abc", "semver:junk",
        "branch:", "tag:a..b",
    ])
    func `what git would not allow is refused`(_ text: String) async throws {
        #expect(try await failure { try GitReference(text) }.code == .badReference)
    }
}
