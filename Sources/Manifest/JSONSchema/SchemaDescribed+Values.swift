// Owns the schemas of the values that everything else is made of.

public import SchemaCore

extension String: SchemaDescribed {
    /// A string.
    public static var codedSchema: JSONSchema { JSONSchema(["type": "string"]) }
    /// An empty one.
    public static var codedExample: String { "" }
}

extension Bool: SchemaDescribed {
    /// A truth value.
    public static var codedSchema: JSONSchema { JSONSchema(["type": "boolean"]) }
    /// False.
    public static var codedExample: Bool { false }
}

extension Int: SchemaDescribed {
    /// A whole number.
    public static var codedSchema: JSONSchema { JSONSchema(["type": "integer"]) }
    /// Zero.
    public static var codedExample: Int { 0 }
}

extension Int64: SchemaDescribed {
    /// A whole number.
    public static var codedSchema: JSONSchema { JSONSchema(["type": "integer"]) }
    /// Zero.
    public static var codedExample: Int64 { 0 }
}

extension Digest: SchemaDescribed {
    /// `sha256:` and 64 digits.
    public static var codedSchema: JSONSchema {
        JSONSchema(["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"])
            .described("A SHA-256 sum.").named("Digest")
    }
    /// That of nothing.
    public static var codedExample: Digest { Digest(of: "") }
}

extension ObjectID: SchemaDescribed {
    /// The kind, then the names.
    public static var codedSchema: JSONSchema {
        JSONSchema(["type": "array", "items": ["type": "string"], "minItems": 2])
            .described("The address of an object: its kind, then its names, outermost first.")
            .named("ObjectID")
    }
    /// Any.
    public static var codedExample: ObjectID { ObjectID(.comment, "") }
}
