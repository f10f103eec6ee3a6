// Owns how manifests speak of NOT NULL constraints with properties, and on which servers they may.

import Manifest
import Planning
import SchemaCore

/// What a column's manifest says of its NOT NULL.
struct NotNullSpec: Sendable {
    var definition: NotNullDefinition
    var isInherited: Bool

    static let decoding = Decoding<NotNullSpec>.object("not null") { fields in
        let inherited = fields.optional(
            "inherited", .boolean, default: false,
            "Whether a column that a parent table has, too, refuses NULL by the parent alone.")
        let name = fields.optional(
            "name", .plainName, "Its name, if it is not the server's choice.")
        let notValid = fields.optional(
            "notValid", .boolean, default: false,
            "Whether rows that were there before are not checked.")
        let noInherit = fields.optional(
            "noInherit", .boolean, default: false, "Whether child tables do not have it.")
        let comment = fields.comment()
        return { values in
            let definition = NotNullDefinition(
                name: values[name], isValidated: !values[notValid], noInherit: values[noInherit],
                comment: values[comment].flatMap { $0.value.isEmpty ? nil : $0.value })
            let isInherited = values[inherited]
            if isInherited, definition.unlessUsual != nil {
                values.report(
                    .error(
                        "contradiction", "what is inherited has nothing of its own",
                        at: values.keySpan(inherited), help: "leave the rest of notNull out"))
            }
            return NotNullSpec(definition: definition, isInherited: isInherited)
        }
    }.named("NotNull")
}

extension NotNullDefinition {
    var exported: YAMLValue? {
        var fields = ExportFields()
        if let name { fields.add("name", .text(name)) }
        fields.add("notValid", flag: !isValidated)
        fields.add("noInherit", flag: noInherit)
        fields.add("comment", text: comment)
        return fields.entries.isEmpty ? nil : .flowMapping(fields.entries)
    }
}

extension ColumnSpec {
    /// Whether the column's constraint refuses NULL from all rows.
    var refusesNull: Bool {
        !(isNullable?.value ?? false) && notNull?.value.definition.isValidated != false
    }

    /// Reports what contradicts its NOT NULL.
    func checkNotNull(_ name: Spanned<String>, _ context: inout DecodingContext) {
        guard let notNull, let isNullable, isNullable.value else { return }
        context.report(
            .error(
                "contradiction",
                "the column \"\(name.value)\" is nullable and says how it is not",
                at: isNullable.span, help: "remove nullable, or notNull",
                notes: [.init("notNull is here", at: notNull.span)]))
    }

    /// What it says of the NOT NULL of a column that its table has from elsewhere: a name, which
    /// the server takes only when it makes the table.
    func derivedNotNull(
        _ name: Spanned<String>, _ context: inout DecodingContext
    ) -> String? {
        guard let notNull else { return nil }
        var rest = notNull.value.definition
        rest.name = nil
        guard rest.unlessUsual != nil else { return notNull.value.definition.name }
        context.report(
            .error(
                "contradiction",
                "the column \"\(name.value)\" is not the table's own: of its NOT NULL only the "
                    + "name can be told",
                at: notNull.span, help: "tell the rest where the column is declared"))
        return nil
    }
}

/// The refusal of what only newer servers have.
enum NotNullVersion {
    /// What is wrong with these objects on a server that has no such constraints, which would let
    /// the name go without a word.
    static func diagnostics(_ desired: [PostgreSQLObject], major: Int) -> [Diagnostic] {
        guard major < CatalogQuery.Since.namedNotNull / 10_000 else { return [] }
        return desired.compactMap { object in
            if case .plain(.domain(let domain)) = object.definition, domain.notNull != nil {
                let since = CatalogQuery.Since.namedDomainNotNull / 10_000
                return major < since ? error(object.id, object.span, major, since) : nil
            }
            if case .column(let column) = object.definition,
                column.notNull != nil || object.inheritsNotNull
            {
                return error(object.id, object.span, major)
            }
            guard let name = object.notNullNames.keys.min() else { return nil }
            return error(
                .column(object.id.path[0], object.id.path[1], name), object.span, major)
        }
    }

    /// The columns that are to have their NOT NULL from above, where there is none.
    static func orphans(
        _ desired: [PostgreSQLObject], in built: Catalog<PostgreSQLObject>
    ) -> [Diagnostic] {
        desired.compactMap { object in
            guard object.inheritsNotNull, case .column(let column)? = built[object.id]?.definition,
                !column.isNotNull
            else { return nil }
            return .error(
                "missing-reference",
                "\(object.id) has no NOT NULL to inherit: no table above it refuses NULL",
                at: object.span, help: "remove inherited, or write nullable: true")
        }
    }

    private static func error(
        _ column: ObjectID, _ span: SourceSpan?, _ major: Int,
        _ since: Int = CatalogQuery.Since.namedNotNull / 10_000
    ) -> Diagnostic {
        .error(
            "unsupported-version",
            "\(column) says how it is NOT NULL, which needs PostgreSQL \(since); this is \(major)",
            at: span, help: "remove notNull")
    }
}
