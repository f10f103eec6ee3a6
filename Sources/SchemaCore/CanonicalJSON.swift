public import Foundation

/// JSON of which equal values have equal bytes: keys sorted, no white space, no floats in what
/// we encode. What a digest is taken of, what goldens hold, and what people get with `-o json`.
public enum CanonicalJSON {
    /// The canonical bytes, for digests.
    public static func data(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// The same, indented for people, with a line end behind.
    public static func pretty(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// The SHA-256 sum of the canonical bytes.
    public static func digest(_ value: some Encodable) throws -> Digest {
        Digest(of: try data(value))
    }

    /// Reads what `data` or `pretty` wrote.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from data: Data
    ) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }
}
