// Owns the decoder that has nothing to decode: it notes what is asked of it.

internal import SchemaCore

/// What a type asked for while it was decoded. Shared by the containers of one decoding.
final class SchemaNotes {
    let search: CodableSchema
    /// The type's name.
    let type: String
    /// The only key that there is, where a type asks which there are.
    let only: String?
    /// What is in it, if it is a list.
    var item: JSONSchema?
    private var properties: [String: JSONSchema] = [:]
    private var nested: [String: SchemaNotes] = [:]
    private var required: Set<String> = []

    init(search: CodableSchema, type: String, only: String? = nil) {
        self.search = search
        self.type = type
        self.only = only
    }

    func note(_ key: String, _ schema: JSONSchema, isRequired: Bool) {
        properties[key] = search.described(schema, "\(type).\(key)")
        if isRequired { required.insert(key) }
    }

    /// The notes on an object without a type of its own.
    func nest(_ key: String) -> SchemaNotes {
        let notes = SchemaNotes(search: search, type: "\(type).\(key)")
        nested[key] = notes
        return notes
    }

    /// The object with the keys that were asked for.
    var object: JSONSchema {
        let all = properties.merging(
            nested.map { key, notes in
                (key, search.described(notes.object, "\(type).\(key)"))
            }
        ) { $1 }
        let needed = required.union(nested.keys).sorted()
        return JSONSchema(
            [
                "type": "object", "additionalProperties": false,
                "properties": .object(all.mapValues(\.value)),
                "required": .array(needed.map { .string($0) }),
            ], including: all.keys.sorted().compactMap { all[$0] })
    }
}

/// Answers with examples.
struct SchemaProbe: Decoder {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SchemaProbeKeys(notes: notes))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer { SchemaProbeItems(notes: notes) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw DecodingError.dataCorrupted(
            .init(codingPath: [], debugDescription: "\(notes.type) does not say what it is"))
    }
}

private struct SchemaProbeKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { notes.only.flatMap { Key(stringValue: $0) }.map { [$0] } ?? [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let found = try notes.search.probe(type)
        notes.note(key.stringValue, found.schema, isRequired: true)
        return found.example
    }

    func decodeIfPresent<Value: Decodable>(
        _ type: Value.Type, forKey key: Key
    ) throws -> Value? { try optional(type, key) }

    // The protocol has an answer of its own for these, which asks `decode`.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try optional(type, key)
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try optional(type, key)
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try optional(type, key)
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try optional(type, key)
    }

    private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        notes.note(key.stringValue, try notes.search.probe(type).schema, isRequired: false)
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(SchemaProbeKeys<Nested>(notes: notes.nest(key.stringValue)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(
            .init(codingPath: [key], debugDescription: "lists have a type of their own"))
    }

    func superDecoder() throws -> any Decoder { SchemaProbe(notes: notes) }
    func superDecoder(forKey key: Key) throws -> any Decoder { SchemaProbe(notes: notes) }
}

/// One element, so that the type of elements is asked for.
private struct SchemaProbeItems: UnkeyedDecodingContainer {
    let notes: SchemaNotes
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    func decodeNil() -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let found = try notes.search.probe(type)
        notes.item = found.schema
        currentIndex += 1
        return found.example
    }

    func nestedContainer<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> { throw unexpected }

    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unexpected }

    func superDecoder() throws -> any Decoder { throw unexpected }

    private var unexpected: DecodingError {
        .dataCorrupted(
            .init(codingPath: [], debugDescription: "elements have a type of their own"))
    }
}
