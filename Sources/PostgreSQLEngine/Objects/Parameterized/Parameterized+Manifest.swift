import Manifest
import Planning
import SchemaCore

/// A manifest of a kind that is made of parameters.
struct ParameterizedSpec: Sendable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var definition: ParameterizedDefinition
    var comment: Spanned<String>?
    var access: AccessSpec?
    var renamedFrom: [Spanned<String>]

    static func decoding(_ sort: ParameterizedDefinition.Sort) -> Decoding<ParameterizedSpec> {
        .object(sort.doc) { fields in
            let schema = fields.schema()
            let name = fields.required("name", .name, "Its name.")
            let renamedFrom = fields.renamedFrom()
            let comment = fields.comment()
            let access =
                sort.kind.hasOwner ? AccessFields(fields, AccessSort(sort.kind)) : nil
            let text = sort.textField.map { fields.optional($0.name, .sql, $0.doc) }
            let parameters = fields.required(
                "parameters", Self.parameters(sort), "The parameters, by the server's own names.")
            return { values in
                ParameterizedSpec(
                    schema: values[schema], name: values[name],
                    definition: ParameterizedDefinition(
                        sort: sort, text: text.flatMap { values[$0] },
                        parameters: values[parameters]),
                    comment: values[comment], access: access?.spec(values),
                    renamedFrom: values[renamedFrom])
            }
        }
    }

    private static func parameters(
        _ sort: ParameterizedDefinition.Sort
    ) -> Decoding<ParameterizedDefinition.Parameters> {
        .object("parameters") { fields in
            let all = sort.parameters.map { ($0.name, fields.optional($0.name, .sql, $0.doc)) }
            return { values in
                .init(all.compactMap { name, field in values[field].map { (name, $0) } })
            }
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        let id = address(in: builder.schema)
        builder.add(id, .plain(.parameterized(definition)), at: name.span)
        builder.comment(comment, on: id)
        if let access { builder.access(access, on: id) }
        if definition.sort.kind == id.kind, id.path.count == 2 {
            builder.renames(renamedFrom, to: id)
        }
    }

    /// With the types of its operands or arguments where it has any, as they are written.
    private func address(in schema: String) -> ObjectID {
        let sort = definition.sort
        switch sort {
        case .aggregate:
            return ObjectID(
                sort.kind, schema, name.value, "(\(definition.text?.text ?? "*"))")
        case .operator:
            let operands = ["leftarg", "rightarg"].map {
                definition.parameters[$0]?.text ?? "NONE"
            }
            return ObjectID(sort.kind, schema, name.value, "(\(operands.joined(separator: ", ")))")
        case .rangeType, .baseType, .collation, .textSearchDictionary, .textSearchTemplate,
            .textSearchParser:
            return ObjectID(sort.kind, schema, name.value)
        }
    }
}
