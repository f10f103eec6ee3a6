import Foundation

/// What a private key file holds, as far as it decides who can use it: Debian's libssh2 signs
/// RSA keys with SHA-1 only, which servers refuse, and knows no hardware keys.
struct SSHKeyFile: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case ed25519, ecdsa, rsa, hardware, other
    }

    let kind: Kind
    let isEncrypted: Bool

    /// Whether libgit2 can use the key.
    var worksWithLibGit2: Bool {
        switch kind {
        case .ed25519, .ecdsa: true
        case .rsa, .hardware, .other: false
        }
    }

    /// Reads the text of a key file; nil if it is none.
    init?(_ text: String) {
        guard let begin = text.range(of: "-----BEGIN "),
            let end = text.range(of: "-----", range: begin.upperBound..<text.endIndex)
        else { return nil }
        let label = text[begin.upperBound..<end.lowerBound]
        let rest = text[end.upperBound...]
        let body = rest.range(of: "-----END").map { rest[..<$0.lowerBound] } ?? rest
        let base64 = body.split(whereSeparator: \.isNewline).filter { !$0.contains(":") }.joined()
        let bytes = Data(base64Encoded: base64).map { Array($0) } ?? []
        switch label {
        case "OPENSSH PRIVATE KEY":
            guard let parsed = Self.openSSH(bytes) else { return nil }
            self = parsed
        case "RSA PRIVATE KEY":
            self.init(kind: .rsa, isEncrypted: body.contains("ENCRYPTED"))
        case "EC PRIVATE KEY":
            self.init(kind: .ecdsa, isEncrypted: body.contains("ENCRYPTED"))
        case "PRIVATE KEY": self.init(kind: Self.pkcs8(bytes), isEncrypted: false)
        case "ENCRYPTED PRIVATE KEY": self.init(kind: .other, isEncrypted: true)
        default: return nil
        }
    }

    private init(kind: Kind, isEncrypted: Bool) {
        self.kind = kind
        self.isEncrypted = isEncrypted
    }

    /// Reads a key file.
    static func read(_ path: String) throws(GitError) -> SSHKeyFile {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 65_536 else {
            throw GitError(
                .badSettings, "the ssh key file \(path) cannot be read",
                help: "let it exist and be readable for this user")
        }
        guard let key = SSHKeyFile(String(decoding: data, as: UTF8.self)) else {
            throw GitError(
                .badSettings, "the file \(path) holds no private ssh key",
                help: "name the private key, not its .pub file; OpenSSH and PEM are understood")
        }
        if key.isEncrypted {
            throw GitError(
                .badSettings, "the ssh key file \(path) is protected by a passphrase",
                help: "use a deploy key without passphrase: ssh-keygen -t ed25519 -N ''")
        }
        return key
    }

    /// `openssh-key-v1\0`, cipher, key derivation, its options, number of keys, public key.
    private static func openSSH(_ bytes: [UInt8]) -> SSHKeyFile? {
        let magic = Array("openssh-key-v1\0".utf8)
        guard bytes.starts(with: magic) else { return nil }
        var rest = bytes[magic.count...]
        func string() -> ArraySlice<UInt8>? {
            guard rest.count >= 4 else { return nil }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= length else { return nil }
            defer { rest = rest.dropFirst(length) }
            return rest.prefix(length)
        }
        guard let cipher = string(), string() != nil, string() != nil else { return nil }
        rest = rest.dropFirst(4)
        guard let publicKey = string() else { return nil }
        rest = publicKey
        guard let type = string() else { return nil }
        let kind: Kind =
            switch String(decoding: type, as: UTF8.self) {
            case "ssh-ed25519": .ed25519
            case "ssh-rsa": .rsa
            case let name where name.hasPrefix("ecdsa-sha2-"): .ecdsa
            case let name where name.hasPrefix("sk-"): .hardware
            default: .other
            }
        return SSHKeyFile(
            kind: kind, isEncrypted: String(decoding: cipher, as: UTF8.self) != "none")
    }

    /// The algorithm's object identifier stands near the beginning.
    private static func pkcs8(_ bytes: [UInt8]) -> Kind {
        let head = Data(bytes.prefix(32))
        if head.range(of: Data([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01])) != nil {
            return .rsa
        }
        if head.range(of: Data([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01])) != nil {
            return .ecdsa
        }
        // libssh2 reads ed25519 keys in OpenSSH's format only.
        return .other
    }
}
