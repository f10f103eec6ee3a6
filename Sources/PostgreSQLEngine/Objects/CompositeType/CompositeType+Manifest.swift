import Manifest
import Planning
import SchemaCore

/// `kind: CompositeType`.
struct CompositeTypeSpec: Sendable {
    struct Attribute: Sendable {
        var type: VerbatimSQL
        var collation: QualifiedName?
        var comment: Spanned<String>?
        var renamedFrom: [Spanned<String>] = []

        static let decoding = Decoding<Attribute>.forms(
            scalar: Decoding<VerbatimSQL>.sql.map { Attribute(type: $0) },
            mapping: .object("attribute") { fields in
                let type = fields.required("type", .sql, "The type.")
                let collation = fields.optional(
                    "collation", .qualifiedName, "The collation, if it is not the type's own.")
                let renamedFrom = fields.renamedFrom()
                let comment = fields.comment()
                return {
                    Attribute(
                        type: $0[type], collation: $0[collation], comment: $0[comment],
                        renamedFrom: $0[renamedFrom])
                }
            }
        ).named("Attribute")
    }

    var schema: Spanned<String>?
    var name: Spanned<String>
    var attributes: OrderedMapping<Attribute>
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<CompositeTypeSpec>.object("composite type") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The type's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .type)
        let attributes = fields.required(
            "attributes", .mapping(of: Attribute.decoding),
            "The attributes by name, in their order: a type, or a long form.")
        return {
            CompositeTypeSpec(
                schema: $0[schema], name: $0[name], attributes: $0[attributes],
                comment: $0[comment], access: access.spec($0), renamedFrom: $0[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        let id = ObjectID.compositeType(builder.schema, name.value)
        let list = attributes.map {
            CompositeTypeDefinition.Attribute(
                name: $0.name.value, type: $0.value.type, collation: $0.value.collation)
        }
        builder.add(
            id, .plain(.compositeType(CompositeTypeDefinition(attributes: list))), at: name.span)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id)
        let types =
            [id] + renamedFrom.flatMap { ManifestBuilder.addresses(id, formerly: $0.value) }
        for entry in attributes {
            let attribute = ObjectID.column(builder.schema, name.value, entry.name.value)
            builder.comment(entry.value.comment, on: attribute, holder: id)
            builder.renames(
                entry.value.renamedFrom,
                to: .attribute(builder.schema, name.value, entry.name.value)
            ) { old in types.map { .attribute($0.path[0], $0.name, old) } }
        }
    }
}
