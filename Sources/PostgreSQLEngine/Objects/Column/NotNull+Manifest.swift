// Owns how manifests speak of NOT NULL constraints with properties, and on which servers they may.

import Manifest
import Planning
import SchemaCore

extension NotNullDefinition {
    static let decoding = Decoding<NotNullDefinition>.object("not null") { fields in
        let name = fields.optional(
            "name", .plainName, "Its name, if it is not the server's choice.")
        let notValid = fields.optional(
            "notValid", .boolean, default: false,
            "Whether rows that were there before are not checked.")
        let noInherit = fields.optional(
            "noInherit", .boolean, default: false, "Whether child tables do not have it.")
        let comment = fields.comment()
        return {
            NotNullDefinition(
                name: $0[name], isValidated: !$0[notValid], noInherit: $0[noInherit],
                comment: $0[comment].flatMap { $0.value.isEmpty ? nil : $0.value })
        }
    }.named("NotNull")

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
        !(isNullable?.value ?? false) && notNull?.value.isValidated != false
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
        var rest = notNull.value
        rest.name = nil
        guard rest.unlessUsual != nil else { return notNull.value.name }
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
            if case .column(let column) = object.definition, column.notNull != nil {
                return error(object.id, object.span, major)
            }
            guard let name = object.notNullNames.keys.min() else { return nil }
            return error(
                .column(object.id.path[0], object.id.path[1], name), object.span, major)
        }
    }

    private static func error(
        _ column: ObjectID, _ span: SourceSpan?, _ major: Int
    ) -> Diagnostic {
        .error(
            "unsupported-version",
            "\(column) says how it is NOT NULL, which needs PostgreSQL 18; this is \(major)",
            at: span, help: "remove notNull")
    }
}
