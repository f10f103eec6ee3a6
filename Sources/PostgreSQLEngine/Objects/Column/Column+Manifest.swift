import Manifest
import Planning
import SchemaCore

/// A column of `kind: Table`.
struct ColumnSpec: Sendable {
    /// Nil for a column that the table has from elsewhere.
    var type: VerbatimSQL?
    /// The start of a long form.
    var span: SourceSpan?
    var isNullable: Spanned<Bool>?
    var notNull: Spanned<NotNullSpec>?
    var fallback: VerbatimSQL?
    var identity: Spanned<ColumnDefinition.Identity>?
    var sequenceComment: Spanned<String>?
    var generated: Spanned<ColumnDefinition.Generated>?
    var collation: QualifiedName?
    var settings = ColumnSettingsDefinition()
    var comment: Spanned<String>?
    var grants: Spanned<GrantsSpec>?
    var renamedFrom: [Spanned<String>] = []

    static let decoding = Decoding<ColumnSpec>.forms(
        scalar: Decoding<VerbatimSQL>.sql.map { ColumnSpec(type: $0) }, mapping: long
    ).named("Column")

    private static let long = Decoding<ColumnSpec>.object("column") { fields in
        let type = fields.optional(
            "type", .sql,
            """
            The type: varchar(100), app.status, text[]; left out for what the table has from a \
            parent or a type.
            """)
        let nullable = fields.optional(
            "nullable", Decoding<Bool>.boolean.spanned,
            "Whether NULL is accepted; it is not if this is left out.")
        let notNull = fields.optional(
            "notNull", NotNullSpec.decoding.spanned,
            "What of NOT NULL is not as usual (PostgreSQL 18 and newer).")
        let fallback = fields.optional(
            "default", .sql, "The default: an SQL expression, so text needs quotes: \"'new'\".")
        let identity = fields.optional(
            "identity", identity.spanned, "Whether and how the server numbers the rows.")
        let sequenceComment = fields.optional(
            "sequenceComment", .text, "A comment on the sequence of its identity.")
        let generated = fields.optional(
            "generated", generated.spanned, "The expression that gives its value.")
        let collation = fields.optional(
            "collation", .qualifiedName, "The collation, if it is not the type's own.")
        let settings = ColumnSettingsFields(fields)
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let grants = fields.optional(
            "grants", GrantsSpec.decoding(.column).spanned,
            "Who may do what with this column alone; only beside grants of the table.")
        return {
            ColumnSpec(
                type: $0[type], span: $0.firstLine, isNullable: $0[nullable],
                notNull: $0[notNull], fallback: $0[fallback], identity: $0[identity],
                sequenceComment: $0[sequenceComment], generated: $0[generated],
                collation: $0[collation], settings: settings.definition($0),
                comment: $0[comment], grants: $0[grants], renamedFrom: $0[renamedFrom])
        }
    }

    private enum Mode: String, CaseIterable, Sendable { case always, byDefault }

    private static let identity = Decoding<ColumnDefinition.Identity>.forms(
        scalar: Decoding<Mode>.enumeration().map {
            ColumnDefinition.Identity(
                isAlways: $0 == .always, sequenceName: nil, sequence: SequenceSettings())
        },
        mapping: .object("identity") { fields in
            let mode = fields.required(
                "mode", .enumeration(Mode.self),
                "Whether an explicit value is refused (always) or accepted (byDefault).")
            let name = fields.optional("name", .plainName, "The sequence's name.")
            let sequence = SequenceFields(fields)
            return { values in
                ColumnDefinition.Identity(
                    isAlways: values[mode] == .always, sequenceName: values[name],
                    sequence: sequence.settings(values, type: nil))
            }
        })

    static let generated = Decoding<ColumnDefinition.Generated>.forms(
        scalar: Decoding<VerbatimSQL>.sql.map {
            ColumnDefinition.Generated(expression: $0, isStored: true)
        },
        mapping: .object("generated column") { fields in
            let expression = fields.required("expression", .sql, "The expression.")
            let stored = fields.optional(
                "stored", .boolean, default: true,
                "Whether it is stored, or computed when it is read (PostgreSQL 18 and newer).")
            return {
                ColumnDefinition.Generated(expression: $0[expression], isStored: $0[stored])
            }
        })
}

