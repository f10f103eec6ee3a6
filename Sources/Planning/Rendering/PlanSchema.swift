// Owns the JSON Schema of `plan -o json`. Types and required properties come from the values
// themselves; what their properties mean stands here.

public import Manifest
internal import SchemaCore

/// The JSON Schema of a plan report.
public enum PlanSchema {
    /// The schema, and the properties that have no description or are described but not there.
    static func make() throws -> (schema: JSONSchema, wrong: Set<String>) {
        let search = CodableSchema(properties)
        let schema = try search.schema(of: PlanDocument.self)
        return (schema, search.met.symmetricDifference(properties.keys))
    }

    /// The schema.
    public static var schema: JSONSchema {
        do {
            return try make().schema
        } catch {
            preconditionFailure("the plan report has no schema: \(error)")
        }
    }
}
