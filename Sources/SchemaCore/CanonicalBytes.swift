/// A compact encoding of which equal values have equal bytes: what an object's digest is taken of.
///
/// Made for speed: a catalog of 5,000 tables has some 100,000 objects, whose digests are taken at
/// every look. Keys are written in the order in which a type encodes them; each value is written
/// with its tag and length, so that no two different values share bytes. Absent optionals write
/// nothing but differ from present ones, since every key is written with its value. The one kind of
/// dictionary allowed is from text to text.
public struct CanonicalBytes {
    /// The bytes of a value.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let sink = Sink()
        try value.encode(to: CanonicalEncoder(sink: sink))
        return sink.bytes
    }

    /// The SHA-256 sum of a value's bytes.
    public static func digest(_ value: some Encodable) throws -> Digest {
        Digest(of: try encode(value))
    }
}

private final class Sink {
    var bytes: [UInt8] = []

    func write(_ tag: UInt8, _ text: String) {
        bytes.append(tag)
        appendDigits(text.utf8.count)
        bytes.append(0x3a)
        bytes.append(contentsOf: text.utf8)
    }
    private func appendDigits(_ number: Int) {
        if number > 9 { appendDigits(number / 10) }
        bytes.append(0x30 + UInt8(number % 10))
    }
    func write(_ tag: UInt8) { bytes.append(tag) }
}

private enum Tag {
    static let key = UInt8(ascii: "k")
    static let string = UInt8(ascii: "s")
    static let number = UInt8(ascii: "i")
    static let bool = UInt8(ascii: "b")
    static let null = UInt8(ascii: "n")
    static let object = UInt8(ascii: "{")
    static let array = UInt8(ascii: "[")
}

/// Containers are not closed by the protocol, so their opening tag carries the nesting depth.
private struct CanonicalEncoder: Encoder {
    let sink: Sink
    var depth = 0
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { Self.mark }

    private static let mark: [CodingUserInfoKey: Bool] =
        CodingUserInfoKey.canonicalBytes.map { [$0: true] } ?? [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        sink.write(Tag.object, String(depth))
        return KeyedEncodingContainer(Keyed<Key>(sink: sink, depth: depth + 1))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        sink.write(Tag.array, String(depth))
        return Unkeyed(sink: sink, depth: depth + 1)
    }
    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(sink: sink, depth: depth)
    }
}

private func encode(_ value: some Encodable, to sink: Sink, depth: Int) throws {
    switch value {
    case let text as String: sink.write(Tag.string, text)
    case let flag as Bool: sink.write(Tag.bool, flag ? "1" : "0")
    case let number as any BinaryInteger: sink.write(Tag.number, String(describing: number))
    case let map as [String: String]:
        // A dictionary encodes itself in the order of its hashes.
        sink.write(Tag.object, String(depth))
        for (key, text) in map.sorted(by: { $0.key < $1.key }) {
            sink.write(Tag.key, key)
            sink.write(Tag.string, text)
        }
    default: try value.encode(to: CanonicalEncoder(sink: sink, depth: depth))
    }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let sink: Sink
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        sink.write(Tag.key, key.stringValue)
        sink.write(Tag.null)
    }
    // Said for the commonest types, which spares the search for a value's type.
    func encode(_ value: String, forKey key: Key) {
        sink.write(Tag.key, key.stringValue)
        sink.write(Tag.string, value)
    }
    func encode(_ value: Bool, forKey key: Key) {
        sink.write(Tag.key, key.stringValue)
        sink.write(Tag.bool, value ? "1" : "0")
    }
    func encode(_ value: some Encodable, forKey key: Key) throws {
        sink.write(Tag.key, key.stringValue)
        try SchemaCore.encode(value, to: sink, depth: depth)
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        sink.write(Tag.key, key.stringValue)
        return CanonicalEncoder(sink: sink, depth: depth).container(keyedBy: keyType)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        sink.write(Tag.key, key.stringValue)
        return CanonicalEncoder(sink: sink, depth: depth).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { CanonicalEncoder(sink: sink, depth: depth) }
    func superEncoder(forKey key: Key) -> any Encoder {
        sink.write(Tag.key, key.stringValue)
        return CanonicalEncoder(sink: sink, depth: depth)
    }
}

private struct Unkeyed: UnkeyedEncodingContainer {
    let sink: Sink
    let depth: Int
    var count = 0
    var codingPath: [any CodingKey] { [] }

    init(sink: Sink, depth: Int) {
        self.sink = sink
        self.depth = depth
    }
    mutating func encodeNil() {
        count += 1
        sink.write(Tag.null)
    }
    mutating func encode(_ value: String) {
        count += 1
        sink.write(Tag.string, value)
    }
    mutating func encode(_ value: some Encodable) throws {
        count += 1
        try SchemaCore.encode(value, to: sink, depth: depth)
    }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        count += 1
        return CanonicalEncoder(sink: sink, depth: depth).container(keyedBy: keyType)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        count += 1
        return CanonicalEncoder(sink: sink, depth: depth).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { CanonicalEncoder(sink: sink, depth: depth) }
}

private struct Single: SingleValueEncodingContainer {
    let sink: Sink
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { sink.write(Tag.null) }
    func encode(_ value: String) { sink.write(Tag.string, value) }
    func encode(_ value: some Encodable) throws {
        try SchemaCore.encode(value, to: sink, depth: depth)
    }
}

extension CodingUserInfoKey {
    /// Stands in an encoder of canonical bytes: what a type keeps beside its meaning, such as how a
    /// person spelled it, is not written there.
    public static let canonicalBytes = CodingUserInfoKey(rawValue: "canonicalBytes")
}
