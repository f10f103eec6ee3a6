import Manifest
import Planning
import SchemaCore

/// `kind: DefaultPrivileges`.
struct DefaultPrivilegesSpec: Sendable {
    var role: Spanned<String>
    var schema: Spanned<String>?
    var grants: [(sort: DefaultPrivilegesDefinition.Sort, grants: Spanned<GrantsSpec>)]

    static let decoding = Decoding<DefaultPrivilegesSpec>.object("default privileges") { fields in
        let role = fields.required("role", .name, "The role that makes objects.")
        let schema = fields.optional(
            "schema", .name, "The schema in which it makes them; if left out, everywhere.")
        let sorts = DefaultPrivilegesDefinition.Sort.allCases.map { sort in
            (
                sort,
                fields.optional(
                    sort.rawValue, GrantsSpec.decoding(sort.access).spanned,
                    "Who may do what with new \(sort.rawValue), by role.")
            )
        }
        return { values in
            let grants = sorts.compactMap { sort, field in values[field].map { (sort, $0) } }
            for (sort, _) in grants where sort == .schemas {
                guard let place = values[schema]?.span else { break }
                values.report(
                    .error(
                        "contradiction", "a schema holds no schemas", at: place,
                        help: "leave schema or schemas out"))
            }
            return DefaultPrivilegesSpec(role: values[role], schema: values[schema], grants: grants)
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        for (sort, grants) in grants {
            let id = DefaultPrivilegesDefinition.id(of: role.value, sort, in: schema?.value)
            builder.add(
                id,
                .plain(.defaultPrivileges(.init(grants: grants.value.grants(owner: role.value)))),
                at: grants.span)
        }
    }
}
