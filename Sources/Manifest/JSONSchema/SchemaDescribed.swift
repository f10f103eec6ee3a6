/// A type whose coding cannot be found out by decoding it from nothing.
public protocol SchemaDescribed: Decodable {
    /// What is written of it.
    static var codedSchema: JSONSchema { get }
    /// Any value.
    static var codedExample: Self { get }
}
