internal import Manifest
internal import Planning
internal import SchemaCore

/// A column of `kind: Table`.
struct ColumnSpec: Sendable {
    var type: Spanned<String>?
    var isNullable: Spanned<Bool>?
    var notNull: Spanned<ColumnDefinition.NotNull>?
    var fallback: VerbatimSQL?
    var generated: Spanned<Generated>?
    var collation: String?
    var renamedFrom: [Spanned<String>] = []

    /// What gives a generated column its value.
    struct Generated: Sendable {
        var expression: VerbatimSQL
        var isStored = false
    }

    static let decoding = Decoding<ColumnSpec>.forms(
        scalar: typeName.map { ColumnSpec(type: $0) }, mapping: long
    ).named("Column")

    private static let typeName = Decoding<VerbatimSQL>.sql.spanned.map { $0.map(\.text) }

    private static let long = Decoding<ColumnSpec>.object("column") { fields in
        let type = fields.optional(
            "type", typeName, "The type: integer, varchar(100); a column need not have one.")
        let nullable = fields.optional(
            "nullable", Decoding<Bool>.boolean.spanned,
            "Whether NULL is accepted; it is not if this is left out.")
        let notNull = fields.optional(
            "notNull", notNull.spanned, "What of NOT NULL is not as usual.")
        let fallback = fields.optional(
            "default", .sql, "The default: an SQL expression, so text needs quotes: \"'new'\".")
        let generated = fields.optional(
            "generated", generated.spanned, "The expression that gives its value.")
        let collation = fields.optional(
            "collation", .plainName, "The collation: nocase, rtrim; binary if left out.")
        let renamedFrom = fields.renamedFrom()
        return {
            ColumnSpec(
                type: $0[type], isNullable: $0[nullable], notNull: $0[notNull],
                fallback: $0[fallback], generated: $0[generated],
                collation: $0[collation]?.asciiUppercased, renamedFrom: $0[renamedFrom])
        }
    }

    private static let notNull = Decoding<ColumnDefinition.NotNull>.object("notNull") { fields in
        let name = fields.optional("name", .plainName, "The constraint's name.")
        let conflict = fields.onConflict()
        return { .init(name: $0[name], conflict: $0[conflict]) }
    }

    private static let generated = Decoding<Generated>.forms(
        scalar: Decoding<VerbatimSQL>.sql.map { Generated(expression: $0) },
        mapping: .object("generated column") { fields in
            let expression = fields.required("expression", .sql, "The expression.")
            let stored = fields.optional(
                "stored", .boolean, default: false,
                "Whether it is stored, or computed when it is read.")
            return { Generated(expression: $0[expression], isStored: $0[stored]) }
        })
}

/// What the columns of one table have around them.
struct ColumnSurroundings {
    let table: ObjectID
    /// Its name as it is written.
    let tableName: String
    /// The addresses that the table may have in a live database.
    let former: [ObjectID]
    /// The columns' names.
    let names: [String]
    let isStrict: Bool
    /// The columns of the primary key, folded, with the place of each.
    let key: [String: SourceSpan]
    /// The column that is the rowid, folded.
    let rowID: String?
    /// Whether a column of the primary key is never NULL.
    let keyIsNotNull: Bool
}

extension ColumnSpec {
    func lower(
        _ name: Spanned<String>, position: Int, _ around: ColumnSurroundings,
        _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) {
        check(name, around, &context)
        let id = ObjectID.column(around.tableName, name.value)
        let isRowID = around.rowID == name.value.asciiFolded
        let isNotNull = !(isNullable?.value ?? false) && !isRowID
        builder.add(
            id,
            .column(
                ColumnDefinition(
                    name: name.value, type: ColumnDefinition.canonicalType(type?.value ?? ""),
                    notNull: isNotNull ? notNull?.value ?? .init() : nil,
                    default: fallback.map { ComparableSQL($0) },
                    collation: collation == "BINARY" ? nil : collation,
                    generated: generated.map {
                        .init(
                            expression: ComparableSQL($0.value.expression, columns: around.names),
                            isStored: $0.value.isStored)
                    })),
            at: name.span, position: position)
        let former = around.former
        builder.renames(renamedFrom, to: id) { old in former.map { .column($0.name, old) } }
    }

    private func check(
        _ name: Spanned<String>, _ around: ColumnSurroundings, _ context: inout DecodingContext
    ) {
        func contradiction(
            _ message: String, at span: SourceSpan?, help: String, key: SourceSpan? = nil
        ) {
            context.report(
                .error(
                    "contradiction", "the column \"\(name.value)\" \(message)",
                    at: span ?? name.span, help: help,
                    notes: key.map { [.init("the primary key names it here", at: $0)] } ?? []))
        }
        let key = around.key[name.value.asciiFolded]
        let isRowID = around.rowID == name.value.asciiFolded
        if let fallback, generated != nil {
            contradiction(
                "is generated and has a default", at: fallback.span,
                help: "remove the default: the expression gives the values")
        }
        if let generated, let key {
            contradiction(
                "is generated and in the primary key", at: generated.span,
                help: "make another column the key, or add unique", key: key)
        }
        if let isNullable, isNullable.value, notNull != nil {
            contradiction(
                "is nullable and has notNull", at: isNullable.span, help: "remove one of the two")
        }
        if let isNullable, isNullable.value, let key, isRowID || around.keyIsNotNull {
            contradiction(
                "is in the primary key and cannot be nullable", at: isNullable.span,
                help: "remove nullable", key: key)
        }
        if let notNull, isRowID {
            contradiction(
                "is the rowid, which is never NULL", at: notNull.span, help: "remove notNull",
                key: key)
        }
        if around.isStrict { checkStrict(name, &context) }
        if let warning = fallback.flatMap({ Self.bareWords.warning($0, of: name.value) }) {
            context.report(warning)
        }
    }

    /// <https://sqlite.org/stricttables.html>, section 2.
    private func checkStrict(_ name: Spanned<String>, _ context: inout DecodingContext) {
        let words = ["int", "integer", "real", "text", "blob", "any"]
        guard let type else {
            context.report(
                .error(
                    "incomplete", "the column \"\(name.value)\" of a strict table has no type",
                    at: name.span, help: "add one of: \(words.joined(separator: ", "))"))
            return
        }
        guard !words.contains(type.value.asciiFolded) else { return }
        context.report(
            .error(
                "unknown-type", "a strict table has no type \"\(type.value)\"", at: type.span,
                help: DidYouMean.hint(type.value, in: words)
                    ?? "write one of: \(words.joined(separator: ", "))"))
    }

    private static let bareWords = BareWordDefault(valueWords: [
        "null", "true", "false", "current_date", "current_time", "current_timestamp",
    ])
}
