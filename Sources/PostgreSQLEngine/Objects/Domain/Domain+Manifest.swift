import Manifest
import Planning
import SchemaCore

/// `kind: Domain`.
struct DomainSpec: Sendable {
    struct Check: Sendable {
        var expression: VerbatimSQL
        var isValidated = true
        var comment: Spanned<String>?
        var renamedFrom: [Spanned<String>] = []

        static let decoding = Decoding<Check>.forms(
            scalar: Decoding<VerbatimSQL>.sql.map { Check(expression: $0) },
            mapping: .object("check") { fields in
                let expression = fields.required(
                    "expression", .sql, "The condition on VALUE.")
                let notValid = fields.optional(
                    "notValid", .boolean, default: false,
                    "Whether it is to hold for new values only.")
                let renamedFrom = fields.renamedFrom()
                let comment = fields.comment()
                return {
                    Check(
                        expression: $0[expression], isValidated: !$0[notValid],
                        comment: $0[comment], renamedFrom: $0[renamedFrom])
                }
            }
        ).named("DomainCheck")
    }

    var schema: Spanned<String>?
    var name: Spanned<String>
    var definition: DomainDefinition
    var checks: OrderedMapping<Check>
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<DomainSpec>.object("domain") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The domain's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .type)
        let type = fields.required("type", .sql, "The type below it.")
        let collation = fields.optional(
            "collation", .qualifiedName, "The collation, if it is not the type's own.")
        let fallback = fields.optional("default", .sql, "The default of columns of it.")
        let notNull = fields.optional(
            "notNull", Self.notNull, default: (false, nil),
            "Whether it takes no NULL; {name: …, comment: …} for what is not as usual (17).")
        let checks = fields.optional(
            "checks", .mapping(of: Check.decoding), default: .init(),
            "The checks by name: a condition on VALUE, or a long form.")
        return {
            DomainSpec(
                schema: $0[schema], name: $0[name],
                definition: DomainDefinition(
                    type: $0[type], collation: $0[collation], default: $0[fallback],
                    isNotNull: $0[notNull].isNotNull, notNull: $0[notNull].rest),
                checks: $0[checks], comment: $0[comment], access: access.spec($0),
                renamedFrom: $0[renamedFrom])
        }
    }

    private static let notNull = Decoding<(isNotNull: Bool, rest: DomainDefinition.NotNull?)>
        .forms(
            scalar: Decoding<Bool>.boolean.map { ($0, nil) },
            mapping: .object("not null") { fields in
                let name = fields.optional(
                    "name", .plainName, "Its name, if it is not the server's choice.")
                let comment = fields.comment()
                return {
                    let text = $0[comment].flatMap { $0.value.isEmpty ? nil : $0.value }
                    let rest = DomainDefinition.NotNull(name: $0[name], comment: text)
                    return (true, rest.unlessUsual)
                }
            }
        ).named("DomainNotNull")

    func lower(_ builder: inout ManifestBuilder) {
        let id = ObjectID.domain(builder.schema, name.value)
        builder.add(id, .plain(.domain(definition)), at: name.span)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id)
        let former =
            [id] + renamedFrom.flatMap { ManifestBuilder.addresses(id, formerly: $0.value) }
        for entry in checks {
            let check = ObjectID.domainConstraint(id.path[0], id.name, entry.name.value)
            builder.add(
                check,
                .plain(
                    .domainConstraint(
                        DomainConstraintDefinition(
                            expression: entry.value.expression,
                            isValidated: entry.value.isValidated))),
                at: entry.name.span, dependencies: [id])
            builder.comment(entry.value.comment, on: check)
            builder.renames(entry.value.renamedFrom, to: check) { old in
                former.map { .domainConstraint($0.path[0], $0.name, old) }
            }
        }
    }
}
