import Manifest
import Planning
import SchemaCore

/// `kind: Schema`.
struct SchemaSpec: Sendable {
    var name: Spanned<String>
    var comment: Spanned<String>?
    var renamedFrom: [Spanned<String>]
    var access: AccessSpec

    static let decoding = Decoding<SchemaSpec>.object("schema") { fields in
        let name = fields.required("name", .name, "The schema's name.")
        let comment = fields.comment()
        let renamedFrom = fields.renamedFrom()
        let access = AccessFields(fields, .schema)
        return {
            SchemaSpec(
                name: $0[name], comment: $0[comment], renamedFrom: $0[renamedFrom],
                access: access.spec($0))
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        let id = ObjectID.schema(name.value)
        builder.add(id, .schema(SchemaDefinition()), at: name.span)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id) { [.schema($0)] }
    }
}
