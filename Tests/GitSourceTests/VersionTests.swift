import Testing

@testable import GitSource

@Suite struct VersionTests {
    @Test(arguments: [
        ("1.0.0-alpha", "1.0.0-alpha.1"), ("1.0.0-alpha.1", "1.0.0-alpha.beta"),
        ("1.0.0-alpha.beta", "1.0.0-beta"), ("1.0.0-beta.2", "1.0.0-beta.11"),
        ("1.0.0-rc.1", "1.0.0"), ("1.0.0", "1.0.1"), ("1.9.0", "1.10.0"), ("v1.9.9", "2.0.0"),
    ])
    func `versions are ordered as semver orders them`(_ lesser: String, _ greater: String) throws {
        let left = try #require(SemanticVersion(lesser))
        let right = try #require(SemanticVersion(greater))
        #expect(left < right)
        #expect(!(right < left))
    }

    @Test(arguments: [
        "1", "1.2", "01.2.3", "1.2.3.4", "1.2.x", "", "v", "1.2.3-", "1.2.3-a..b", "1.2.3-01",
        "-1.2.3", "1.2.3 ", "99999999999999999999.0.0",
    ])
    func `what is no version is none`(_ text: String) {
        #expect(SemanticVersion(text) == nil)
    }

    @Test func `build metadata is not compared`() throws {
        #expect(SemanticVersion("1.2.3+a") == SemanticVersion("1.2.3+b"))
        #expect(SemanticVersion("v1.2.3-rc.1+b")?.description == "1.2.3-rc.1")
    }

    @Test(arguments: [
        ("~1.2", "1.2.0 1.2.9", "1.1.9 1.3.0 2.0.0"),
        ("~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0"),
        ("~1", "1.0.0 1.9.9", "0.9.9 2.0.0"),
        ("^1.2.0", "1.2.0 1.9.0", "1.1.9 2.0.0"),
        ("^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0 1.0.0"),
        ("^0.0.3", "0.0.3", "0.0.2 0.0.4"),
        ("^0.0", "0.0.0 0.0.9", "0.1.0"),
        ("^0", "0.0.1 0.9.0", "1.0.0"),
        (">=1.0 <2.0", "1.0.0 1.9.9", "0.9.9 2.0.0 2.0.0-rc.1"),
        (">=1.0, <2.0", "1.0.0 1.9.9", "2.0.0"),
        (">= 1.0 < 2.0", "1.0.0", "2.0.0"),
        (">1.2", "1.3.0 2.0.0", "1.2.0 1.2.9"),
        (">1.2.3", "1.2.4", "1.2.3"),
        ("<=1.2", "1.2.9 0.1.0", "1.3.0"),
        ("<=1.2.3", "1.2.3", "1.2.4"),
        ("1.x", "1.0.0 1.9.9", "2.0.0 0.9.0"),
        ("1.2.*", "1.2.7", "1.3.0"),
        ("*", "0.0.0 9.9.9", "1.0.0-rc.1"),
        ("1.2.3", "1.2.3 v1.2.3", "1.2.4 1.2.3-rc.1"),
        ("=1.2.3", "1.2.3", "1.2.4"),
        ("1.2.3 || ^2.0", "1.2.3 2.4.0", "1.2.4 3.0.0"),
        (">=1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.2 1.2.3 1.3.0", "1.2.3-beta 1.3.0-rc.1"),
    ])
    func `ranges hold what they say`(_ text: String, _ inside: String, _ outside: String) throws {
        let range = try VersionRange(text)
        for version in inside.split(separator: " ") {
            let version = try #require(SemanticVersion(String(version)))
            #expect(range.contains(version), "\(version) in \(text)")
        }
        for version in outside.split(separator: " ") {
            let version = try #require(SemanticVersion(String(version)))
            #expect(!range.contains(version), "\(version) not in \(text)")
        }
    }

    @Test(arguments: [
        "", " ", ">", "1.2.3 ||", "|| 1", "a", "1..2", "1.2.3.4", "1.x.3", "><1", "!1", "1.2-rc",
        "> > 1", "^", "<*", ">*",
    ])
    func `what is no range is refused`(_ text: String) async throws {
        #expect(try await failure { try VersionRange(text) }.code == .badReference)
    }

    @Test func `the highest matching tag wins, pre-releases only if asked for`() throws {
        let tags = ["v1.9.0", "v1.10.0", "v1.11.0-rc.1", "2.0.0", "junk", "v1.2", "v1.10.0+b"]
        let range = try VersionRange("^1.2")
        #expect(range.best(of: tags) == "v1.10.0")
        #expect(range.best(of: tags, prereleases: true) == "v1.11.0-rc.1")
        #expect(range.best(of: ["nightly"]) == nil)
    }
}
