import Manifest
import Planning
import SchemaCore

/// `kind: Publication`.
struct PublicationSpec: Sendable {
    private static let table = Decoding<PublicationDefinition.Table>.object("table") { fields in
        let schema = fields.optional("schema", .plainName, "The table's schema.")
        let name = fields.required("name", .plainName, "The table's name.")
        let columns = fields.optional(
            "columns", .list(of: .plainName), default: [], "The columns; all if left out.")
        let condition = fields.optional("where", .sql, "Which rows are published.")
        return {
            PublicationDefinition.Table(
                name: QualifiedName(schema: $0[schema], name: $0[name]),
                columns: $0[columns].sorted { $0.precedesByBytes($1) }, condition: $0[condition])
        }
    }.named("PublishedTable")

    var name: Spanned<String>
    var definition: PublicationDefinition
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<PublicationSpec>.object("publication") { fields in
        let name = fields.required("name", .name, "The publication's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, nil)
        let allTables = fields.optional(
            "allTables", .boolean, default: false, "Whether it is for all tables, also later ones.")
        let tables = fields.optional(
            "tables", .list(of: table), default: [],
            "The tables: {schema, name, columns, where}.")
        let schemas = fields.optional(
            "schemas", .list(of: .plainName), default: [],
            "The schemas whose tables it is for, also later ones (PostgreSQL 15).")
        let changes = fields.optional(
            "publish", .list(of: .enumeration(PublicationDefinition.Change.self)),
            default: PublicationDefinition.Change.allCases,
            "What is published: insert, update, delete, truncate; all if left out.")
        let isViaRoot = fields.optional(
            "viaRoot", .boolean, default: false,
            "Whether partitions publish as their topmost parent.")
        let generated = fields.optional(
            "generatedColumns", .boolean, default: false,
            "Whether stored generated columns are published (PostgreSQL 18).")
        return { values in
            let listed = values[changes]
            return PublicationSpec(
                name: values[name],
                definition: PublicationDefinition(
                    isForAllTables: values[allTables],
                    tables: values[tables].sorted { $0.name < $1.name },
                    schemas: values[schemas].sorted { $0.precedesByBytes($1) },
                    changes: PublicationDefinition.Change.allCases.filter(listed.contains),
                    isViaRoot: values[isViaRoot], hasGeneratedColumns: values[generated]),
                comment: values[comment], access: access.spec(values),
                renamedFrom: values[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        let id = ObjectID.publication(name.value)
        builder.add(id, .plain(.publication(definition)), at: name.span)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id) { [.publication($0)] }
    }
}
