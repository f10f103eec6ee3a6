import Foundation

/// Where a repository is: a checked address from which nothing can leak into a command line, a
/// shell or another protocol.
///
/// Allowed are `https://`, `ssh://` and scp-like addresses, files if the settings allow them, and
/// `http://` to this machine. Helper protocols (`ext::`), passwords inside the address and
/// control characters are refused.
public struct GitURL: Hashable, Codable, Sendable, CustomStringConvertible {
    /// How the repository is reached.
    public enum Scheme: String, Codable, Sendable, CaseIterable {
        case file, https, http, ssh
    }

    /// How it is reached.
    public let scheme: Scheme
    /// The host; empty for files.
    public let host: String
    /// The port if one is given.
    public let port: Int?
    /// The user of an ssh address.
    public let user: String?
    /// The path on the host, or of the folder.
    public let path: String
    /// The address as it is handed to a transport.
    public let description: String

    /// Reads an address.
    ///
    /// - Parameter folder: what a relative path is relative to; the working folder if nil.
    public init(_ text: String, relativeTo folder: String? = nil) throws(GitError) {
        let bad = text.unicodeScalars.contains {
            $0.value < 0x20 || (0x7f...0x9f).contains($0.value)
        }
        if bad { throw Self.refused(text, "it contains a control character") }
        if text.isEmpty { throw Self.refused(text, "it is empty") }
        if text.hasPrefix("-") { throw Self.refused(text, "it begins with a dash") }
        if let range = text.range(of: "://") {
            try self.init(
                scheme: String(text[..<range.lowerBound]), rest: text[range.upperBound...],
                text: text)
        } else if let colon = text.firstIndex(of: ":"),
            !text[..<colon].contains("/"), !text.hasPrefix(".")
        {
            try self.init(scpHost: text[..<colon], path: text[text.index(after: colon)...], text)
        } else {
            let base = folder ?? FileManager.default.currentDirectoryPath
            let full = text.hasPrefix("/") ? text : base + "/" + text
            let path = Self.normalized(full)
            self.init(.file, path: path, text: path)
        }
    }

    private init(
        _ scheme: Scheme, host: String = "", port: Int? = nil, user: String? = nil, path: String,
        text: String
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.user = user
        self.path = path
        description = text
    }

    private init(scheme name: String, rest: Substring, text: String) throws(GitError) {
        guard let scheme = Scheme(rawValue: name.lowercased()) else {
            throw Self.refused(text, "the protocol \"\(cleaned(name, limit: 20))\" is not allowed")
        }
        if scheme == .file {
            guard rest.hasPrefix("/") else {
                throw Self.refused(text, "a file address is file:///FOLDER, without a host")
            }
            let path = Self.normalized(rest.removingPercentEncoding ?? String(rest))
            self.init(.file, path: path, text: path)
            return
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        let path = String(rest[slash...])
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        if user != nil, scheme != .ssh {
            throw Self.refused(
                "\(name)://…@\(authority)\(path)", "it carries a user or a password")
        }
        let (host, port) = try Self.hostAndPort(authority, text)
        try Self.check(user: user, text)
        try Self.check(path: path, of: scheme, text)
        let userText = user.map { $0 + "@" } ?? ""
        let portText = port.map { ":\($0)" } ?? ""
        let hostText = host.contains(":") ? "[\(host)]" : host
        self.init(
            scheme, host: host, port: port, user: user, path: path,
            text: "\(scheme.rawValue)://\(userText)\(hostText)\(portText)\(path)")
    }

    private init(scpHost: Substring, path: Substring, _ text: String) throws(GitError) {
        if path.hasPrefix(":") {
            throw Self.refused(text, "helper protocols (NAME::…) are not allowed")
        }
        var host = scpHost
        var user: String?
        if let at = scpHost.lastIndex(of: "@") {
            user = String(scpHost[..<at])
            host = scpHost[scpHost.index(after: at)...]
        }
        if user == nil, path.contains("@") {
            let rest = path.drop { $0 != "@" }
            throw Self.refused("…\(rest)", "it carries a password")
        }
        try Self.check(user: user, text)
        let (name, _) = try Self.hostAndPort(host, text)
        try Self.check(path: String(path), of: .ssh, text)
        self.init(
            .ssh, host: name, user: user, path: String(path),
            text: (user.map { $0 + "@" } ?? "") + "\(name):\(path)")
    }

    /// Whether the host is this machine, so that plain http cannot be overheard.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.")
                && host.split(separator: ".", omittingEmptySubsequences: false).count == 4
                && host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") })
    }

    private static func hostAndPort(
        _ authority: Substring, _ text: String
    ) throws(GitError) -> (String, Int?) {
        var host = authority
        var port: Int?
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            if !rest.isEmpty { port = rest.hasPrefix(":") ? Int(rest.dropFirst()) ?? -1 : -1 }
            guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }), host.contains(":")
            else { throw refused(text, "its host is not an IPv6 address") }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = Int(authority[authority.index(after: colon)...]) ?? -1
            }
            let plain = host.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
                    || byte == 0x2e || byte == 0x2d || byte == 0x5f
            }
            if host.isEmpty || !plain || host.hasPrefix("-") {
                throw refused(text, "its host name is not one")
            }
        }
        if let port, !(1...65_535).contains(port) { throw refused(text, "its port is not one") }
        return (host.lowercased(), port)
    }

    private static func check(user: String?, _ text: String) throws(GitError) {
        guard let user else { return }
        if user.contains(":") {
            throw GitError(
                .badURL, "the repository address carries a password",
                help: "remove it from the address and give it as a credential")
        }
        let plain = user.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
                || [0x2e, 0x2d, 0x5f, 0x2b].contains(byte)
        }
        if user.isEmpty || !plain || user.hasPrefix("-") {
            throw refused(text, "its user name is not one")
        }
    }

    private static func check(
        path: String, of scheme: Scheme, _ text: String
    ) throws(GitError) {
        if path.isEmpty || path == "/" { throw refused(text, "it has no path") }
        if path.hasPrefix("-") { throw refused(text, "its path begins with a dash") }
        // A path travels through a shell on the other side of ssh.
        let shell: Set<Character> = ["'", "\"", "`", "$", "\\", ";", "|", "&", "<", ">", "!", " "]
        if scheme == .ssh, path.contains(where: shell.contains) {
            throw refused(text, "its path contains a character that a shell would read")
        }
    }

    private static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func refused(_ text: String, _ why: String) -> GitError {
        GitError(
            .badURL, "the repository address \"\(cleaned(text, limit: 200))\" is refused: \(why)",
            help: "use https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or a folder; "
                + "give users and passwords as credentials")
    }
}
