internal import CCrypto
public import Foundation

/// A SHA-256 sum, written as `sha256:` and 64 hexadecimal digits.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `sha256:…`.
    public let description: String

    /// The sum of some bytes.
    public init(of bytes: some ContiguousBytes) {
        var sum = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        bytes.withUnsafeBytes { raw in
            _ = SHA256(raw.bindMemory(to: UInt8.self).baseAddress, raw.count, &sum)
        }
        description = "sha256:" + Self.hex(sum)
    }

    /// The sum of a text's UTF-8.
    public init(of text: String) { self.init(of: Array(text.utf8)) }

    /// Reads `sha256:…`; nil if it is none.
    public init?(_ text: String) {
        let hex = text.dropFirst(7)
        guard text.hasPrefix("sha256:"), hex.utf8.count == 64,
            hex.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) })
        else { return nil }
        description = text
    }

    /// The first 12 hexadecimal digits: enough for people.
    public var short: String { String(description.dropFirst(7).prefix(12)) }

    /// By text.
    public static func < (lhs: Digest, rhs: Digest) -> Bool { lhs.description < rhs.description }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}

extension Digest: Codable {
    /// Coded as its text.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a digest: \(text)"))
        }
        self = digest
    }
    /// Coded as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
