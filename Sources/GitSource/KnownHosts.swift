internal import CCrypto
import Foundation

/// The hosts that are trusted for ssh, in the format of OpenSSH's `known_hosts` (sshd(8),
/// "SSH_KNOWN_HOSTS FILE FORMAT"): plain, with wildcards, negated and hashed.
///
/// Certificates of authorities are not used; a `@revoked` key is refused whoever else trusts it.
struct KnownHosts: Sendable {
    /// What the file says about a key that a host shows.
    enum Verdict: Equatable, Sendable {
        /// The host has this key.
        case trusted
        /// The host is known with other keys.
        case mismatch
        /// Nothing is said about the host.
        case unknown
        /// The key must not be used any more.
        case revoked
    }

    private struct Entry: Sendable {
        let patterns: Substring
        let keyType: String
        let key: [UInt8]
        let isRevoked: Bool
    }

    private let entries: [Entry]

    /// Reads the lines; what is not an entry is ignored, as OpenSSH does.
    init(_ text: String) {
        entries = text.split(whereSeparator: \.isNewline).compactMap { Self.entry($0) }
    }

    /// The verdict on a key.
    ///
    /// - Parameters:
    ///   - key: the key as it is on the wire.
    ///   - port: the port if it is not 22.
    func verdict(host: String, port: Int?, key: [UInt8]) -> Verdict {
        let name = Self.name(host, port)
        let matching = entries.filter { Self.matches(name, $0.patterns) }
        let bare = entries.filter { Self.matches(host.lowercased(), $0.patterns) }
        if (matching + bare).contains(where: { $0.isRevoked && $0.key == key }) {
            return .revoked
        }
        let trusted = matching.filter { !$0.isRevoked }
        if trusted.contains(where: { $0.key == key }) { return .trusted }
        // As OpenSSH does: a host that is known only without its port is the same host.
        if trusted.isEmpty, bare.contains(where: { !$0.isRevoked && $0.key == key }) {
            return .trusted
        }
        return trusted.isEmpty ? .unknown : .mismatch
    }

    /// The types of the keys that are trusted for a host.
    func keyTypes(host: String, port: Int?) -> Set<String> {
        Set(trusted(host, port).map(\.keyType))
    }

    /// What is trusted for a host, in lines that name nothing but it: some libraries stop at any
    /// line of a file that they do not understand.
    func lines(host: String, port: Int?) -> String {
        let name = Self.name(host, port)
        return trusted(host, port).map { entry in
            "\(name) \(entry.keyType) \(Data(entry.key).base64EncodedString())\n"
        }.joined()
    }

    private func trusted(_ host: String, _ port: Int?) -> [Entry] {
        func matching(_ name: String) -> [Entry] {
            entries.filter { !$0.isRevoked && Self.matches(name, $0.patterns) }
        }
        let exact = matching(Self.name(host, port))
        return exact.isEmpty ? matching(host.lowercased()) : exact
    }

    private static func name(_ host: String, _ port: Int?) -> String {
        let lower = host.lowercased()
        guard let port, port != 22 else { return lower }
        return "[\(lower)]:\(port)"
    }

    private static func entry(_ line: Substring) -> Entry? {
        var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let first = fields.first, !first.hasPrefix("#") else { return nil }
        var isRevoked = false
        if first.hasPrefix("@") {
            guard first == "@revoked" else { return nil }
            isRevoked = true
            fields.removeFirst()
        }
        guard fields.count >= 3, let key = Data(base64Encoded: String(fields[2])),
            Self.isKey(Array(key), ofType: fields[1])
        else { return nil }
        return Entry(
            patterns: fields[0], keyType: String(fields[1]), key: Array(key),
            isRevoked: isRevoked)
    }

    /// Whether bytes are a key on the wire (RFC 4253, 6.6): its type as a string with its length
    /// in four bytes before it, then more. Libraries refuse a whole file for a key that is cut.
    private static func isKey(_ key: [UInt8], ofType type: Substring) -> Bool {
        let name = Array(type.utf8)
        let length = withUnsafeBytes(of: UInt32(name.count).bigEndian) { Array($0) }
        return key.starts(with: length + name) && key.count > length.count + name.count
    }

    private static func matches(_ name: String, _ patterns: Substring) -> Bool {
        if patterns.hasPrefix("|1|") { return matches(name, hashed: patterns) }
        var found = false
        for pattern in patterns.split(separator: ",") {
            let isNegated = pattern.hasPrefix("!")
            let glob = (isNegated ? pattern.dropFirst() : pattern).lowercased()
            guard matches(Array(name.utf8), glob: Array(glob.utf8)) else { continue }
            // One negated match outweighs all others of the line.
            if isNegated { return false }
            found = true
        }
        return found
    }

    /// `|1|salt|HMAC-SHA1(salt, name)`, both in base64.
    private static func matches(_ name: String, hashed: Substring) -> Bool {
        let parts = hashed.split(separator: "|")
        guard parts.count == 3, let salt = Data(base64Encoded: String(parts[1])),
            let wanted = Data(base64Encoded: String(parts[2]))
        else { return false }
        let text = Array(name.utf8)
        var sum = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 0
        let done = Array(salt).withUnsafeBytes { salt in
            HMAC(EVP_sha1(), salt.baseAddress, Int32(salt.count), text, text.count, &sum, &length)
        }
        return done != nil && length == 20 && Array(wanted) == sum
    }

    /// `*` stands for any text, `?` for one character.
    private static func matches(_ name: [UInt8], glob: [UInt8]) -> Bool {
        var at = 0
        var inGlob = 0
        var star: (glob: Int, name: Int)?
        while at < name.count {
            if inGlob < glob.count, glob[inGlob] == UInt8(ascii: "*") {
                star = (inGlob, at)
                inGlob += 1
            } else if inGlob < glob.count,
                glob[inGlob] == UInt8(ascii: "?") || glob[inGlob] == name[at]
            {
                inGlob += 1
                at += 1
            } else if let (lastStar, from) = star {
                star = (lastStar, from + 1)
                inGlob = lastStar + 1
                at = from + 1
            } else {
                return false
            }
        }
        return glob[inGlob...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
