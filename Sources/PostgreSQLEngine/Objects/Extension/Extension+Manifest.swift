import Manifest
import Planning
import SchemaCore

/// `kind: Extension`.
struct ExtensionSpec: Sendable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var version: String?
    var comment: Spanned<String>?

    static let decoding = Decoding<ExtensionSpec>.object("extension") { fields in
        let name = fields.required("name", .name, "The extension's name, for example pg_trgm.")
        let schema = fields.optional(
            "schema", .name,
            "The schema that holds its objects; may be left out where the project names a default.")
        let version = fields.optional(
            "version", .string, "The version; any that the server offers if left out.")
        let comment = fields.comment()
        return {
            ExtensionSpec(
                schema: $0[schema], name: $0[name], version: $0[version], comment: $0[comment])
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        let id = ObjectID.extension(name.value)
        let schema = builder.schema
        builder.add(
            id, .extension(ExtensionDefinition(schema: schema, version: version)), at: name.span,
            dependencies: [.schema(schema)])
        builder.comment(comment, on: id)
    }
}
