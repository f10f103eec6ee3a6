// Owns the schema of values that are coded by the compiler's own code: it is found out by decoding
// them from nothing and noting what they ask for, so it says what the type says. Invariant: what
// the compiler would refuse as missing is required, and nothing else.

internal import SchemaCore

/// Finds out the schema of a type. A class, because the decodings within one another share it.
public final class CodableSchema {
    /// What is said of a property beyond its type, by `Type.property`.
    public struct Property: Sendable {
        /// A sentence for people.
        public var doc: String
        /// The only value that it has.
        public var constant: String?

        /// Makes the value.
        public init(_ doc: String, constant: String? = nil) {
            self.doc = doc
            self.constant = constant
        }
    }

    private let properties: [String: Property]
    /// The properties that were met, by `Type.property`.
    public private(set) var met: Set<String> = []

    /// Makes a search.
    public init(_ properties: [String: Property]) { self.properties = properties }

    /// The schema of a type; those of the types in it are named.
    ///
    /// - Throws: what the type's own decoding throws that needs more than the names of its parts.
    public func schema<Value: Decodable>(of type: Value.Type) throws -> JSONSchema {
        try probe(type).schema
    }

    /// A schema, and a value with which the decoding that asked can go on.
    func probe<Value: Decodable>(
        _ type: Value.Type
    ) throws -> (schema: JSONSchema, example: Value) {
        if let described = type as? any SchemaDescribed.Type {
            return try Self.known(described.codedSchema, described.codedExample)
        }
        if let words = type as? any (CaseIterable & RawRepresentable<String>).Type {
            return try Self.words(words)
        }
        let name = String(reflecting: type).split(separator: ".").dropFirst().joined(separator: ".")
        if let cases = type as? any SchemaCases.Type {
            return try probe(cases, as: type, named: name)
        }
        let notes = SchemaNotes(search: self, type: name)
        let example = try Value(from: SchemaProbe(notes: notes))
        if let item = notes.item {
            return (
                JSONSchema(["type": "array", "items": item.value], including: [item]), example
            )
        }
        return (notes.object.named(name), example)
    }

    private func probe<Cases: SchemaCases, Value>(
        _ cases: Cases.Type, as type: Value.Type, named name: String
    ) throws -> (schema: JSONSchema, example: Value) {
        var choices: [JSONSchema] = []
        for value in cases.schemaCases {
            let coded = try CanonicalJSON.decode(CaseName.self, from: CanonicalJSON.data(value))
            let notes = SchemaNotes(search: self, type: name, only: coded.name)
            _ = try cases.init(from: SchemaProbe(notes: notes))
            choices.append(notes.object)
        }
        let schema = JSONSchema.any(of: choices).named(name)
        return try Self.known(schema, cases.schemaCases[0])
    }

    private static func words<Words: CaseIterable & RawRepresentable<String>, Value>(
        _ type: Words.Type
    ) throws -> (schema: JSONSchema, example: Value) {
        let words = type.allCases.map { JSONValue.string($0.rawValue) }
        return try known(JSONSchema(["enum": .array(words)]), type.allCases.first)
    }

    private static func known<Value>(
        _ schema: JSONSchema, _ example: Any?
    ) throws -> (schema: JSONSchema, example: Value) {
        guard let example = example as? Value else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "\(Value.self) has no example"))
        }
        return (schema, example)
    }

    func described(_ schema: JSONSchema, _ name: String) -> JSONSchema {
        met.insert(name)
        guard let property = properties[name] else { return schema }
        let constant = property.constant.map { JSONSchema(["const": .string($0)]) }
        return (constant ?? schema).described(property.doc)
    }

    /// The only key of an object.
    private struct CaseName: Decodable {
        let name: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            name = container.allKeys[0].stringValue
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
