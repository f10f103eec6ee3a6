public import SchemaCore

/// What kept a repository from being read, in our own words, with what to do next.
///
/// Texts of the libraries below are quoted only where they add something, cleaned of control
/// characters and cut, because a server may have written them.
public struct GitError: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    /// Stable names for what can go wrong, in kebab case.
    public enum Code: String, Codable, Sendable, CaseIterable {
        case badURL = "git-url-refused"
        case badReference = "git-ref-refused"
        case badSettings = "git-settings-refused"
        case badRequest = "git-request-refused"
        case cache = "git-cache-failed"
        case busy = "git-mirror-busy"
        case transport = "git-transport-failed"
        case redirected = "git-redirected"
        case repositoryNotFound = "git-repository-not-found"
        case referenceNotFound = "git-ref-not-found"
        case commitNotFound = "git-commit-not-found"
        case noMatchingVersion = "git-no-matching-version"
        case authenticationRequired = "git-authentication-required"
        case authenticationFailed = "git-authentication-failed"
        case knownHostsMissing = "git-known-hosts-missing"
        case hostKeyUnknown = "git-host-key-unknown"
        case hostKeyMismatch = "git-host-key-mismatch"
        case certificateRefused = "git-certificate-refused"
        case historyRewritten = "git-history-rewritten"
        case wallClockLimit = "git-wall-clock-limit"
        case idleLimit = "git-idle-limit"
        case byteLimit = "git-byte-limit"
        case objectLimit = "git-object-limit"
        case memoryLimit = "git-memory-limit"
        case pathNotFound = "git-path-not-found"
        case repositoryDamaged = "git-repository-damaged"
        case gitProgramMissing = "git-program-missing"
        case workerFailed = "git-worker-failed"
        case cancelled = "git-cancelled"
    }

    /// Its stable name.
    public let code: Code
    /// One sentence: what is wrong and where.
    public let message: String
    /// What to do next.
    public let help: String

    /// Makes an error.
    public init(_ code: Code, _ message: String, help: String) {
        self.code = code
        self.message = message
        self.help = help
    }

    /// `message [code]` and the help on a line of its own.
    public var description: String { "\(message) [\(code.rawValue)]\n  help: \(help)" }

    /// The same as a diagnostic.
    public var diagnostic: Diagnostic { .error(code.rawValue, message, help: help) }
}

/// A text from outside as it may stand in a message: one line, no control characters, cut.
func cleaned(_ text: String, limit: Int = 300) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        if out.unicodeScalars.count >= limit { return out + "…" }
        let isControl =
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
            || scalar.properties.generalCategory == .format
        out.unicodeScalars.append(isControl ? " " : scalar)
    }
    while out.hasSuffix(" ") { out.removeLast() }
    return out
}
