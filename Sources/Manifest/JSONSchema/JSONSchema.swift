// Owns the description of what a decoder accepts, as JSON Schema (draft 2020-12). Schemas are
// only ever made together with the decoder that they describe.

import SchemaCore

/// A JSON Schema with the named shapes that it refers to.
public struct JSONSchema: Hashable, Sendable {
    /// The keywords.
    public let keywords: [String: JSONValue]
    /// The named shapes (`$defs`) that `$ref`s in it mean.
    public let definitions: [String: JSONValue]

    /// Makes a schema; of equal definitions in `including` one is kept.
    public init(_ keywords: [String: JSONValue], including others: [JSONSchema] = []) {
        self.keywords = keywords
        definitions = others.reduce(into: [:]) { all, other in
            all.merge(other.definitions) { first, second in
                precondition(first == second, "two shapes of a schema have the same name")
                return first
            }
        }
    }

    private init(keywords: [String: JSONValue], definitions: [String: JSONValue]) {
        self.keywords = keywords
        self.definitions = definitions
    }

    /// The keywords as one value.
    public var value: JSONValue { .object(keywords) }

    /// The same with a sentence for people.
    public func described(_ doc: String) -> JSONSchema {
        adding(["description": .string(doc)])
    }

    /// The same with further keywords; the new ones win.
    public func adding(_ more: [String: JSONValue]) -> JSONSchema {
        JSONSchema(
            keywords: keywords.merging(more) { $1 }, definitions: definitions)
    }

    /// A reference to this schema under a name.
    public func named(_ name: String) -> JSONSchema {
        var all = definitions
        if let other = all[name] {
            precondition(other == value, "two shapes of a schema are named \(name)")
        }
        all[name] = value
        return JSONSchema(
            keywords: ["$ref": .string("#/$defs/\(name)")], definitions: all)
    }

    /// What this accepts, or null.
    public var orNull: JSONSchema {
        switch keywords["type"] {
        case .string(let type) where keywords["enum"] == nil:
            return adding(["type": [.string(type), "null"]])
        case .array(let types) where keywords["enum"] == nil:
            return types.contains("null") ? self : adding(["type": .array(types + ["null"])])
        default:
            if case .array(let choices) = keywords["anyOf"] {
                let null: JSONValue = ["type": "null"]
                return choices.contains(null) ? self : adding(["anyOf": .array(choices + [null])])
            }
            return JSONSchema(["anyOf": [value, ["type": "null"]]], including: [self])
        }
    }

    /// What any of these accepts.
    static func any(of schemas: [JSONSchema]) -> JSONSchema {
        guard schemas.count != 1 else { return schemas[0] }
        return JSONSchema(["anyOf": .array(schemas.map(\.value))], including: schemas)
    }

    /// A whole schema file: canonical, indented, with its definitions.
    ///
    /// - Parameter id: the `$id`, an address under which the schema is known.
    public func file(id: String, title: String) -> String {
        var all = keywords
        all["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        all["$id"] = .string(id)
        all["title"] = .string(title)
        if !definitions.isEmpty { all["$defs"] = .object(definitions) }
        do {
            return try CanonicalJSON.pretty(JSONValue.object(all))
        } catch {
            preconditionFailure("a schema is always JSON: \(error)")
        }
    }
}