extension ColumnSpec {
    /// - Parameter former: the addresses that the table may have in a live database.
    func lower(
        _ name: Spanned<String>, position: Int, table: ObjectID,
        origin: TableShapeSpec.Origin?, former: [ObjectID], _ builder: inout ManifestBuilder,
        _ context: inout DecodingContext
    ) {
        guard let type, origin?.hasAll != true else {
            lowerDerived(
                name, table: table, origin: origin, former: former, &builder, &context)
            return
        }
        check(name, type, &context)
        checkNotNull(name, &context)
        let id = ObjectID.column(table.path[0], table.name, name.value)
        let definition = ColumnDefinition(
            type: type, collation: collation, isNotNull: refusesNull,
            notNull: notNull?.value.definition.unlessUsual, identity: identity?.value,
            generated: generated?.value)
        var column = PostgreSQLObject(
            id, .column(definition), dependencies: [table], position: position, span: name.span)
        column.inheritsNotNull = notNull?.value.isInherited ?? false
        builder.add(column)
        if let fallback {
            builder.add(
                .columnDefault(table.path[0], table.name, name.value),
                .columnDefault(DefaultDefinition(expression: fallback)),
                at: fallback.span ?? name.span)
        }
        addSettings(name, table, isDerived: false, &builder)
        builder.comment(comment, on: id)
        if let identity {
            let sequence =
                identity.value.sequenceName ?? DefaultName.of(table.name, name.value, "seq")
            builder.comment(
                sequenceComment, on: .sequence(table.path[0], sequence), holder: id)
        }
        builder.renames(renamedFrom, to: id) { old in
            former.map { .column($0.path[0], $0.name, old) }
        }
    }

    private func check(
        _ name: Spanned<String>, _ type: VerbatimSQL, _ context: inout DecodingContext
    ) {
        func contradiction(_ message: String, at span: SourceSpan?, help: String) {
            context.report(
                .error(
                    "contradiction", "the column \"\(name.value)\" \(message)",
                    at: span ?? name.span, help: help))
        }
        let isSerial = Self.isSerial(type)
        if let fallback {
            if identity != nil {
                contradiction(
                    "is an identity column and has a default", at: fallback.span,
                    help: "remove the default: the server gives the values")
            } else if generated != nil {
                contradiction(
                    "is generated and has a default", at: fallback.span,
                    help: "remove the default: the expression gives the values")
            } else if isSerial {
                contradiction(
                    "is \(type.text), which brings its own default", at: fallback.span,
                    help: "remove the default, or write the type that it stands for")
            }
        }
        if let identity, generated != nil {
            contradiction(
                "is an identity column and generated", at: identity.span,
                help: "remove one of the two")
        }
        if isSerial, let other = identity?.span ?? generated?.span {
            contradiction(
                "is \(type.text), which brings its own default", at: other,
                help: "write smallint, integer or bigint instead")
        }
        if let sequenceComment, identity == nil {
            contradiction(
                "has no identity, and so no sequence to comment on", at: sequenceComment.span,
                help: "remove sequenceComment")
        }
        if let isNullable, isNullable.value, identity != nil || isSerial {
            contradiction(
                "cannot be nullable: the server numbers its rows", at: isNullable.span,
                help: "remove nullable")
        }
        if let warning = fallback.flatMap({ Self.bareWords.warning($0, of: name.value) }) {
            context.report(warning)
        }
    }

    /// Whether a type is one of the words that bring a sequence and a default.
    static func isSerial(_ type: VerbatimSQL) -> Bool {
        let words = type.text.lowercased().split(whereSeparator: \.isWhitespace)
        return words.count == 1 && serialTypes.contains(String(words[0]))
    }

    private static let serialTypes: Set<String> = [
        "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8",
    ]

    private static let bareWords = BareWordDefault(valueWords: [
        "null", "true", "false", "current_date", "current_time", "current_timestamp", "localtime",
        "localtimestamp", "current_user", "current_role", "session_user", "system_user", "user",
        "current_catalog", "current_schema",
    ])
}
